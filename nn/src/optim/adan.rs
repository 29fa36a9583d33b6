//! Adan: momentum of the gradient and of its change.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The Adan optimizer (Xie et al. 2022), with the bias corrections of the authors' code, and with
/// its β, which are 1 minus those of the paper.
///
/// With d = g − the previous gradient, 0 in the first step:
/// m ← β₁m + (1 − β₁)g,  w ← β₂w + (1 − β₂)d,  n ← β₃n + (1 − β₃)(g + β₂d)²,
/// p ← p − learning_rate · (m/(1 − β₁ᵗ) + β₂w/(1 − β₂ᵗ)) / (√(n/(1 − β₃ᵗ)) + ε) at step t.
///
/// Decoupled decay comes before the step, as with `no_prox` in the authors' code. State: m, w, n
/// and g.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Adan {
    /// Learning rate, usually 1e-3, and up to ten times Adam's.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.98.
    pub beta1: f64,
    /// Decay rate of the mean of its change, usually 0.92.
    pub beta2: f64,
    /// Decay rate of the mean square, usually 0.99.
    pub beta3: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
    /// Weight decay; none by default. The authors decouple it.
    pub decay: Decay,
}

impl Adan {
    /// Creates the optimizer with β₁ = 0.98, β₂ = 0.92, β₃ = 0.99, ε = 1e-8, without decay.
    pub const fn new(learning_rate: f64) -> Self {
        let (beta1, beta2, beta3) = (0.98, 0.92, 0.99);
        Adan { learning_rate, beta1, beta2, beta3, epsilon: 1e-8, decay: Decay::NONE }
    }

    /// Sets β₁, β₂ and β₃.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64, beta3: f64) -> Self {
        Adan { beta1, beta2, beta3, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Adan { epsilon, ..self }
    }
}

rate_and_decay!(Adan);

impl<T: Float> Optimizer<T> for Adan {
    const NAME: &'static str = "adan";
    const MEMORY: &'static [&'static str] = &["mean", "change", "square", "before"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("adan", self.learning_rate)?;
        settings::decay("adan", "beta1", self.beta1)?;
        settings::decay("adan", "beta2", self.beta2)?;
        settings::decay("adan", "beta3", self.beta3)?;
        settings::epsilon::<T>("adan", self.epsilon)?;
        self.decay.check("adan")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(Adan { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory, tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let t = step.number as f64;
        let element = AdanElement {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            beta3: (T::of(self.beta3), T::of(1.0 - self.beta3)),
            of_mean: T::of(rate / (1.0 - self.beta1.powf(t))),
            of_change: T::of(rate * self.beta2 / (1.0 - self.beta2.powf(t))),
            root_scale: T::of(1.0 / (1.0 - self.beta3.powf(t)).sqrt()),
            epsilon: T::of(self.epsilon),
            is_first: step.number == 1,
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        pass(element, shares, parameters, gradient, memory)
    }
}

#[derive(Clone, Copy)]
struct AdanElement<T> {
    beta1: (T, T),
    beta2: (T, T),
    beta3: (T, T),
    /// The rates of the two parts of a step.
    of_mean: T,
    of_change: T,
    root_scale: T,
    epsilon: T,
    is_first: bool,
    negligible: T,
}

impl<T: Float> Element<T, 4> for AdanElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, w, n, before]: [T; 4]) -> (T, [T; 4]) {
        let change = if self.is_first { T::zero() } else { g - before };
        let ahead = change.mul_add(self.beta2.0, g);
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        let w = running(w, self.beta2.0, self.beta2.1 * change, self.negligible);
        let n = running(n, self.beta3.0, self.beta3.1 * ahead * ahead, self.negligible);
        let root = n.sqrt().mul_add(self.root_scale, self.epsilon);
        let direction = m.mul_add(self.of_mean, w * self.of_change);
        // The gradient is stored unchanged, except for subnormal values.
        let kept = (g + self.negligible) - self.negligible;
        (p - direction * reciprocal(root), [m, w, n, kept])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Adan> {
    Examples {
        instances: vec![
            Adan::new(0.01).decay(Decay::decoupled(0.3)),
            Adan::new(0.05).betas(0.5, 0.75, 0.8).epsilon(0.01),
        ],
        // Algorithm 1 of the paper with β for 1 − β, and corrections
        formula: |rule, mut p, steps| {
            let (mut m, mut w, mut n) = (0.0, 0.0, 0.0_f64);
            let mut before = steps[0].gradient;
            for (t, step) in (1..).zip(steps) {
                let (g, rate) = (step.gradient, rule.learning_rate * step.factor);
                let d = g - before;
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                w = rule.beta2 * w + (1.0 - rule.beta2) * d;
                n = rule.beta3 * n + (1.0 - rule.beta3) * (g + rule.beta2 * d).powi(2);
                let root = (n / (1.0 - rule.beta3.powi(t))).sqrt() + rule.epsilon;
                let mean = m / (1.0 - rule.beta1.powi(t));
                let change = rule.beta2 * w / (1.0 - rule.beta2.powi(t));
                p -= rate * ((mean + change) / root + rule.decay.amount * p);
                before = g;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Adan::new(0.0), "learning rate of adan"),
            (Adan::new(0.1).betas(1.0, 0.9, 0.9), "beta1 of adan"),
            (Adan::new(0.1).betas(0.9, 1.0, 0.9), "beta2 of adan"),
            (Adan::new(0.1).betas(0.9, 0.9, 1.0), "beta3 of adan"),
            (Adan::new(0.1).epsilon(0.0), "epsilon of adan"),
            (Adan::new(0.1).decay(Decay::decoupled(-1.0)), "weight decay of adan"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Adan::new(case.number("learning_rate", 0.0)).decay(decay)
        }),
    }
}
