//! Stochastic gradient descent, with or without momentum.

use tensor::Float;
use tensor::simd::vectorize;

use super::{LearningRate, Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;
use crate::parameters::descend;

/// Stochastic gradient descent: v ← momentum·v + (1 − dampening)·g,  p ← p − learning_rate·v;
/// without momentum v = g.
///
/// The first step uses all of g, as in PyTorch.
///
/// With [`nesterov`](Sgd::nesterov), p ← p − learning_rate·(g + momentum·v) (Sutskever et al. 2013,
/// in the form that PyTorch uses).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Learning rate.
    pub learning_rate: f64,
    /// Fraction of the last step's direction that is retained: 0 is none, usually 0.9.
    pub momentum: f64,
    /// Whether to use Nesterov's momentum, which looks ahead along the velocity.
    pub nesterov: bool,
    /// Fraction of each gradient after the first that the velocity ignores; usually 0. Not with
    /// `nesterov`.
    pub dampening: f64,
}

impl Sgd {
    /// Creates the optimizer without momentum.
    pub const fn new(learning_rate: f64) -> Self {
        Sgd { learning_rate, momentum: 0.0, nesterov: false, dampening: 0.0 }
    }

    /// Sets the momentum.
    #[must_use]
    pub const fn momentum(self, momentum: f64) -> Self {
        Sgd { momentum, ..self }
    }

    /// Turns on Nesterov's momentum.
    #[must_use]
    pub const fn nesterov(self) -> Self {
        Sgd { nesterov: true, ..self }
    }

    /// Sets the dampening, which makes the velocity use a smaller part of each gradient.
    #[must_use]
    pub const fn dampening(self, dampening: f64) -> Self {
        Sgd { dampening, ..self }
    }
}

impl LearningRate for Sgd {
    fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }
}

impl<T: Float> Optimizer<T> for Sgd {
    const NAME: &'static str = "sgd";
    const MEMORY: &'static [&'static str] = &["velocity"];

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("sgd", self.learning_rate)?;
        settings::decay("sgd", "momentum", self.momentum)?;
        settings::refuse_unless(
            (0.0..=1.0).contains(&self.dampening) && !(self.nesterov && self.dampening > 0.0),
            ("sgd", "dampening", self.dampening),
            "from 0 to 1, and 0 with nesterov",
            "0 is usual",
        )
    }

    fn scale_momentum(&self, factor: f64) -> Option<Self> {
        let momentum = settings::scaled_momentum(self.momentum, factor)?;
        Some(Sgd { momentum, ..*self })
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [velocity, ..], .. } = stretch;
        if let Some(rate) = self.descent(step) {
            return descend(parameters, gradient, rate);
        }
        let rate = T::of(self.learning_rate * step.rate);
        let momentum = T::of(self.momentum);
        let share = if step.number == 1 { T::one() } else { T::of(1.0 - self.dampening) };
        let (nesterov, negligible) = (self.nesterov, negligible());
        vectorize(|| {
            let mut wrong = false;
            for ((p, &g), v) in parameters.iter_mut().zip(gradient).zip(velocity.iter_mut()) {
                *v = v.mul_add(momentum, g.mul_add(share, negligible)) - negligible;
                let direction = if nesterov { v.mul_add(momentum, g) } else { *v };
                *p = direction.mul_add(-rate, *p);
                wrong |= !p.is_finite();
            }
            !wrong
        })
    }

    fn descent(&self, step: Step) -> Option<T> {
        (self.momentum == 0.0).then(|| T::of(self.learning_rate * step.rate))
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<Sgd> {
    let momentum = Sgd::new(0.1).momentum(0.9);
    Examples {
        instances: vec![Sgd::new(0.1), momentum, momentum.nesterov(), momentum.dampening(0.25)],
        // v ← momentum·v + (1 − dampening)·g; p ← p − rate·v, or with Nesterov's
        // p ← p − rate·(g + momentum·v)
        formula: |sgd, mut p, steps| {
            let mut v = 0.0;
            for (t, step) in (1..).zip(steps) {
                let share = if t == 1 { 1.0 } else { 1.0 - sgd.dampening };
                v = sgd.momentum * v + share * step.gradient;
                let direction = if sgd.nesterov { step.gradient + sgd.momentum * v } else { v };
                p -= sgd.learning_rate * step.factor * direction;
            }
            p
        },
        moves_without_gradient: false,
        refused: vec![
            (Sgd::new(-0.1), "learning rate of sgd"),
            (Sgd::new(f64::INFINITY), "learning rate of sgd"),
            (Sgd::new(0.1).momentum(1.0), "momentum of sgd"),
            (Sgd::new(0.1).momentum(f64::NAN), "momentum of sgd"),
            (Sgd::new(0.1).momentum(0.9).dampening(1.5), "dampening of sgd"),
            (Sgd::new(0.1).momentum(0.9).nesterov().dampening(0.1), "dampening of sgd"),
        ],
        // ONNX uses a fraction `beta` of the gradient; this optimizer uses all of it, as ONNX does
        // in the first step.
        onnx: Onnx::Node {
            op: "Momentum",
            of: |case, learning_rate| {
                assert!(case.input(1).values[0] == 0.0 || case.number("beta", 1.0) == 1.0);
                let nesterov = case.word("mode") == Some("nesterov");
                Sgd { learning_rate, momentum: case.number("alpha", 0.0), nesterov, dampening: 0.0 }
            },
        },
        reference: Reference::Cases(|case| Sgd {
            learning_rate: case.number("learning_rate", 0.0),
            momentum: case.number("momentum", 0.0),
            nesterov: case.flag("nesterov", false),
            dampening: case.number("dampening", 0.0),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps from p = 1 with gradients 1 and 2, computed by hand.
    fn two_steps(sgd: Sgd) -> f64 {
        let (mut p, mut v) = ([1.0], [0.0]);
        sgd.update(Step::new(1), Stretch::new(&mut p, &[1.0], [&mut v]));
        sgd.update(Step::new(2), Stretch::new(&mut p, &[2.0], [&mut v]));
        p[0]
    }

    #[test]
    fn first_steps_by_hand() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-15, "{a} {b}");
        near(two_steps(Sgd::new(0.1)), 1.0 - 0.1 - 0.2);
        // v: 1, then 0.5 + 2
        near(two_steps(Sgd::new(0.1).momentum(0.5)), 1.0 - 0.1 - 0.25);
        // steps: 1 + 0.5·1, then 2 + 0.5·2.5
        near(two_steps(Sgd::new(0.1).momentum(0.5).nesterov()), 1.0 - 0.15 - 0.325);
    }

    /// A step without momentum saves its gradient for the next step, which has momentum again.
    #[test]
    fn a_momentum_of_0_for_a_while_remembers() {
        let sgd = Sgd::new(0.1).momentum(0.5);
        let (mut p, mut v) = ([1.0_f64], [7.0]);
        let still = Optimizer::<f64>::scale_momentum(&sgd, 0.0).unwrap();
        still.update(Step::new(2), Stretch::new(&mut p, &[1.0], [&mut v]));
        sgd.update(Step::new(3), Stretch::new(&mut p, &[2.0], [&mut v]));
        assert!((p[0] - (1.0 - 0.1 - 0.1 * (2.0 + 0.5))).abs() < 1e-15, "{}", p[0]);
        assert!(Optimizer::<f64>::scale_momentum(&Sgd::new(0.1), 0.5).is_none());
    }
}
