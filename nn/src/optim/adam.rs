//! Adam: steps scaled by running means of the gradient and its square.

use tensor::Float;
use tensor::math::reciprocal;
use tensor::simd::{Inline, vectorize_inline};

use super::{LearningRate, Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The Adam optimizer (Kingma and Ba 2015).
///
/// m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,
/// p ← p − learning_rate · m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) at step t.
///
/// Means stop decaying before they become so small that they would only slow the CPU down (1e-34 in
/// `f32`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Learning rate, usually 1e-3.
    pub learning_rate: f64,
    /// Decay rate of the mean of the gradient, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean of its square, usually 0.999.
    pub beta2: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
}

impl Adam {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    pub const fn new(learning_rate: f64) -> Self {
        Adam { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }

    /// Checks the settings for the optimizer `rule`, which is based on Adam.
    pub(super) fn check_as<T: Float>(&self, rule: &str) -> Result<()> {
        settings::learning_rate::<T>(rule, self.learning_rate)?;
        settings::decay(rule, "beta1", self.beta1)?;
        settings::decay(rule, "beta2", self.beta2)?;
        settings::epsilon::<T>(rule, self.epsilon)
    }

    /// The step, with the parameters first multiplied by `keep`, if given. Returns whether all
    /// parameters are finite afterwards.
    pub(super) fn update_keeping<T: Float>(
        &self,
        step: Step,
        stretch: Stretch<'_, T>,
        keep: Option<T>,
    ) -> bool {
        let Stretch { parameters, gradient, memory: [mean, square, ..], .. } = stretch;
        let (beta1, rest1) = (T::of(self.beta1), T::of(1.0 - self.beta1));
        let (beta2, rest2) = (T::of(self.beta2), T::of(1.0 - self.beta2));
        // The bias corrections are two numbers per step, so they are computed outside the loop and
        // in f64.
        let correction1 = 1.0 - self.beta1.powf(step.number as f64);
        let correction2 = 1.0 - self.beta2.powf(step.number as f64);
        let update = Update {
            parameters,
            gradient,
            mean,
            square,
            beta1: (beta1, rest1),
            beta2: (beta2, rest2),
            rate: T::of(self.learning_rate * step.rate / correction1),
            root_scale: T::of(1.0 / correction2.sqrt()),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
            keep: keep.unwrap_or(T::one()),
        };
        match keep {
            None => vectorize_inline(update),
            Some(_) => vectorize_inline(Decaying(update)),
        }
    }
}

impl LearningRate for Adam {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }
}

impl<T: Float> Optimizer<T> for Adam {
    const NAME: &'static str = "adam";
    const MEMORY: &'static [&'static str] = &["mean", "square"];

    fn check(&self) -> Result<()> {
        self.check_as::<T>("adam")
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let beta1 = settings::scaled_momentum(self.beta1, factor)?;
        Some(Adam { beta1, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        self.update_keeping(step, stretch, None)
    }
}

/// The loop over the parameters.
struct Update<'a, T> {
    parameters: &'a mut [T],
    gradient: &'a [T],
    mean: &'a mut [T],
    square: &'a mut [T],
    /// β and 1 − β.
    beta1: (T, T),
    beta2: (T, T),
    /// The learning rate divided by the bias correction of m.
    rate: T,
    /// One over the square root of the bias correction of v.
    root_scale: T,
    epsilon: T,
    negligible: T,
    /// Factor that decay leaves of a parameter.
    keep: T,
}

impl<T: Float> Update<'_, T> {
    #[inline(always)]
    fn step(self, decays: bool) -> bool {
        let mut wrong = false;
        let memory = self.mean.iter_mut().zip(self.square);
        for ((p, &g), (m, v)) in self.parameters.iter_mut().zip(self.gradient).zip(memory) {
            let (beta, rest) = self.beta1;
            *m = m.mul_add(beta, rest.mul_add(g, self.negligible)) - self.negligible;
            let (beta, rest) = self.beta2;
            *v = v.mul_add(beta, (rest * g).mul_add(g, self.negligible)) - self.negligible;
            let root = v.sqrt().mul_add(self.root_scale, self.epsilon);
            let kept = if decays { *p * self.keep } else { *p };
            *p = (*m * reciprocal(root)).mul_add(-self.rate, kept);
            wrong |= !p.is_finite();
        }
        !wrong
    }
}

impl<T: Float> Inline for Update<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        self.step(false)
    }
}

/// The same with decay: a separate loop, so that plain Adam has no extra multiplication.
struct Decaying<'a, T>(Update<'a, T>);

impl<T: Float> Inline for Decaying<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        self.0.step(true)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Adam> {
    Examples {
        instances: vec![
            Adam::new(0.01),
            Adam { learning_rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.01 },
        ],
        // Algorithm 1 of the paper
        formula: |adam, mut p, steps| {
            let Adam { learning_rate, beta1, beta2, epsilon } = adam;
            let (mut m, mut v) = (0.0, 0.0);
            for (t, step) in (1..).zip(steps) {
                let g = step.gradient;
                m = beta1 * m + (1.0 - beta1) * g;
                v = beta2 * v + (1.0 - beta2) * g * g;
                let unbiased_m = m / (1.0 - beta1.powi(t));
                let unbiased_v = v / (1.0 - beta2.powi(t));
                p -= learning_rate * step.factor * unbiased_m / (unbiased_v.sqrt() + epsilon);
            }
            p
        },
        moves_without_gradient: false,
        refused: vec![
            (Adam::new(0.0), "learning rate of adam"),
            (Adam::new(f64::NAN), "learning rate of adam"),
            (Adam { beta1: 1.0, ..Adam::new(0.1) }, "beta1 of adam"),
            (Adam { beta2: -0.1, ..Adam::new(0.1) }, "beta2 of adam"),
            (Adam { epsilon: 0.0, ..Adam::new(0.1) }, "epsilon of adam"),
        ],
        onnx: Onnx::Node {
            op: "Adam",
            of: |case, learning_rate| {
                // The expected numbers of one test were computed with 0.01, which its node does not
                // state (onnx 1.20.1, backend/test/case/node/adam.py); 1e-6 is the operator's
                // default.
                let forgotten = case.name == "test_adam_multiple";
                Adam {
                    learning_rate,
                    beta1: case.number("alpha", 0.9),
                    beta2: case.number("beta", 0.999),
                    epsilon: case.number("epsilon", if forgotten { 1e-2 } else { 1e-6 }),
                }
            },
        },
        reference: Reference::Cases(|case| Adam {
            learning_rate: case.number("learning_rate", 0.0),
            beta1: case.number("beta1", 0.9),
            beta2: case.number("beta2", 0.999),
            epsilon: case.number("epsilon", 1e-8),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_sign_of_the_gradient() {
        let (mut p, mut m, mut v) = ([1.0_f64, 1.0], [0.0; 2], [0.0; 2]);
        let stretch = Stretch::new(&mut p, &[2.0, -1e-4], [&mut m, &mut v]);
        Adam::new(0.1).update(Step::new(1), stretch);
        assert!((p[0] - 0.9).abs() < 1e-9 && (p[1] - 1.1).abs() < 1e-4, "{p:?}");
        assert!((m[0] - 0.2).abs() < 1e-15 && (v[0] - 0.004).abs() < 1e-15);
    }
}
