//! The heads of networks that are read at run time: output functions and losses.

use tensor::activation::{self, Activation as _};
use tensor::{Buffer, Float};

use super::plan::HeadPlan;
use crate::head::{are_on_the_side, is_largest, softmax};
use crate::layer::{join_columns, part_columns};
use crate::loss::{FlatLoss, LossRows, binary_cross_entropy, class, cross_entropy, mse};

/// One head with this many units, or a pair of heads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Head {
    One(Kind, usize),
    Both(Box<[Head; 2]>),
}

/// The function of a head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Softmax,
    Sigmoid,
    Linear,
}

impl Kind {
    /// The head of a layer whose last activation is `word`.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "softmax" => Kind::Softmax,
            "sigmoid" => Kind::Sigmoid,
            _ => Kind::Linear,
        }
    }

    /// Its word in the notation.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Softmax => "softmax",
            Kind::Sigmoid => "sigmoid",
            Kind::Linear => "linear",
        }
    }
}

impl Head {
    pub(super) fn plan(&self) -> HeadPlan {
        match self {
            Head::One(kind, _) => HeadPlan::One(kind.word()),
            Head::Both(pair) => HeadPlan::Both(Box::new([pair[0].plan(), pair[1].plan()])),
        }
    }

    /// Whether the output is one unbounded number.
    pub(super) fn is_a_number(&self) -> bool {
        *self == Head::One(Kind::Linear, 1)
    }

    /// Outputs per row.
    pub(super) fn units(&self) -> usize {
        match self {
            Head::One(_, units) => *units,
            Head::Both(pair) => pair[0].units() + pair[1].units(),
        }
    }

    /// Numbers per target: 1, the class, for a softmax; otherwise one per unit.
    pub(super) fn targets(&self) -> usize {
        match self {
            Head::One(Kind::Softmax, _) => 1,
            Head::One(_, units) => *units,
            Head::Both(pair) => pair[0].targets() + pair[1].targets(),
        }
    }

    /// The allowed targets, for messages.
    pub(super) fn allowed(&self) -> String {
        match self {
            Head::One(Kind::Softmax, units) => format!("a class from 0 to {}", units - 1),
            Head::One(Kind::Sigmoid, _) => "probabilities, numbers from 0 to 1".into(),
            Head::One(Kind::Linear, _) => "finite numbers".into(),
            Head::Both(pair) => format!("{}, then {}", pair[0].allowed(), pair[1].allowed()),
        }
    }

    /// Why a target is rejected, or `None`.
    pub(super) fn refuses<T: Float>(&self, target: &[T]) -> Option<String> {
        let first = |is_wrong: &dyn Fn(T) -> bool| {
            target.iter().find(|&&t| is_wrong(t)).map(|t| t.to_string())
        };
        match self {
            Head::One(Kind::Softmax, units) => {
                let most = T::of(*units as f64);
                first(&|t| !(t >= T::zero() && t < most && t == t.floor()))
            }
            Head::One(Kind::Sigmoid, _) => first(&|t| !(t >= T::zero() && t <= T::one())),
            Head::One(Kind::Linear, _) => first(&|t| !t.is_finite()),
            Head::Both(pair) => {
                let (a, b) = target.split_at(pair[0].targets());
                pair[0].refuses(a).or_else(|| pair[1].refuses(b))
            }
        }
    }

    /// Turns the last layer's values into outputs, in place.
    pub(super) fn activate<T: Float>(&self, logits: &mut [T]) {
        match self {
            Head::One(Kind::Softmax, units) => softmax(*units, logits),
            Head::One(Kind::Sigmoid, _) => activation::Sigmoid.forward(logits),
            Head::One(Kind::Linear, _) => {}
            Head::Both(pair) => {
                for row in logits.chunks_exact_mut(self.units()) {
                    let (a, b) = row.split_at_mut(pair[0].units());
                    pair[0].activate(a);
                    pair[1].activate(b);
                }
            }
        }
    }

    /// Whether a row is predicted correctly; `None` where correctness is not defined.
    pub(super) fn is_right<T: Float>(&self, logits: &[T], target: &[T]) -> Option<bool> {
        match self {
            Head::One(Kind::Softmax, _) => Some(is_largest(logits, class(&target[0]))),
            Head::One(Kind::Sigmoid, _) => Some(are_on_the_side(logits, target)),
            Head::One(Kind::Linear, _) => None,
            Head::Both(pair) => {
                let (a, b) = logits.split_at(pair[0].units());
                let (target_a, target_b) = target.split_at(pair[0].targets());
                match (pair[0].is_right(a, target_a), pair[1].is_right(b, target_b)) {
                    (Some(a), Some(b)) => Some(a && b),
                    (a, b) => a.or(b),
                }
            }
        }
    }

    /// The loss of each row, by a chosen loss that fits or else the head's default, and the
    /// gradient of `scale` times their sum. As [`Loss::evaluate`](crate::loss::Loss::evaluate),
    /// with targets number by number.
    pub(super) fn evaluate<T: Float>(
        &self,
        loss: Option<&dyn FlatLoss<T>>,
        rows: LossRows<'_, T, T>,
    ) {
        let pair = match self {
            Head::Both(pair) => pair,
            Head::One(kind, units) => {
                let default: &dyn FlatLoss<T> = match kind {
                    Kind::Softmax => &cross_entropy(),
                    Kind::Sigmoid => &binary_cross_entropy(),
                    Kind::Linear => &mse(),
                };
                return loss.unwrap_or(default).evaluate(*units, rows);
            }
        };
        let LossRows { logits, targets, scale, losses, gradient, smoothing } = rows;
        let [a, b] = &**pair;
        let (count, units) = (losses.len(), [a.units(), b.units()]);
        let widths = [a.targets(), b.targets()];
        let mut memory = Buffer::stale(count * (2 * self.units() + self.targets() + 1));
        let mut rest = &mut memory[..];
        let mut take = |width: usize| rest.split_off_mut(..count * width).unwrap_or_default();
        let (z_a, z_b, t_a, t_b) =
            (take(units[0]), take(units[1]), take(widths[0]), take(widths[1]));
        let (dz_a, dz_b, losses_b) = (take(units[0]), take(units[1]), take(1));
        part_columns(logits, z_a, z_b, units);
        part_columns(targets, t_a, t_b, widths);
        let rows = |logits, targets, losses, gradient| LossRows {
            logits,
            targets,
            scale,
            losses,
            gradient,
            smoothing,
        };
        let [loss_a, loss_b] =
            loss.and_then(FlatLoss::pair).map_or([None; 2], |pair| pair.map(Some));
        a.evaluate(loss_a, rows(&*z_a, &*t_a, &mut *losses, &mut *dz_a));
        b.evaluate(loss_b, rows(&*z_b, &*t_b, &mut *losses_b, &mut *dz_b));
        for (sum, &loss) in losses.iter_mut().zip(&*losses_b) {
            *sum = *sum + loss;
        }
        join_columns(dz_a, dz_b, gradient, units);
    }
}
