//! Schedule-free AdamW: an average over all steps instead of a decaying learning rate.

use tensor::Float;
use tensor::math::reciprocal;

use super::decay::{Decay, rate_and_decay};
use super::pass::{Element, pass, running};
use super::{Optimizer, Step, Stretch, negligible, settings};
#[cfg(test)]
use super::{checks::Examples, onnx::Onnx, trajectories::Reference};
use crate::error::Result;

/// The schedule-free AdamW optimizer (Defazio et al. 2024).
///
/// It has three points: z takes the steps, x is their mean, and the gradient is computed at y
/// between them. The network's parameters are y.
///
/// v ← β₂v + (1 − β₂)g²,  d = g / (√(v/(1 − β₂ᵗ)) + ε) + weight_decay · y,  z ← z − γd,
/// x ← (1 − c)x + cz,  y = (1 − β₁)z + β₁x at step t, where γ = learning_rate · w,
/// w = min(1, t/warm_up), and c is w² divided by the sum of all w² so far. All three begin at the
/// same point.
///
/// **Evaluate x, not y**: [`average`](ScheduleFree::average) computes x from y and z, which the
/// state stores as `fast`:
///
/// ```
/// use nn::{Model, Network, ScheduleFree, Trainer, network};
///
/// network! { pub struct Line(dense(1 -> 1)); }
///
/// let mut line = Line::init(3);
/// let rule = ScheduleFree::new(0.1);
/// let mut trainer = Trainer::new(rule);
/// for _ in 0..5000 {
///     trainer.step(&mut line, &[[0.0], [1.0]], &[[1.0], [3.0]])?; // y = 2x + 1
/// }
///
/// let mut averaged = line.clone();
/// let tensors = averaged.tensors();
/// let trained = tensors.iter().filter(|tensor| tensor.trained);
/// for (tensor, fast) in trained.zip(&trainer.state().memory) {
///     assert_eq!(fast.name, format!("{}.fast", tensor.name));
///     rule.average(&mut averaged.flat_mut()[tensor.range()], &fast.values);
/// }
/// assert!((averaged.predict(&[2.0])[0] - 5.0).abs() < 0.1);
/// # Ok::<(), nn::Error>(())
/// ```
///
/// Continue training with the network itself. A schedule of the trainer scales γ, but not c. None
/// is needed: [`warm_up`](ScheduleFree::warm_up) is part of the optimizer, because it affects the
/// mean. Biases and scales do not decay, as in [`AdamW`](super::AdamW). State: z and v.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScheduleFree {
    /// Learning rate, usually 2.5e-3, and up to ten times that of AdamW with a schedule.
    pub learning_rate: f64,
    /// Weight of the mean in y, usually 0.9.
    pub beta1: f64,
    /// Decay rate of the mean square, usually 0.999.
    pub beta2: f64,
    /// Added to the square root, usually 1e-8.
    pub epsilon: f64,
    /// Number of steps over which the learning rate rises to its full value; 0 by default.
    pub warm_up: u64,
    /// Weight decay; none by default. Coupled decay is part of g.
    pub decay: Decay,
}

impl ScheduleFree {
    /// Creates the optimizer with β₁ = 0.9, β₂ = 0.999, ε = 1e-8, without warm-up and decay.
    pub const fn new(learning_rate: f64) -> Self {
        let (beta1, beta2, epsilon) = (0.9, 0.999, 1e-8);
        ScheduleFree { learning_rate, beta1, beta2, epsilon, warm_up: 0, decay: Decay::NONE }
    }

