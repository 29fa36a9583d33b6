//! Lion: steps by the sign of a mean.

use tensor::Float;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The Lion optimizer (Chen et al. 2023).
///
/// p ← p − learning_rate · sign(β₁m + (1 − β₁)g),  then m ← β₂m + (1 − β₂)g; the sign of 0 is 0.
///
/// Every parameter moves by the full learning rate. Use a third to a tenth of Adam's, and increase
/// the decay by the same factor. State: m.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lion {
    /// Learning rate, usually 1e-4.
    pub learning_rate: f64,
    /// Weight of the mean in the direction, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean, usually 0.99.
    pub beta2: f64,
    /// Weight decay; none by default. The authors decouple it.
    pub decay: Decay,
}

impl Lion {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.99, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        Lion { learning_rate, beta1: 0.9, beta2: 0.99, decay: Decay::NONE }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Lion { beta1, beta2, ..self }
    }
}

rate_and_decay!(Lion);

impl<T: Float> Optimizer<T> for Lion {
    const NAME: &'static str = "lion";
    const MEMORY: &'static [&'static str] = &["mean"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("lion", self.learning_rate)?;
        settings::decay("lion", "beta1", self.beta1)?;
        settings::decay("lion", "beta2", self.beta2)?;
        self.decay.check("lion")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(Lion { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let element = LionElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            rate: T::of(rate),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [mean])
    }
}

#[derive(Clone, Copy)]
struct LionElement<T> {
    beta1: (T, T),
    beta2: (T, T),
    rate: T,
    negligible: T,
}

impl<T: Float> Element<T, 1> for LionElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m]: [T; 1]) -> (T, [T; 1]) {
        let direction = m.mul_add(self.beta1.0, self.beta1.1 * g);
        // The sign of an infinite gradient is finite, but the step must not be: g·0 makes it NaN.
        let still = direction * T::zero();
        let up = if direction > T::zero() { self.rate } else { still };
        let down = if direction < T::zero() { self.rate } else { still };
        let m = running(m, self.beta2.0, self.beta2.1 * g, self.negligible);
        (p - (up - down), [m])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Lion> {
    Examples {
        instances: vec![
            Lion::new(0.01).decay(Decay::decoupled(0.3)),
            Lion::new(0.05).betas(0.5, 0.75),
        ],
        // Algorithm 2 of the paper
        formula: |rule, mut p, steps| {
            let mut m = 0.0;
            for step in steps {
                let (g, rate) = (step.gradient, rule.learning_rate * step.factor);
                let c: f64 = rule.beta1 * m + (1.0 - rule.beta1) * g;
                let sign = if c == 0.0 { 0.0 } else { c.signum() };
                p -= rate * (sign + rule.decay.amount * p);
                m = rule.beta2 * m + (1.0 - rule.beta2) * g;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Lion::new(0.0), "learning rate of lion"),
            (Lion::new(0.1).betas(1.0, 0.9), "beta1 of lion"),
            (Lion::new(0.1).betas(0.9, 1.0), "beta2 of lion"),
            (Lion::new(0.1).decay(Decay::decoupled(-1.0)), "weight decay of lion"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Lion::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.99))
                .decay(decay)
        }),
    }
}
