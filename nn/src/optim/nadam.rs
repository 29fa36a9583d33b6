//! NAdam: Adam with Nesterov's momentum.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The NAdam optimizer (Dozat 2016), as in PyTorch.
///
/// μₜ = β₁(1 − ½ · 0.96^(t · momentum_decay)),  m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
/// p ← p − learning_rate · (μₜ₊₁ m / (1 − ∏ₛ₌₁ᵗ⁺¹ μₛ) + (1 − μₜ) g / (1 − ∏ₛ₌₁ᵗ μₛ))
/// / (√(v/(1 − β₂ᵗ)) + ε).
///
/// State: m and v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct NAdam {
    /// Learning rate, usually 2e-3.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean of its square, usually 0.999.
    pub beta2: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
    /// How fast the momentum rises from β₁/2 to β₁, usually 4e-3.
    pub momentum_decay: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

/// Base of ψ in the paper.
const BASE: f64 = 0.96;

impl NAdam {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, a momentum decay of 4e-3, without
    /// weight decay.
    pub const fn new(learning_rate: f64) -> Self {
        NAdam {
            learning_rate,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            momentum_decay: 4e-3,
            decay: Decay::NONE,
        }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        NAdam { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        NAdam { epsilon, ..self }
    }

    /// Sets how fast the momentum rises.
    #[must_use]
    pub const fn momentum_decay(self, momentum_decay: f64) -> Self {
        NAdam { momentum_decay, ..self }
    }

    /// μ of step t.
    fn momentum(&self, t: f64) -> f64 {
        self.beta1 * (1.0 - 0.5 * BASE.powf(t * self.momentum_decay))
    }

    /// ∏ μₛ for s from 1 to t, without a loop over all earlier steps, because an optimizer only
    /// stores values per parameter.
    ///
    /// With q = 0.96^momentum_decay, Σₛ ln(1 − ½qˢ) = −Σₖ (½)ᵏ/k · Σₛ qᵏˢ, and the inner sum is
    /// geometric.
    fn product(&self, t: f64) -> f64 {
        /// Number of terms of the outer sum: ½ᵏ is then below the precision of `f64`.
        const TERMS: i32 = 56;
        let most = self.beta1.powf(t);
        if most < 1e-20 {
            return 0.0; // 1 − ∏ is 1
        }
        let ln_q = self.momentum_decay * BASE.ln();
        let sum: f64 = (1..=TERMS)
            .map(|k| {
                let ln = f64::from(k) * ln_q;
                let inner = if ln == 0.0 { t } else { ln.exp() * (t * ln).exp_m1() / ln.exp_m1() };
                0.5_f64.powi(k) / f64::from(k) * inner
            })
            .sum();
        most * (-sum).exp()
    }
}

rate_and_decay!(NAdam);

impl<T: Float> Optimizer<T> for NAdam {
    const NAME: &'static str = "nadam";
    const MEMORY: &'static [&'static str] = &["mean", "square"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("nadam", self.learning_rate)?;
        settings::decay("nadam", "beta1", self.beta1)?;
        settings::decay("nadam", "beta2", self.beta2)?;
        settings::epsilon::<T>("nadam", self.epsilon)?;
        settings::from_0("nadam", "momentum decay", self.momentum_decay, "4e-3 is usual")?;
        self.decay.check("nadam")
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, square, ..], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let t = step.number as f64;
        let (now, next, product) = (self.momentum(t), self.momentum(t + 1.0), self.product(t));
        let element = NAdamElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            of_mean: T::of(rate * next / (1.0 - product * next)),
            of_gradient: T::of(rate * (1.0 - now) / (1.0 - product)),
            root_scale: T::of(1.0 / (1.0 - self.beta2.powf(t)).sqrt()),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [mean, square])
    }
}

#[derive(Clone, Copy)]
struct NAdamElement<T> {
    beta1: (T, T),
    beta2: (T, T),
    /// The rates of the two parts of a step.
    of_mean: T,
    of_gradient: T,
    root_scale: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 2> for NAdamElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, v]: [T; 2]) -> (T, [T; 2]) {
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        let v = running(v, self.beta2.0, self.beta2.1 * g * g, self.negligible);
        let root = v.sqrt().mul_add(self.root_scale, self.epsilon);
        let direction = m.mul_add(self.of_mean, g * self.of_gradient);
        (p - direction * reciprocal(root), [m, v])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<NAdam> {
    Examples {
        instances: vec![
            NAdam::new(0.01).decay(Decay::coupled(0.3)),
            NAdam::new(0.1).betas(0.5, 0.75).epsilon(0.01).momentum_decay(0.5),
            NAdam::new(0.02).momentum_decay(0.0).decay(Decay::decoupled(0.3)),
        ],
        // Algorithm 2 of the paper, with the momentum of its section on schedules
        formula: |rule, mut p, steps| {
            let (mut m, mut v, mut product) = (0.0, 0.0_f64, 1.0);
            let mu = |t: i32| {
                rule.beta1 * (1.0 - 0.5 * 0.96_f64.powf(f64::from(t) * rule.momentum_decay))
            };
            for (t, step) in (1..).zip(steps) {
                let rate = rule.learning_rate * step.factor;
                let mut g = step.gradient;
                match rule.decay.is_coupled {
                    true => g += rule.decay.amount * p,
                    false => p -= rate * rule.decay.amount * p,
                }
                product *= mu(t);
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
                let root = (v / (1.0 - rule.beta2.powi(t))).sqrt() + rule.epsilon;
                let ahead = mu(t + 1) * m / (1.0 - product * mu(t + 1));
                p -= rate * (ahead + (1.0 - mu(t)) * g / (1.0 - product)) / root;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (NAdam::new(0.0), "learning rate of nadam"),
            (NAdam::new(0.1).betas(1.0, 0.9), "beta1 of nadam"),
            (NAdam::new(0.1).betas(0.9, 1.0), "beta2 of nadam"),
            (NAdam::new(0.1).epsilon(0.0), "epsilon of nadam"),
            (NAdam::new(0.1).momentum_decay(-1.0), "momentum decay of nadam"),
            (NAdam::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of nadam"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            NAdam::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.999))
                .momentum_decay(case.number("momentum_decay", 4e-3))
                .decay(decay)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The product in closed form against the product itself, over any number of steps.
    #[test]
    fn the_product_of_all_momenta() {
        for (beta, decay) in [(0.9, 4e-3), (0.999, 4e-3), (0.5, 1.0), (0.99, 0.0), (0.999, 1e-9)] {
            let rule = NAdam::new(0.1).betas(beta, 0.9).momentum_decay(decay);
            let mut product = 1.0;
            for t in 1..3000 {
                product *= rule.momentum(f64::from(t));
                let found = rule.product(f64::from(t));
                assert!(
                    (found - product).abs() <= 1e-12 * product + 1e-19,
                    "{t}: {found} {product}"
                );
            }
        }
    }
}
