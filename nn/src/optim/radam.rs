//! RAdam: Adam that does not divide by the square root until its mean is reliable.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The rectified Adam optimizer (Liu et al. 2020), with the bound and the ε of PyTorch.
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  ρ∞ = 2/(1 − β₂) − 1,
/// ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ) at step t. While ρ ≤ 5: p ← p − learning_rate · m̂, with
/// m̂ = m/(1 − β₁ᵗ). Then p ← p − learning_rate · r · m̂ √(1 − β₂ᵗ) / (√v + ε), with
/// r² = (ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ).
///
/// State: m and v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RAdam {
    /// Learning rate, usually 1e-3.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean of its square, usually 0.999.
    pub beta2: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl RAdam {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        RAdam { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: Decay::NONE }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        RAdam { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        RAdam { epsilon, ..self }
    }

    /// r · √(1 − β₂ᵗ) at step t; `None` while the mean square is not used.
    fn rectified(&self, t: f64) -> Option<f64> {
        let power = self.beta2.powf(t);
        let last = 2.0 / (1.0 - self.beta2) - 1.0;
        // β₂ᵗ reaches 0 long before t becomes infinite.
        let gone = if power == 0.0 { 0.0 } else { 2.0 * t * power / (1.0 - power) };
        let now = last - gone;
        let square = (now - 4.0) * (now - 2.0) * last / ((last - 4.0) * (last - 2.0) * now);
        (now > 5.0).then(|| square.sqrt() * (1.0 - power).sqrt())
    }
}

rate_and_decay!(RAdam);

impl<T: Float> Optimizer<T> for RAdam {
    const NAME: &'static str = "radam";
    const MEMORY: &'static [&'static str] = &["mean", "square"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("radam", self.learning_rate)?;
        settings::decay("radam", "beta1", self.beta1)?;
        settings::decay("radam", "beta2", self.beta2)?;
        settings::epsilon::<T>("radam", self.epsilon)?;
        self.decay.check("radam")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(RAdam { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, square, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let t = step.number as f64;
        let unbiased = rate / (1.0 - self.beta1.powf(t));
        let rectified = self.rectified(t);
        let element = RAdamElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            rate: T::of(unbiased * rectified.unwrap_or(1.0)),
            is_rectified: rectified.is_some(),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [mean, square])
    }
}

#[derive(Clone, Copy)]
struct RAdamElement<T> {
    beta1: (T, T),
    beta2: (T, T),
    rate: T,
    /// The same for all elements of a step.
    is_rectified: bool,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 2> for RAdamElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, v]: [T; 2]) -> (T, [T; 2]) {
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        let v = running(v, self.beta2.0, self.beta2.1 * g * g, self.negligible);
        let scale = reciprocal(v.sqrt() + self.epsilon);
        let direction = if self.is_rectified { m * scale } else { m };
        (direction.mul_add(-self.rate, p), [m, v])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<RAdam> {
    Examples {
        instances: vec![
            // With 0.999, ρ is a small difference of large numbers: the trajectories cover that.
            RAdam::new(0.01).betas(0.9, 0.98).decay(Decay::coupled(0.3)),
            RAdam::new(0.1).betas(0.5, 0.9).epsilon(0.01),
            RAdam::new(0.1).betas(0.5, 0.5),
        ],
        // Algorithm 2 of the paper, with a bound of 5
        formula: |rule, mut p, steps| {
            let (mut m, mut v) = (0.0, 0.0_f64);
            let last = 2.0 / (1.0 - rule.beta2) - 1.0;
            for (t, step) in (1..).zip(steps) {
                let g = step.gradient + rule.decay.amount * p;
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
                let unbiased = m / (1.0 - rule.beta1.powi(t));
                let power = rule.beta2.powi(t);
                let rho = last - 2.0 * f64::from(t) * power / (1.0 - power);
                let mut direction = unbiased;
                if rho > 5.0 {
                    let (above, below) =
                        ((rho - 4.0) * (rho - 2.0) * last, (last - 4.0) * (last - 2.0) * rho);
                    let adaptive = (1.0 - power).sqrt() / (v.sqrt() + rule.epsilon);
                    direction *= (above / below).sqrt() * adaptive;
                }
                p -= rule.learning_rate * step.factor * direction;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (RAdam::new(0.0), "learning rate of radam"),
            (RAdam::new(0.1).betas(1.0, 0.9), "beta1 of radam"),
            (RAdam::new(0.1).betas(0.9, 1.0), "beta2 of radam"),
            (RAdam::new(0.1).epsilon(0.0), "epsilon of radam"),
            (RAdam::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of radam"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            RAdam::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.999))
                .decay(decay)
        }),
    }
}
