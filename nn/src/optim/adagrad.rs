//! AdaGrad: steps that become smaller where gradients have been large.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The AdaGrad optimizer (Duchi, Hazan and Singer 2011), as in PyTorch and ONNX.
///
/// s ← s + g²,  p ← p − learning_rate / (1 + (t − 1) · rate_decay) · g / (√s + ε) at step t.
///
/// State: s.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct AdaGrad {
    /// Learning rate, usually 0.01.
    pub learning_rate: f64,
    /// Decay of the learning rate over the steps; usually 0, none.
    pub rate_decay: f64,
    /// Added to the square root, usually 1e-10.
    pub epsilon: f64,
    /// Weight decay; none by default.
    pub decay: Decay,
}

impl AdaGrad {
    /// Creates the optimizer with ε = 1e-10, without decay of any kind.
    pub const fn new(learning_rate: f64) -> Self {
        AdaGrad { learning_rate, rate_decay: 0.0, epsilon: 1e-10, decay: Decay::NONE }
    }

    /// Sets the decay of the learning rate.
    #[must_use]
    pub const fn rate_decay(self, rate_decay: f64) -> Self {
        AdaGrad { rate_decay, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        AdaGrad { epsilon, ..self }
    }
}

rate_and_decay!(AdaGrad);

impl<T: Float> Optimizer<T> for AdaGrad {
    const NAME: &'static str = "adagrad";
    const MEMORY: &'static [&'static str] = &["sum"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("adagrad", self.learning_rate)?;
        settings::from_0("adagrad", "rate decay", self.rate_decay, "0 is usual")?;
        settings::epsilon::<T>("adagrad", self.epsilon)?;
        self.decay.check("adagrad")
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [sum, ..], tensor } = stretch;
        let before = step.number.saturating_sub(1) as f64;
        let rate = self.learning_rate * step.rate / (1.0 + before * self.rate_decay);
        let element = AdaGradElement {
            rate: T::of(rate),
            epsilon: T::of(self.epsilon),
            negligible: negligible(),
        };
        let shares = self.decay.shares(self.learning_rate * step.rate, tensor);
        pass(element, shares, parameters, gradient, [sum])
    }
}

#[derive(Clone, Copy)]
struct AdaGradElement<T> {
    rate: T,
    epsilon: T,
    negligible: T,
}

impl<T: Float> Element<T, 1> for AdaGradElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [s]: [T; 1]) -> (T, [T; 1]) {
        let s = running(s, T::one(), g * g, self.negligible);
        let root = s.sqrt() + self.epsilon;
        ((g * reciprocal(root)).mul_add(-self.rate, p), [s])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<AdaGrad> {
    Examples {
        instances: vec![
            AdaGrad::new(0.01).decay(Decay::coupled(0.3)),
            AdaGrad::new(0.1).rate_decay(0.1).epsilon(0.01),
        ],
        // Figure 1 of the paper, with a diagonal matrix
        formula: |rule, mut p, steps| {
            let mut sum = 0.0_f64;
            for (t, step) in (0..).zip(steps) {
                let g = step.gradient + rule.decay.amount * p;
                sum += g * g;
                let rate =
                    rule.learning_rate * step.factor / (1.0 + f64::from(t) * rule.rate_decay);
                p -= rate * g / (sum.sqrt() + rule.epsilon);
            }
            p
        },
        moves_without_gradient: true,
        refused: vec![
            (AdaGrad::new(0.0), "learning rate of adagrad"),
            (AdaGrad::new(0.1).rate_decay(-0.1), "rate decay of adagrad"),
            (AdaGrad::new(0.1).epsilon(0.0), "epsilon of adagrad"),
            (AdaGrad::new(0.1).decay(Decay::coupled(-1.0)), "weight decay of adagrad"),
        ],
        onnx: Onnx::Node {
            op: "Adagrad",
            of: |case, learning_rate| {
                // ONNX counts the steps before this one, starting with 0.
                let before = case.input(1).values[0];
                let rate = learning_rate / (1.0 + before * case.number("decay_factor", 0.0));
                AdaGrad::new(rate).epsilon(case.number("epsilon", 1e-6))
            },
        },
        reference: Reference::Decaying(|case, decay| {
            AdaGrad::new(case.number("learning_rate", 0.0))
                .rate_decay(case.number("rate_decay", 0.0))
                .decay(decay)
        }),
    }
}
