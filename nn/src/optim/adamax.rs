//! Adamax: Adam that divides by the largest recent gradient.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The Adamax optimizer (Kingma and Ba 2015, section 7.1), with ε as in PyTorch.
///
/// m ← β₁m + (1 − β₁)g,  u ← max(β₂u, |g| + ε),
/// p ← p − learning_rate / (1 − β₁ᵗ) · m / u at step t.
///
/// State: m and u.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adamax {
    /// Learning rate, usually 2e-3.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the largest absolute gradient, usually 0.999.
    pub beta2: f64,
    /// Added to the absolute gradient, usually 1e-8.
    pub epsilon: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl Adamax {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        Adamax { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: Decay::NONE }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Adamax { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Adamax { epsilon, ..self }
    }
}

rate_and_decay!(Adamax);

impl<T: Float> Optimizer<T> for Adamax {
    const NAME: &'static str = "adamax";
    const MEMORY: &'static [&'static str] = &["mean", "largest"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("adamax", self.learning_rate)?;
        settings::decay("adamax", "beta1", self.beta1)?;
        settings::decay("adamax", "beta2", self.beta2)?;
        settings::epsilon::<T>("adamax", self.epsilon)?;
        self.decay.check("adamax")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(Adamax { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, largest, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let element = AdamaxElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: T::of(self.beta2),
            rate: T::of(rate / (1.0 - self.beta1.powf(step.number as f64))),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [mean, largest])
    }
}

#[derive(Clone, Copy)]
struct AdamaxElement<T> {
    beta1: (T, T),
    beta2: T,
    rate: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 2> for AdamaxElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, u]: [T; 2]) -> (T, [T; 2]) {
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        let (old, new) = (u * self.beta2, g.abs() + self.epsilon);
        // Written so that a NaN gradient is preserved.
        let u = if old > new { old } else { new };
        ((m * reciprocal(u)).mul_add(-self.rate, p), [m, u])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Adamax> {
    Examples {
        instances: vec![
            Adamax::new(0.01).decay(Decay::coupled(0.3)),
            Adamax::new(0.1).betas(0.5, 0.75).epsilon(0.01),
        ],
        // Algorithm 2 of the paper
        formula: |rule, mut p, steps| {
            let (mut m, mut u) = (0.0, 0.0_f64);
            for (t, step) in (1..).zip(steps) {
                let g = step.gradient + rule.decay.amount * p;
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                u = (rule.beta2 * u).max(g.abs() + rule.epsilon);
                p -= rule.learning_rate * step.factor / (1.0 - rule.beta1.powi(t)) * m / u;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Adamax::new(0.0), "learning rate of adamax"),
            (Adamax::new(0.1).betas(1.0, 0.9), "beta1 of adamax"),
            (Adamax::new(0.1).betas(0.9, 1.0), "beta2 of adamax"),
            (Adamax::new(0.1).epsilon(-1.0), "epsilon of adamax"),
            (Adamax::new(0.1).decay(Decay::coupled(f64::NAN)), "weight decay of adamax"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Adamax::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.999))
                .decay(decay)
        }),
    }
}
