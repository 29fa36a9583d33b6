//! Max-norm: a bound on the weights of each unit, around any optimizer.

use tensor::simd::vectorize;
use tensor::{Buffer, Float};

use super::{Ascent, LearningRate, Optimizer, Sgd, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::{NamedTensor, TensorKind};

/// The max-norm constraint (Srebro and Shraibman 2005; Srivastava et al. 2014) around any
/// optimizer: after its step, the incoming weights w of a unit become w · min(1, longest / ‖w‖).
///
/// Only weights that are matrices, `[inputs, outputs]`, are bounded, each column separately. Other
/// tensors only take the inner optimizer's step.
///
/// ```
/// use nn::{MaxNorm, Sgd};
/// let rule = MaxNorm::new(3.0, Sgd::new(0.1).momentum(0.95));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MaxNorm<O = Sgd> {
    /// Maximum norm of the weights of a unit, usually 3 or 4.
    pub longest: f64,
    /// The optimizer that takes the step.
    pub rule: O,
}

impl<O> MaxNorm<O> {
    /// Adds the bound to this optimizer.
    pub const fn new(longest: f64, rule: O) -> Self {
        MaxNorm { longest, rule }
    }
}

/// The learning rate of the inner optimizer.
impl<O: LearningRate> LearningRate for MaxNorm<O> {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.rule.set_learning_rate(learning_rate);
    }
}

impl<T: Float, O: Optimizer<T>> Optimizer<T> for MaxNorm<O> {
    const NAME: &'static str = "max_norm";
    const MEMORY: &'static [&'static str] = O::MEMORY;
    const DECAYS: bool = O::DECAYS;
    const WHOLE_TENSORS: bool = true;

    fn check(&self) -> Result<()> {
        settings::refuse_unless(
            self.longest > 0.0 && self.longest.is_finite(),
            ("max_norm", "longest", self.longest),
            "a finite number above 0",
            "3 or 4 is usual",
        )?;
        self.rule.check()
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        Some(MaxNorm { rule: self.rule.scale_momentum(factor)?, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory, tensor } = stretch;
        let of_rule = Stretch { parameters: &mut *parameters, gradient, memory, tensor };
        let is_finite = self.rule.checked_update(step, of_rule);
        match tensor.and_then(columns) {
            Some(columns) => bound(parameters, columns, self.longest) && is_finite,
            None => is_finite,
        }
    }

    fn ascent(&self) -> Option<Ascent> {
        self.rule.ascent()
    }
}

/// The outputs of a weight that is a matrix.
fn columns(tensor: &NamedTensor) -> Option<usize> {
    match tensor.shape[..] {
        [_, outputs] if tensor.kind == TensorKind::Weight => Some(outputs),
        _ => None,
    }
}

/// Scales each column of a matrix to at most the maximum norm; returns whether all norms are
/// finite.
fn bound<T: Float>(weight: &mut [T], columns: usize, longest: f64) -> bool {
    // In f64, where the squares of single floats neither overflow nor vanish.
    let mut squares = Buffer::<f64>::zeroed(columns);
    for row in weight.chunks_exact(columns) {
        vectorize(|| {
            for (square, w) in squares.iter_mut().zip(row) {
                let w = w.as_f64();
                *square = w.mul_add(w, *square);
            }
        });
    }
    if !squares.iter().all(|square| square.is_finite()) {
        return false;
    }
    let mut factors = Buffer::stale(columns);
    let mut any = false;
    for (factor, square) in factors.iter_mut().zip(&*squares) {
        let length = square.sqrt();
        *factor = T::of(if length > longest { longest / length } else { 1.0 });
        any |= length > longest;
    }
    for row in weight.chunks_exact_mut(columns).filter(|_| any) {
        vectorize(|| row.iter_mut().zip(&*factors).for_each(|(w, &factor)| *w = *w * factor));
    }
    true
}

#[cfg(test)]
pub(super) fn examples() -> Examples<MaxNorm> {
    Examples {
        instances: vec![
            MaxNorm::new(3.0, Sgd::new(0.1)),
            MaxNorm::new(1e-3, Sgd::new(0.1).momentum(0.9)),
        ],
        // A tensor that is not a matrix only depends on the inner optimizer. The trajectories have
        // matrices.
        formula: |rule, p, steps| (super::sgd::examples().formula)(&rule.rule, p, steps),
        moves_without_gradient: false,
        refused: vec![
            (MaxNorm::new(0.0, Sgd::new(0.1)), "longest of max_norm"),
            (MaxNorm::new(f64::NAN, Sgd::new(0.1)), "longest of max_norm"),
            (MaxNorm::new(f64::INFINITY, Sgd::new(0.1)), "longest of max_norm"),
            (MaxNorm::new(1.0, Sgd::new(0.0)), "learning rate of sgd"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Cases(|case| {
            let rule = Sgd::new(case.number("learning_rate", 0.0));
            let rule = rule.momentum(case.number("momentum", 0.0));
            MaxNorm::new(case.number("longest", 0.0), rule)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_bounded_by_itself() {
        let mut weight = [3.0_f32, 0.3, -1e30, 4.0, 0.4, 1e30];
        assert!(bound(&mut weight, 3, 1.0));
        let half = 0.5_f32.sqrt();
        assert_eq!(weight[..2], [0.6, 0.3]);
        assert_eq!(weight[3..5], [0.8, 0.4]);
        assert!((weight[2] + half).abs() < 1e-6 && (weight[5] - half).abs() < 1e-6, "{weight:?}");
        assert!(!bound(&mut [f32::NAN], 1, 1.0));
    }
}
