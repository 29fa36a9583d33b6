//! SAM: the gradient at the nearby point with the highest loss.

use tensor::Float;

use super::{Ascent, LearningRate, Optimizer, Sgd, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// Sharpness-aware minimization (Foret et al. 2021) around any optimizer: finds minima whose
/// neighborhood has a low loss, too.
///
/// g = ∇L(p),  e = radius · g / (‖g‖ + 1e-12) with the norm of the whole gradient,  then the inner
/// optimizer's step at p with ∇L(p + e). [`adaptive`](Sam::adaptive) (Kwon et al. 2021):
/// e = radius · p²g / (‖p g‖ + 1e-12), which does not depend on the size of the parameters.
///
/// A step differentiates twice and so takes twice as long. Both gradients use the same batch and
/// the same dropout; running means follow the first one. The reported loss is that at p.
///
/// ```
/// use nn::{AdamW, Sam, Trainer, network};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let mut line = Line::init(1);
/// let mut trainer = Trainer::new(Sam::new(0.05, AdamW::new(0.01)));
/// trainer.step(&mut line, &[[0.0], [1.0]], &[[1.0], [3.0]])?;
/// # Ok::<(), nn::Error>(())
/// ```
///
/// [`Trainer::apply`](crate::Trainer::apply) uses a gradient unchanged, and so does a
/// [`Model`](crate::Model) whose own loop calls the optimizer.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sam<O = Sgd> {
    /// Distance at which the gradient is computed, usually 0.05; 0.5 to 2 if it is adaptive.
    pub radius: f64,
    /// Whether distances are relative to the size of each parameter.
    pub is_adaptive: bool,
    /// The optimizer that takes the step.
    pub rule: O,
}

impl<O> Sam<O> {
    /// Wraps this optimizer, not adaptive.
    pub const fn new(radius: f64, rule: O) -> Self {
        Sam { radius, is_adaptive: false, rule }
    }

    /// Makes distances relative to the size of each parameter.
    #[must_use]
    pub fn adaptive(self) -> Self {
        Sam { is_adaptive: true, ..self }
    }
}

/// The learning rate of the inner optimizer.
impl<O: LearningRate> LearningRate for Sam<O> {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.rule.set_learning_rate(learning_rate);
    }
}

impl<T: Float, O: Optimizer<T>> Optimizer<T> for Sam<O> {
    const NAME: &'static str = "sam";
    const MEMORY: &'static [&'static str] = O::MEMORY;
    const DECAYS: bool = O::DECAYS;
    const BY_TENSOR: bool = O::BY_TENSOR;
    const WHOLE_TENSORS: bool = O::WHOLE_TENSORS;

    fn check(&self) -> Result<()> {
        let as_number = T::of(self.radius);
        settings::refuse_unless(
            as_number > T::zero() && as_number.is_finite(),
            ("sam", "radius", self.radius),
            "a finite number above 0, also as a number of the network",
            "0.05 is usual, 0.5 if it is adaptive; leave sam out for none",
        )?;
        self.rule.check()
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        Some(Sam { rule: self.rule.scale_momentum(factor)?, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.rule.update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        self.rule.checked_update(step, stretch)
    }

    fn descent(&self, step: Step) -> Option<T> {
        self.rule.descent(step)
    }

    fn ascent(&self) -> Option<Ascent> {
        Some(Ascent { radius: self.radius, is_adaptive: self.is_adaptive })
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Sam> {
    Examples {
        instances: vec![Sam::new(0.05, Sgd::new(0.1)), Sam::new(0.5, Sgd::new(0.1).momentum(0.9))],
        // The trainer modifies the gradient before the optimizer receives it.
        formula: |sam, p, steps| (super::sgd::examples().formula)(&sam.rule, p, steps),
        moves_without_gradient: false,
        refused: vec![
            (Sam::new(0.0, Sgd::new(0.1)), "radius of sam"),
            (Sam::new(f64::NAN, Sgd::new(0.1)), "radius of sam"),
            (Sam::new(f64::INFINITY, Sgd::new(0.1)), "radius of sam"),
            (Sam::new(0.1, Sgd::new(0.0)), "learning rate of sgd"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::None("its gradients are the trainer's: nn/tests/sam compares them"),
    }
}