    /// Sets β₁ and β₂.
    #[must_use]
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        ScheduleFree { beta1, beta2, ..self }
    }

    /// Sets ε.
    #[must_use]
    pub const fn epsilon(self, epsilon: f64) -> Self {
        ScheduleFree { epsilon, ..self }
    }

    /// Sets the number of steps over which the learning rate rises.
    #[must_use]
    pub const fn warm_up(self, warm_up: u64) -> Self {
        ScheduleFree { warm_up, ..self }
    }

    /// Converts y, in `parameters`, to x, with z in `fast`: x = y + (1/β₁ − 1)(y − z).
    ///
    /// # Panics
    ///
    /// If `parameters` and `fast` differ in length.
    #[track_caller]
    pub fn average<T: Float>(&self, parameters: &mut [T], fast: &[T]) {
        let (found, expected) = (fast.len(), parameters.len());
        assert!(
            found == expected,
            "average: {found} fast numbers, as many as the {expected} parameters are needed"
        );
        let beyond = T::of(1.0 / self.beta1 - 1.0);
        for (y, &z) in parameters.iter_mut().zip(fast) {
            *y = (*y - z).mul_add(beyond, *y);
        }
    }

    /// w of step t and c.
    fn weights(&self, t: f64) -> (f64, f64) {
        let warm_up = self.warm_up as f64;
        // 1² + 2² + … + n² is n(n + 1)(2n + 1)/6
        let risen = |n: f64| n * (n + 1.0) * (2.0 * n + 1.0) / 6.0 / (warm_up * warm_up);
        if t < warm_up {
            let weight = t / warm_up;
            return (weight, weight * weight / risen(t));
        }
        let before = if warm_up > 0.0 { risen(warm_up) } else { 0.0 };
        (1.0, 1.0 / (before + (t - warm_up)))
    }
}

rate_and_decay!(ScheduleFree);

impl<T: Float> Optimizer<T> for ScheduleFree {
    const NAME: &'static str = "schedule_free";
    const MEMORY: &'static [&'static str] = &["fast", "square"];
    const DECAYS: bool = true;
    const BY_TENSOR: bool = true;

    fn check(&self) -> Result<()> {
        settings::learning_rate::<T>("schedule_free", self.learning_rate)?;
        settings::refuse_unless(
            self.beta1 > 0.0 && self.beta1 < 1.0,
            ("schedule_free", "beta1", self.beta1),
            "above 0 and below 1",
            "0.9 is usual; with 0 the mean could not be computed from the state",
        )?;
        settings::decay("schedule_free", "beta2", self.beta2)?;
        settings::epsilon::<T>("schedule_free", self.epsilon)?;
        self.decay.check("schedule_free")
    }

    fn update(&self, step: Step, stretch: Stretch<'_, T>) {
        self.checked_update(step, stretch);
    }

    fn checked_update(&self, step: Step, stretch: Stretch<'_, T>) -> bool {
        let Stretch { parameters, gradient, memory: [fast, square, ..], tensor } = stretch;
        let t = step.number as f64;
        let (weight, share) = self.weights(t);
        let rate = self.learning_rate * step.rate * weight;
        let amount = if self.decay.is_coupled { 0.0 } else { self.decay.amount_of(tensor) };
        let element = ScheduleFreeElement {
            beta2: (T::of(self.beta2), T::of(1.0 - self.beta2)),
            rate: T::of(rate),
            // The changes of x and z are combined into one formula for y.
            share: T::of(share),
            own: T::of(rate * (self.beta1 * (1.0 - share) - 1.0)),
            root_scale: T::of(1.0 / (1.0 - self.beta2.powf(t)).sqrt()),
            epsilon: T::of(self.epsilon),
            decay: T::of(amount),
            is_first: step.number == 1,
            negligible: negligible(),
        };
        // Decoupled decay is applied through z, so the pass has none to apply.
        let outside = if self.decay.is_coupled { self.decay } else { Decay::NONE };
        let shares = outside.shares(rate, tensor);
        pass(element, shares, parameters, gradient, [fast, square])
    }
}

#[derive(Clone, Copy)]
struct ScheduleFreeElement<T> {
    beta2: (T, T),
    rate: T,
    /// c.
    share: T,
    /// Step of y itself along d.
    own: T,
    root_scale: T,
    epsilon: T,
    decay: T,
    is_first: bool,
    negligible: T,
}

