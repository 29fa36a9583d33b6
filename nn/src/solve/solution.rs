//! The results of a solver: after each iteration, and at the end.

use std::fmt;
use std::ops::ControlFlow;

use tensor::simd::{Inline, vectorize_inline};

use crate::error::{Error, Result};
use crate::parameters::combine;

/// The progress of a solver.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Iteration {
    /// Counted from 1.
    pub number: usize,
    /// The number of evaluations of the full loss so far.
    pub evaluations: usize,
    /// The current loss.
    pub loss: f64,
    /// The largest absolute value of its gradient.
    pub gradient: f64,
}

/// The result of a solver. The model has the parameters of this loss.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Solution {
    /// The number of steps taken.
    pub iterations: usize,
    /// The number of evaluations of the full loss.
    pub evaluations: usize,
    /// The loss before the first step.
    pub first_loss: f64,
    /// The final loss.
    pub loss: f64,
    /// The largest absolute value of its gradient: near 0 at a minimum.
    pub gradient: f64,
    /// Why the solver stopped.
    pub stopped: Stopped,
}

/// Why a solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stopped {
    /// The loss is at most the goal.
    Goal,
    /// Every number of the gradient is within its bound: a minimum, or a saddle point.
    Gradient,
    /// The last step reduced the loss by no more than the relative change bound.
    Change,
    /// No step reduces the loss: it is as small as rounding allows, or the loss has a kink here.
    NoProgress,
    /// The maximum number of iterations was reached.
    Iterations,
    /// The callback of `watch` stopped it.
    Watcher,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stopped::Goal => "the goal is reached",
            Stopped::Gradient => "the gradient is zero within its bound",
            Stopped::Change => "the loss has stopped changing",
            Stopped::NoProgress => "no step reduces the loss",
            Stopped::Iterations => "the maximum number of iterations is reached",
            Stopped::Watcher => "the callback stopped it",
        })
    }
}

impl fmt::Display for Solution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Solution { iterations, evaluations, first_loss, loss, stopped, .. } = self;
        write!(
            f,
            "loss {first_loss:.3e} -> {loss:.3e} in {iterations} iterations, {evaluations} \
             evaluations: {stopped}"
        )
    }
}

/// The stopping criteria of a solver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) iterations: usize,
    pub(super) goal: Option<f64>,
    pub(super) gradient: f64,
    pub(super) change: f64,
}

impl Limits {
    pub(super) const DEFAULT: Limits =
        Limits { iterations: 1000, goal: None, gradient: 1e-10, change: 1e-12 };

    /// Rejects invalid limits of `solver`.
    pub(super) fn check(&self, solver: &str) -> Result<()> {
        let refused = |what: &str, found: String, expected: &str, advice: &str| {
            Err(Error::value(format!("{what} of {solver}"), found, expected, advice))
        };
        if self.iterations == 0 {
            let advice = "without an iteration the weights would not change";
            return refused("iterations", "0".into(), "at least 1", advice);
        }
        let from_zero = "a finite number from 0";
        if let Some(goal) = self.goal.filter(|goal| !(goal.is_finite() && *goal >= 0.0)) {
            return refused("goal", goal.to_string(), from_zero, "leave it out to run to the end");
        }
        for (what, bound) in [("gradient bound", self.gradient), ("change bound", self.change)] {
            if !(bound.is_finite() && bound >= 0.0) {
                return refused(what, bound.to_string(), from_zero, "0 switches it off");
            }
        }
        Ok(())
    }

    /// Whether a stopping criterion is met at this loss and gradient, before a step.
    pub(super) fn reached(&self, loss: f64, gradient: f64) -> Option<Stopped> {
        if self.goal.is_some_and(|goal| loss <= goal) {
            return Some(Stopped::Goal);
        }
        (gradient <= self.gradient).then_some(Stopped::Gradient)
    }

    /// Whether this iteration was the last one, given the loss before it and the result of the
    /// callback.
    pub(super) fn over(
        &self,
        before: f64,
        iteration: &Iteration,
        watcher: ControlFlow<()>,
    ) -> Option<Stopped> {
        let Iteration { number, loss, gradient, .. } = *iteration;
        if let Some(reached) = self.reached(loss, gradient) {
            return Some(reached);
        }
        if before - loss <= self.change * before.abs() {
            return Some(Stopped::Change);
        }
        if watcher.is_break() {
            return Some(Stopped::Watcher);
        }
        (number >= self.iterations).then_some(Stopped::Iterations)
    }
}

/// A callback that receives each iteration.
pub(super) type Watch<'a, M> = Box<dyn FnMut(&M, &Iteration) -> ControlFlow<()> + Send + 'a>;

/// The largest absolute value, NaN if a number is NaN.
pub(super) fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest: f64, x| if x.abs() <= largest { largest } else { x.abs() })
}

/// Σ a·b.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    vectorize_inline(Dot(a, b))
}

struct Dot<'a>(&'a [f64], &'a [f64]);

impl Inline for Dot<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        /// Parallel sums, so that the bits do not depend on the width of a vector.
        const LANES: usize = 16;
        let ((a, rest_a), (b, rest_b)) = (self.0.as_chunks::<LANES>(), self.1.as_chunks::<LANES>());
        let mut sums = [0.0; LANES];
        for (a, b) in a.iter().zip(b) {
            for lane in 0..LANES {
                sums[lane] = f64::mul_add(a[lane], b[lane], sums[lane]);
            }
        }
        for ((sum, &a), &b) in sums.iter_mut().zip(rest_a).zip(rest_b) {
            *sum = f64::mul_add(a, b, *sum);
        }
        sums.iter().sum()
    }
}

/// y ← y + factor·x.
pub(super) fn add_scaled(y: &mut [f64], factor: f64, x: &[f64]) {
    combine(y, x, move |y, x| x.mul_add(factor, y));
}

/// The settings that all solvers share: stopping criteria, threads and a callback.
macro_rules! limits {
    ($M:ident, $life:lifetime) => {
        /// The most iterations, 1000 by default.
        pub fn iterations(mut self, iterations: usize) -> Self {
            self.limits.iterations = iterations;
            self
        }

        /// Stops as soon as the loss is at most this.
        pub fn goal(mut self, loss: f64) -> Self {
            self.limits.goal = Some(loss);
            self
        }

        /// Stops when no number of the gradient is larger than this in absolute value, 1e-10 by
        /// default.
        pub fn gradient_below(mut self, bound: f64) -> Self {
            self.limits.gradient = bound;
            self
        }

        /// Stops when an iteration reduces the loss by no more than this fraction of it, 1e-12 by
        /// default.
        pub fn change_below(mut self, share: f64) -> Self {
            self.limits.change = share;
            self
        }

        /// The threads to compute on; by default all of the process. They change the time, not the
        /// result.
        pub fn threads(mut self, threads: &tensor::threads::Threads) -> Self {
            self.threads = Some(threads.clone());
            self
        }

        /// A callback that sees the model after each iteration, and may stop the solver.
        pub fn watch(
            mut self,
            watch: impl FnMut(&$M, &crate::solve::Iteration) -> std::ops::ControlFlow<()>
            + Send
            + $life,
        ) -> Self {
            self.watch = Some(Box::new(watch));
            self
        }
    };
}
pub(super) use limits;
