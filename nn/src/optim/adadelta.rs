//! Adadelta: steps scaled by the running means of past steps and of the gradient.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The Adadelta optimizer (Zeiler 2012).
///
/// v ← ρv + (1 − ρ)g²,  d = √(w + ε) / √(v + ε) · g,  w ← ρw + (1 − ρ)d²,
/// p ← p − learning_rate · d.
///
/// State: v and w.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adadelta {
    /// Factor on the step, usually 1; steps already have a size.
    pub learning_rate: f64,
    /// Decay rate ρ of the means, usually 0.9.
    pub rho: f64,
    /// Added inside the square roots, usually 1e-6. It determines the size of the first steps.
    pub epsilon: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl Adadelta {
    /// Creates the optimizer with ρ = 0.9, ε = 1e-6, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        Adadelta { learning_rate, rho: 0.9, epsilon: 1e-6, decay: Decay::NONE }
    }

    /// Sets ρ.
    #[must_use]
    pub const fn rho(self, rho: f64) -> Self {
        Adadelta { rho, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Adadelta { epsilon, ..self }
    }
}

rate_and_decay!(Adadelta);

impl<T: Float> Optimizer<T> for Adadelta {
    const NAME: &'static str = "adadelta";
    const MEMORY: &'static [&'static str] = &["square", "step_square"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("adadelta", self.learning_rate)?;
        settings::decay("adadelta", "rho", self.rho)?;
        settings::epsilon::<T>("adadelta", self.epsilon)?;
        self.decay.check("adadelta")
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [square, steps, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let element = AdadeltaElement {
            rho: (T::of(self.rho), T::of(1.0 - self.rho)),
            rate: T::of(rate),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [square, steps])
    }
}

#[derive(Clone, Copy)]
struct AdadeltaElement<T> {
    rho: (T, T),
    rate: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 2> for AdadeltaElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [v, w]: [T; 2]) -> (T, [T; 2]) {
        let (rho, rest) = self.rho;
        let v = running(v, rho, rest * g * g, self.negligible);
        let d = (w + self.epsilon).sqrt() * reciprocal((v + self.epsilon).sqrt()) * g;
        let w = running(w, rho, rest * d * d, self.negligible);
        (d.mul_add(-self.rate, p), [v, w])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Adadelta> {
    Examples {
        instances: vec![
            Adadelta::new(1.0).decay(Decay::coupled(0.3)),
            Adadelta::new(0.5).rho(0.5).epsilon(0.01),
        ],
        // Algorithm 1 of the paper
        formula: |rule, mut p, steps| {
            let (mut v, mut w) = (0.0_f64, 0.0_f64);
            for step in steps {
                let g = step.gradient + rule.decay.amount * p;
                v = rule.rho * v + (1.0 - rule.rho) * g * g;
                let d = (w + rule.epsilon).sqrt() / (v + rule.epsilon).sqrt() * g;
                w = rule.rho * w + (1.0 - rule.rho) * d * d;
                p -= rule.learning_rate * step.factor * d;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Adadelta::new(0.0), "learning rate of adadelta"),
            (Adadelta::new(1.0).rho(1.0), "rho of adadelta"),
            (Adadelta::new(1.0).epsilon(0.0), "epsilon of adadelta"),
            (Adadelta::new(1.0).decay(Decay::coupled(-1.0)), "weight decay of adadelta"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Adadelta::new(case.number("learning_rate", 0.0))
                .rho(case.number("rho", 0.9))
                .epsilon(case.number("epsilon", 1e-6))
                .decay(decay)
        }),
    }
}
