//! AMSGrad: Adam that divides by the largest mean square so far.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The AMSGrad optimizer (Reddi, Kale and Kumar 2018), with Adam's bias corrections, as PyTorch's
/// `Adam(amsgrad=True)`.
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  s ← max(s, v),
/// p ← p − learning_rate · m̂ / (√(s/(1 − β₂ᵗ)) + ε), with m̂ = m/(1 − β₁ᵗ) at step t.
///
/// State: m, v and s.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct AmsGrad {
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

impl AmsGrad {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        AmsGrad { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: Decay::NONE }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        AmsGrad { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        AmsGrad { epsilon, ..self }
    }
}

rate_and_decay!(AmsGrad);

impl<T: Float> Optimizer<T> for AmsGrad {
    const NAME: &'static str = "amsgrad";
    const MEMORY: &'static [&'static str] = &["mean", "square", "largest"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("amsgrad", self.learning_rate)?;
        settings::decay("amsgrad", "beta1", self.beta1)?;
        settings::decay("amsgrad", "beta2", self.beta2)?;
        settings::epsilon::<T>("amsgrad", self.epsilon)?;
        self.decay.check("amsgrad")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(AmsGrad { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, square, largest, _], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let t = step.number as f64;
        let element = AmsGradElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            rate: T::of(rate / (1.0 - self.beta1.powf(t))),
            root_scale: T::of(1.0 / (1.0 - self.beta2.powf(t)).sqrt()),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [mean, square, largest])
    }
}

#[derive(Clone, Copy)]
struct AmsGradElement<T> {
    beta1: (T, T),
    beta2: (T, T),
    rate: T,
    root_scale: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 3> for AmsGradElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, v, s]: [T; 3]) -> (T, [T; 3]) {
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        let v = running(v, self.beta2.0, self.beta2.1 * g * g, self.negligible);
        let s = if v > s { v } else { s };
        let root = s.sqrt().mul_add(self.root_scale, self.epsilon);
        ((m * reciprocal(root)).mul_add(-self.rate, p), [m, v, s])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<AmsGrad> {
    Examples {
        instances: vec![
            AmsGrad::new(0.01).decay(Decay::decoupled(0.3)),
            AmsGrad::new(0.1).betas(0.5, 0.75).epsilon(0.01),
        ],
        // Algorithm 2 of the paper with the corrections of Adam
        formula: |rule, mut p, steps| {
            let (mut m, mut v, mut most) = (0.0, 0.0, 0.0_f64);
            for (t, step) in (1..).zip(steps) {
                let (g, rate) = (step.gradient, rule.learning_rate * step.factor);
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
                most = most.max(v);
                let root = (most / (1.0 - rule.beta2.powi(t))).sqrt() + rule.epsilon;
                let direction = m / (1.0 - rule.beta1.powi(t)) / root;
                p -= rate * (direction + rule.decay.amount * p);
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (AmsGrad::new(0.0), "learning rate of amsgrad"),
            (AmsGrad::new(0.1).betas(1.0, 0.9), "beta1 of amsgrad"),
            (AmsGrad::new(0.1).betas(0.9, f64::NAN), "beta2 of amsgrad"),
            (AmsGrad::new(0.1).epsilon(0.0), "epsilon of amsgrad"),
            (AmsGrad::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of amsgrad"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            AmsGrad::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.999))
                .decay(decay)
        }),
    }
}