impl<T: Float> Element<T, 2> for ScheduleFreeElement<T> {
    #[inline(always)]
    fn step(self, y: T, g: T, [z, v]: [T; 2]) -> (T, [T; 2]) {
        let z = if self.is_first { y } else { z };
        let v = running(v, self.beta2.0, self.beta2.1 * g * g, self.negligible);
        let root = v.sqrt().mul_add(self.root_scale, self.epsilon);
        let d = g.mul_add(reciprocal(root), self.decay * y);
        let y = d.mul_add(self.own, (z - y).mul_add(self.share, y));
        (y, [running(d, -self.rate, z, self.negligible), v])
    }
}

#[cfg(test)]
pub(super) fn examples() -> Examples<ScheduleFree> {
    Examples {
        instances: vec![
            ScheduleFree::new(0.01).decay(Decay::decoupled(0.3)),
            ScheduleFree::new(0.05).betas(0.5, 0.75).epsilon(0.01).warm_up(7),
            ScheduleFree::new(0.01).decay(Decay::coupled(0.3)),
        ],
        // Algorithm 1 of the paper, which averages by the square of the learning rate
        formula: |rule, start, steps| {
            let (mut x, mut y, mut z, mut v, mut sum) = (start, start, start, 0.0_f64, 0.0);
            for (t, step) in (1..).zip(steps) {
                let weight = (f64::from(t) / (rule.warm_up as f64).max(1.0)).min(1.0);
                let rate = rule.learning_rate * step.factor * weight;
                let (g, amount) = match rule.decay.is_coupled {
                    true => (step.gradient + rule.decay.amount * y, 0.0),
                    false => (step.gradient, rule.decay.amount),
                };
                v = rule.beta2 * v + (1.0 - rule.beta2) * g * g;
                let root = (v / (1.0 - rule.beta2.powi(t))).sqrt() + rule.epsilon;
                z -= rate * (g / root + amount * y);
                sum += weight * weight;
                let c = weight * weight / sum;
                x = (1.0 - c) * x + c * z;
                y = (1.0 - rule.beta1) * z + rule.beta1 * x;
            }
            y
        },
        moves_without_gradient: true,
        refused: vec![
            (ScheduleFree::new(0.0), "learning rate of schedule_free"),
            (ScheduleFree::new(0.1).betas(0.0, 0.9), "beta1 of schedule_free"),
            (ScheduleFree::new(0.1).betas(0.9, 1.0), "beta2 of schedule_free"),
            (ScheduleFree::new(0.1).epsilon(0.0), "epsilon of schedule_free"),
            (ScheduleFree::new(0.1).decay(Decay::decoupled(-1.0)), "weight decay of schedule_free"),
        ],
        onnx: Onnx::None("ONNX has no operator for it"),
        reference: Reference::Decaying(|case, decay| {
            ScheduleFree::new(case.number("learning_rate", 0.0))
                .warm_up(case.integer("warm_up", 0).unsigned_abs())
                .decay(decay)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With gradients whose root is 1 from the start, z decreases by 0.1 in each step, and x is the
    /// mean of its positions.
    #[test]
    fn the_average_is_the_mean_of_the_fast_points() {
        let rule = ScheduleFree::new(0.1).epsilon(1e-12);
        let (mut p, mut z, mut v) = ([1.0_f64], [0.0], [0.0]);
        for number in 1..=3 {
            rule.update(Step::new(number), Stretch::new(&mut p, &[1.0], [&mut z, &mut v]));
        }
        assert!((z[0] - 0.7).abs() < 1e-10, "{z:?}");
        rule.average(&mut p, &z);
        assert!((p[0] - (0.9 + 0.8 + 0.7) / 3.0).abs() < 1e-10, "{p:?}");
    }

    #[test]
    #[should_panic(expected = "average: 1 fast numbers, as many as the 2 parameters are needed")]
    fn an_average_of_something_else_is_refused() {
        ScheduleFree::new(0.1).average(&mut [1.0, 2.0], &[1.0]);
    }
}
