//! LAMB: Adam with a step proportional to the norm of the tensor.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::norm::norm;
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The LAMB optimizer (You et al. 2020), for large batches.
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  d = m̂ / (√v̂ + ε) + weight_decay · p, with the
/// bias corrections of [`Adam`](super::Adam),  p ← p − learning_rate · ‖p‖/‖d‖ · d, with the norms
/// of whole tensors; if one of them is 0, their ratio is 1.
///
/// Biases, scales and shifts use d without the ratio and without decay, unless [`Decay::all`] is
/// set. [Coupled decay](Decay::coupled) is part of g. State: m and v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lamb {
    /// Learning rate: the size of a step relative to a tensor's norm, usually 1e-3.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean of its square, usually 0.999.
    pub beta2: f64,
    /// Added to the square root, usually 1e-6.
    pub epsilon: f64,
    /// Weight decay; decoupled, 0.01 by default.
    pub decay: Decay,
}

impl Lamb {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-6, a decay of 0.01.
    pub const fn new(learning_rate: f64) -> Self {
        let decay = Decay::decoupled(0.01);
        Lamb { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-6, decay }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Lamb { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        Lamb { epsilon, ..self }
    }
}

rate_and_decay!(Lamb);

impl<T: Float> Optimizer<T> for Lamb {
    const NAME: &'static str = "lamb";
    const MEMORY: &'static [&'static str] = &["mean", "square"];
    const DECAYS: bool = true;
    const WHOLE_TENSORS: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("lamb", self.learning_rate)?;
        settings::decay("lamb", "beta1", self.beta1)?;
        settings::decay("lamb", "beta2", self.beta2)?;
        settings::epsilon::<T>("lamb", self.epsilon)?;
        self.decay.check("lamb")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(Lamb { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [mean, square, ..], tensor } = stretch;
        let t = step.number as f64;
        let rate = self.learning_rate * step.rate;
        let means = Means {
            beta1: (T::of(self.beta1), T::of(1.0 - self.beta1)),
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            negligible: negligible(),
        };
        let coupled = if self.decay.is_coupled { self.decay } else { Decay::NONE };
        let none = Decay::NONE.shares(rate, tensor);
        let (m, v) = (&mut *mean, &mut *square);
        pass(means, coupled.shares(rate, tensor), parameters, gradient, [m, v]);
        let decoupled = if self.decay.is_coupled { 0.0 } else { self.decay.amount_of(tensor) };
        let direction = Direction {
            mean_scale: T::of(1.0 / (1.0 - self.beta1.powf(t))),
            root_scale: T::of(1.0 / (1.0 - self.beta2.powf(t)).sqrt()),
            epsilon: T::of(self.epsilon),
            decay: T::of(decoupled),
            rate: T::of(rate),
        };
        let mut ratio = T::one();
        if self.decay.is_for(tensor) {
            let of_parameters = norm([&*parameters], |[p]| p);
            let of_step = norm([&*parameters, &*mean, &*square], |[p, m, v]| direction.at(p, m, v));
            if of_parameters > T::zero() && of_step > T::zero() {
                ratio = of_parameters / of_step;
            }
        }
        let scaled = Direction { rate: direction.rate * ratio, ..direction };
        pass(scaled, none, parameters, gradient, [mean, square])
    }
}

/// The means only: the update of the parameters depends on all of them.
#[derive(Clone, Copy)]
struct Means<T> {
    beta1: (T, T),
    beta2: (T, T),
    negligible: T,
}

impl<T: Float> Element<T, 2> for Means<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [m, v]: [T; 2]) -> (T, [T; 2]) {
        let m = running(m, self.beta1.0, self.beta1.1 * g, self.negligible);
        (p, [m, running(v, self.beta2.0, self.beta2.1 * g * g, self.negligible)])
    }
}

#[derive(Clone, Copy)]
struct Direction<T> {
    mean_scale: T,
    root_scale: T,
    epsilon: T,
    decay: T,
    rate: T,
}

impl<T: Float> Direction<T> {
    /// d.
    #[inline(always)]
    fn at(self, p: T, m: T, v: T) -> T {
        let root = v.sqrt().mul_add(self.root_scale, self.epsilon);
        (m * self.mean_scale).mul_add(reciprocal(root), self.decay * p)
    }
}

impl<T: Float> Element<T, 2> for Direction<T> {
    #[inline(always)]
    fn step(self, p: T, _g: T, [m, v]: [T; 2]) -> (T, [T; 2]) {
        (self.at(p, m, v).mul_add(-self.rate, p), [m, v])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Lamb> {
    Examples {
        instances: vec![
            Lamb::new(0.01).betas(0.9, 0.98).decay(Decay::decoupled(0.3)),
            Lamb::new(0.02).betas(0.5, 0.75).epsilon(0.01),
        ],
        // Algorithm 2 of the paper for a tensor of one element
        formula: |rule, mut p, steps| {
            let (mut m, mut v) = (0.0, 0.0_f64);
            for (t, step) in (1..).zip(steps) {
                let g = step.gradient;
                m = rule.beta1 * m + (1.0 - rule.beta1) * g;
                v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
                let root = (v / (1.0 - rule.beta2.powi(t))).sqrt() + rule.epsilon;
                let d: f64 = m / (1.0 - rule.beta1.powi(t)) / root + rule.decay.amount * p;
                let ratio = if p != 0.0 && d != 0.0 { p.abs() / d.abs() } else { 1.0 };
                p -= rule.learning_rate * step.factor * ratio * d;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (Lamb::new(0.0), "learning rate of lamb"),
            (Lamb::new(0.1).betas(1.0, 0.9), "beta1 of lamb"),
            (Lamb::new(0.1).betas(0.9, 1.0), "beta2 of lamb"),
            (Lamb::new(0.1).epsilon(0.0), "epsilon of lamb"),
            (Lamb::new(0.1).decay(Decay::decoupled(-1.0)), "weight decay of lamb"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            Lamb::new(case.number("learning_rate", 0.0))
                .betas(case.number("beta1", 0.9), case.number("beta2", 0.999))
                .decay(decay)
        }),
    }
}
