//! Elastic net: L1 and L2 penalties on weights, around any optimizer.

use tensor::Float;

use super::changed::update_by;
use super::{Ascent, LearningRate, Optimizer, Sgd, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::{TensorKind, combine};

/// The elastic net (Zou and Hastie 2005) around any optimizer, which receives
/// g + l1 · sign(p) + 2 · l2 · p. This is the gradient of the loss plus l1 · Σ|p| + l2 · Σp², with
/// sign(0) = 0.
///
/// L1 alone (the lasso) moves weights that are of no use close to 0, by the same amount regardless
/// of their size. Only weights are penalized; biases, scales and shifts are not. The reported loss
/// is that of the data alone.
///
/// ```
/// use nn::{Adam, Elastic};
/// let rule = Elastic::l1(1e-4, Adam::new(1e-3));
/// assert_eq!((rule.l1, rule.l2), (1e-4, 0.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Elastic<O = Sgd> {
    /// Penalty on absolute values, usually 1e-5.
    pub l1: f64,
    /// Penalty on squares, as the option `l2` of a layer.
    pub l2: f64,
    /// The optimizer that takes the step.
    pub rule: O,
}

impl<O> Elastic<O> {
    /// Adds both penalties to this optimizer.
    pub const fn new(l1: f64, l2: f64, rule: O) -> Self {
        Elastic { l1, l2, rule }
    }

    /// Adds only the penalty on absolute values.
    pub const fn l1(l1: f64, rule: O) -> Self {
        Elastic { l1, l2: 0.0, rule }
    }
}

/// The learning rate of the inner optimizer.
impl<O: LearningRate> LearningRate for Elastic<O> {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.rule.set_learning_rate(learning_rate);
    }
}

impl<T: Float, O: Optimizer<T>> Optimizer<T> for Elastic<O> {
    const NAME: &'static str = "elastic";
    const MEMORY: &'static [&'static str] = O::MEMORY;
    const DECAYS: bool = O::DECAYS;
    const BY_TENSOR: bool = true;
    const WHOLE_TENSORS: bool = O::WHOLE_TENSORS;

    fn check(&self) -> Result<()> {
        settings::from_0("elastic", "l1", self.l1, "1e-5 is usual, 0 is none")?;
        settings::from_0("elastic", "l2", self.l2, "1e-4 is usual, 0 is none")?;
        self.rule.check()
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        Some(Elastic { rule: self.rule.scale_momentum(factor)?, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        if stretch.tensor.is_some_and(|tensor| tensor.kind != TensorKind::Weight) {
            return self.rule.checked_update(step, stretch);
        }
        let (l1, l2) = (T::of(self.l1), T::of(2.0 * self.l2));
        update_by(&self.rule, step, stretch, |_, parameters, gradient| {
            combine(gradient, parameters, move |g, p| {
                let above = if p > T::zero() { l1 } else { T::zero() };
                let below = if p < T::zero() { l1 } else { T::zero() };
                p.mul_add(l2, g + (above - below))
            });
        })
    }

    fn ascent(&self) -> Option<Ascent> {
        self.rule.ascent()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Elastic> {
    Examples {
        instances: vec![
            Elastic::l1(0.3, Sgd::new(0.05)),
            Elastic::new(0.1, 0.4, Sgd::new(0.05).momentum(0.9)),
        ],
        formula: |elastic, mut p, steps| {
            let Elastic { l1, l2, rule } = elastic;
            let mut v = 0.0;
            for step in steps {
                let sign = if p == 0.0 { 0.0 } else { p.signum() };
                v = rule.momentum * v + step.gradient + l1 * sign + 2.0 * l2 * p;
                p -= rule.learning_rate * step.factor * v;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Elastic::l1(-1.0, Sgd::new(0.1)), "l1 of elastic"),
            (Elastic::l1(f64::NAN, Sgd::new(0.1)), "l1 of elastic"),
            (Elastic::new(0.0, f64::INFINITY, Sgd::new(0.1)), "l2 of elastic"),
            (Elastic::l1(0.1, Sgd::new(0.0)), "learning rate of sgd"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Cases(|case| {
            let rule = Sgd::new(case.number("learning_rate", 0.0));
            let rule = rule.momentum(case.number("momentum", 0.0));
            Elastic::new(case.number("l1", 0.0), case.number("l2", 0.0), rule)
        }),
    }
}
