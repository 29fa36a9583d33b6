//! RMSprop: steps divided by the root mean square of the gradient.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The RMSprop optimizer (Tieleman and Hinton 2012, lecture 6.5), optionally centered (Graves
/// 2013), as in PyTorch.
///
/// v ← αv + (1 − α)g²,  d = g / (√v + ε),  u ← momentum · u + d,  p ← p − learning_rate · u.
/// Centered: m ← αm + (1 − α)g, and v − m² instead of v in the root, 0 where rounding leaves less.
///
/// State: v, m and u; unused ones stay 0.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RmsProp {
    /// Learning rate, usually 1e-2.
    pub learning_rate: f64,
    /// Decay rate α of the means, usually 0.99.
    pub alpha: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
    /// Fraction of the last step's direction that is retained: usually 0, none.
    pub momentum: f64,
    /// Whether the root is of the variance instead of the mean square.
    pub is_centred: bool,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl RmsProp {
    /// Creates the optimizer with α = 0.99, ε = 1e-8, without momentum, not centered, without
    /// decay.
    pub const fn new(learning_rate: f64) -> Self {
        let (alpha, epsilon, momentum, decay) = (0.99, 1e-8, 0.0, Decay::NONE);
        RmsProp { learning_rate, alpha, epsilon, momentum, is_centred: false, decay }
    }

    /// Sets α.
    #[must_use]
    pub const fn alpha(self, alpha: f64) -> Self {
        RmsProp { alpha, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        RmsProp { epsilon, ..self }
    }

    /// Sets the momentum.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        RmsProp { momentum, ..self }
    }

    /// Divides by the root of the variance.
    #[must_use]
    pub const fn centred(self) -> Self {
        RmsProp { is_centred: true, ..self }
    }
}

rate_and_decay!(RmsProp);

impl<T: Float> Optimizer<T> for RmsProp {
    const NAME: &'static str = "rmsprop";
    const MEMORY: &'static [&'static str] = &["square", "mean", "velocity"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("rmsprop", self.learning_rate)?;
        settings::decay("rmsprop", "alpha", self.alpha)?;
        settings::epsilon::<T>("rmsprop", self.epsilon)?;
        settings::decay("rmsprop", "momentum", self.momentum)?;
        self.decay.check("rmsprop")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let momentum = settings::scaled_momentum(self.momentum, factor)?;
        Some(RmsProp { momentum, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [square, mean, velocity, _], tensor } = stretch;
        let rate = self.learning_rate * step.rate;
        let element = RmsPropElement {
            alpha: (T::of(self.alpha), T::of(1.0 - self.alpha)),
            rate: T::of(rate),
            momentum: T::of(self.momentum),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(rate, tensor);
        match (self.is_centred, self.momentum > 0.0) {
            (false, false) => pass(element, shares, parameters, gradient, [square]),
            (false, true) => pass(element, shares, parameters, gradient, [square, velocity]),
            (true, _) => pass(element, shares, parameters, gradient, [square, mean, velocity]),
        }
    }
}

#[derive(Clone, Copy)]
struct RmsPropElement<T> {
    alpha: (T, T),
    rate: T,
    momentum: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> RmsPropElement<T> {
    #[inline(always)]
    fn square(self, v: T, g: T) -> T {
        running(v, self.alpha.0, self.alpha.1 * g * g, self.negligible)
    }

    #[inline(always)]
    fn direction(self, g: T, square: T) -> T {
        g * reciprocal(square.sqrt() + self.epsilon)
    }

    #[inline(always)]
    fn velocity(self, u: T, direction: T) -> T {
        running(u, self.momentum, direction, self.negligible)
    }
}

/// The plain optimizer.
impl<T: Float> Element<T, 1> for RmsPropElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [v]: [T; 1]) -> (T, [T; 1]) {
        let v = self.square(v, g);
        (self.direction(g, v).mul_add(-self.rate, p), [v])
    }
}

/// With momentum.
impl<T: Float> Element<T, 2> for RmsPropElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [v, u]: [T; 2]) -> (T, [T; 2]) {
        let v = self.square(v, g);
        let u = self.velocity(u, self.direction(g, v));
        (u.mul_add(-self.rate, p), [v, u])
    }
}

/// Centered, with a momentum that may be 0.
impl<T: Float> Element<T, 3> for RmsPropElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [v, m, u]: [T; 3]) -> (T, [T; 3]) {
        let v = self.square(v, g);
        let m = running(m, self.alpha.0, self.alpha.1 * g, self.negligible);
        let variance = (-m).mul_add(m, v);
        let variance = if variance < T::zero() { T::zero() } else { variance };
        let u = self.velocity(u, self.direction(g, variance));
        (u.mul_add(-self.rate, p), [v, m, u])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<RmsProp> {
    Examples {
        instances: vec![
            RmsProp::new(0.01).decay(Decay::coupled(0.3)),
            RmsProp::new(0.05).alpha(0.5).epsilon(0.01).momentum(0.5),
            RmsProp::new(0.01).alpha(0.75).epsilon(0.1).centred(),
            RmsProp::new(0.01).alpha(0.75).epsilon(0.1).momentum(0.5).centred(),
        ],
        // Slide 29 of the lecture; equations 38 to 41 of Graves' paper with ε outside of the root
        formula: |rule, mut p, steps| {
            let (mut v, mut m, mut u) = (0.0_f64, 0.0_f64, 0.0);
            for step in steps {
                let g = step.gradient + rule.decay.amount * p;
                v = rule.alpha * v + (1.0 - rule.alpha) * g * g;
                m = rule.alpha * m + (1.0 - rule.alpha) * g;
                let square = if rule.is_centred { v - m * m } else { v };
                u = rule.momentum * u + g / (square.sqrt() + rule.epsilon);
                p -= rule.learning_rate * step.factor * u;
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (RmsProp::new(0.0), "learning rate of rmsprop"),
            (RmsProp::new(0.1).alpha(1.0), "alpha of rmsprop"),
            (RmsProp::new(0.1).epsilon(0.0), "epsilon of rmsprop"),
            (RmsProp::new(0.1).momentum(1.0), "momentum of rmsprop"),
            (RmsProp::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of rmsprop"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            let is_centred = case.flag("centred", false);
            let rule = RmsProp::new(case.number("learning_rate", 0.0))
                .alpha(case.number("alpha", 0.99))
                .epsilon(case.number("epsilon", 1e-8))
                .momentum(case.number("momentum", 0.0))
                .decay(decay);
            RmsProp { is_centred, ..rule }
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The variance of a constant gradient is 0 except for rounding, which may make it negative.
    #[test]
    fn a_constant_gradient_has_no_root_of_a_negative_number() {
        let rule = RmsProp::new(1e-6).alpha(0.9).centred();
        let (mut p, mut v, mut m, mut u) = ([0.0_f32; 9], [0.0; 9], [0.0; 9], [0.0; 9]);
        let gradient = [0.1, 0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3, 2.9];
        for number in 1..=1000 {
            let stretch = Stretch::new(&mut p, &gradient, [&mut v, &mut m, &mut u]);
            assert!(rule.checked_update(Step::new(number), stretch), "step {number}");
        }
    }
}
