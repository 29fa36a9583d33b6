//! SAM: gradients from where the loss is highest nearby.

use tensor::Float;

use super::{Ascent, LearningRate, Optimizer, Sgd, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// Sharpness-aware minimization (Foret et al. 2021) around any rule: minima whose surroundings are low, too.
///
/// g = ∇L(p),  e = radius · g / (‖g‖ + 1e-12) with the length of the whole gradient,  then the rule's step at p with
/// ∇L(p + e). [`adaptive`](Sam::adaptive) (Kwon et al. 2021): e = radius · p²g / (‖p g‖ + 1e-12), which does not depend on how
/// large parameters are.
///
/// A step differentiates twice and so takes twice as long. Both gradients are of the same batch and the same dropout;
/// running means follow the first one. The loss that is told is that at p.
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
/// [`Trainer::apply`](crate::Trainer::apply) takes a gradient as it is, and so does a [`Model`](crate::Model) whose own loop
/// calls the rule.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sam<O = Sgd> {
    /// How far away the gradient is taken, 0.05 usually; 0.5 to 2 if it is adaptive.
    pub radius: f64,
    /// Whether distances are measured in shares of each parameter.
    pub is_adaptive: bool,
    /// What takes the step.
    pub rule: O,
}

impl<O> Sam<O> {
    /// Around this rule, not adaptive.
    pub const fn new(radius: f64, rule: O) -> Self {
        Sam { radius, is_adaptive: false, rule }
    }

    /// The same with distances in shares of each parameter.
    #[must_use]
    pub fn adaptive(self) -> Self {
        Sam { is_adaptive: true, ..self }
    }
}

/// Of the rule.
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
        // What it does to the gradient is done by the trainer, before a rule sees it.
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
