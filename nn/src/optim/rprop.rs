//! Rprop: steps that grow while the gradient keeps its sign.

use tensor::Float;

use super::decay::{Decay, Shares};
use super::pass::{Element, pass};
use super::{LearningRate, Optimizer, Step, Stretch, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// Resilient propagation (Riedmiller and Braun 1993), in the form Rprop⁻ used by PyTorch, for whole
/// data sets as batches.
///
/// Each parameter has its own step size s. It is multiplied by `growth` after two gradients of the
/// same sign, and by `shrink` after two of different sign, and clamped to `smallest` and `largest`.
/// p ← p − s · sign(g), except that p does not change where the sign has changed, and the next step
/// then has no previous sign.
///
/// A schedule scales only the first step; later steps adapt their size. State: the sign and s.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rprop {
    /// Size of the first step, usually 0.01.
    pub learning_rate: f64,
    /// Factor after a change of sign, usually 0.5.
    pub shrink: f64,
    /// Factor after an equal sign, usually 1.2.
    pub growth: f64,
    /// Smallest step, usually 1e-6.
    pub smallest: f64,
    /// Largest step, usually 50.
    pub largest: f64,
}

impl Rprop {
    /// Creates the optimizer with steps that shrink by 0.5 and grow by 1.2, from 1e-6 to 50.
    pub const fn new(learning_rate: f64) -> Self {
        Rprop { learning_rate, shrink: 0.5, growth: 1.2, smallest: 1e-6, largest: 50.0 }
    }

    /// Sets the two factors.
    #[must_use]
    pub const fn factors(self, shrink: f64, growth: f64) -> Self {
        Rprop { shrink, growth, ..self }
    }

    /// Sets the range of the steps.
    #[must_use]
    pub const fn between(self, smallest: f64, largest: f64) -> Self {
        Rprop { smallest, largest, ..self }
    }
}

impl LearningRate for Rprop {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }
}

impl<T: Float> Optimizer<T> for Rprop {
    const NAME: &'static str = "rprop";
    const MEMORY: &'static [&'static str] = &["sign", "size"];

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("rprop", self.learning_rate)?;
        let (smallest, largest) = (T::of(self.smallest), T::of(self.largest));
        settings::refuse_unless(
            self.shrink > 0.0 && self.shrink < 1.0,
            ("rprop", "shrink", self.shrink),
            "a factor above 0 and below 1",
            "0.5 is usual",
        )?;
        settings::refuse_unless(
            self.growth > 1.0 && self.growth.is_finite(),
            ("rprop", "growth", self.growth),
            "a finite factor above 1",
            "1.2 is usual",
        )?;
        settings::refuse_unless(
            smallest > T::zero() && smallest.is_finite(),
            ("rprop", "smallest step", self.smallest),
            "a finite number above 0, also as a number of the network",
            "1e-6 is usual",
        )?;
        settings::refuse_unless(
            self.largest >= self.smallest && largest.is_finite(),
            ("rprop", "largest step", self.largest),
            "a finite number from the smallest step on, also as a number of the network",
            "50 is usual",
        )
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [sign, size, ..], .. } = stretch;
        let element = RpropElement {
            first: (step.number == 1).then(|| T::of(self.learning_rate * step.rate)),
            shrink: T::of(self.shrink),
            growth: T::of(self.growth),
            smallest: T::of(self.smallest),
            largest: T::of(self.largest),
        };
        let shares: Shares<T> = Decay::NONE.shares(0.0, None);
        pass(element, shares, parameters, gradient, [sign, size])
    }
}

#[derive(Clone, Copy)]
struct RpropElement<T> {
    /// The step size of all parameters before the first step.
    first: Option<T>,
    shrink: T,
    growth: T,
    smallest: T,
    largest: T,
}

impl<T: Float> Element<T, 2> for RpropElement<T> {
    #[inline(always)]
    fn step(self, p: T, g: T, [sign, size]: [T; 2]) -> (T, [T; 2]) {
        let (zero, one) = (T::zero(), T::one());
        // The sign of a number that is not finite is NaN, which is preserved.
        let up = if g > zero { one } else { zero };
        let now = g.mul_add(zero, if g < zero { -one } else { up });
        let agreement = now * sign;
        let factor = if agreement > zero { self.growth } else { one };
        let factor = if agreement < zero { self.shrink } else { factor };
        let size = self.first.unwrap_or(size) * factor;
        let size = if size < self.smallest { self.smallest } else { size };
        let size = if size > self.largest { self.largest } else { size };
        let now = if agreement < zero { zero } else { now };
        (now.mul_add(-size, p), [now, size])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Rprop> {
    Examples {
        instances: vec![Rprop::new(0.01), Rprop::new(0.1).factors(0.25, 1.5).between(0.05, 0.3)],
        // Section II of the paper, without backtracking where the sign changes
        formula: |rule, mut p, steps| {
            let (mut before, mut size) = (0.0, rule.learning_rate * steps[0].factor);
            for step in steps {
                let mut g = step.gradient;
                let factor = match g * before {
                    x if x > 0.0 => rule.growth,
                    x if x < 0.0 => rule.shrink,
                    _ => 1.0,
                };
                size = (size * factor).clamp(rule.smallest, rule.largest);
                if g * before < 0.0 {
                    g = 0.0;
                }
                p -= if g == 0.0 { 0.0 } else { g.signum() * size };
                before = g;
            }
            p
        },
        moves_without_gradient: false,
        refused: vec![
            (Rprop::new(0.0), "learning rate of rprop"),
            (Rprop::new(0.1).factors(1.0, 1.2), "shrink of rprop"),
            (Rprop::new(0.1).factors(0.5, f64::NAN), "growth of rprop"),
            (Rprop::new(0.1).between(0.0, 1.0), "smallest step of rprop"),
            (Rprop::new(0.1).between(1.0, 0.5), "largest step of rprop"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Cases(|case| {
            Rprop::new(case.number("learning_rate", 0.0))
                .factors(case.number("shrink", 0.5), case.number("growth", 1.2))
                .between(case.number("smallest", 1e-6), case.number("largest", 50.0))
        }),
    }
}
