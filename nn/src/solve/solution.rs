//! What a solver tells: after each iteration, and in the end.

use std::fmt;
use std::ops::ControlFlow;

use tensor::simd::{Inline, vectorize_inline};

use crate::error::{Error, Result};
use crate::parameters::combine;

/// How far a solver has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Iteration {
    /// Counted from 1.
    pub number: usize,
    /// How often the loss of all rows has been computed.
    pub evaluations: usize,
    /// The loss that has been reached.
    pub loss: f64,
    /// The largest number of its gradient.
    pub gradient: f64,
}

/// What a solver has reached. The model has the parameters of this loss.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Solution {
    /// Steps that were taken.
    pub iterations: usize,
    /// How often the loss of all rows was computed.
    pub evaluations: usize,
    /// The loss before the first step.
    pub first_loss: f64,
    /// The loss in the end.
    pub loss: f64,
    /// The largest number of its gradient: near 0 at a minimum.
    pub gradient: f64,
    /// Why it went no further.
    pub stopped: Stopped,
}

/// Why a solver went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stopped {
    /// The loss is at most the goal.
    Goal,
    /// No number of the gradient is larger than the bound for it: a minimum, or a saddle.
    Gradient,
    /// The last step made the loss smaller by no more than the share of it that counts.
    Change,
    /// No step made the loss smaller: it is as small as rounding allows, or the loss has a kink here.
    NoProgress,
    /// All iterations that were allowed have been made.
    Iterations,
    /// The one who watches has stopped it.
    Watcher,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stopped::Goal => "the goal is reached",
            Stopped::Gradient => "the gradient is as good as zero",
            Stopped::Change => "the loss hardly changes any more",
            Stopped::NoProgress => "no step makes the loss smaller",
            Stopped::Iterations => "all iterations are made",
            Stopped::Watcher => "the watcher stopped it",
        })
    }
}

impl fmt::Display for Solution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Solution { iterations, evaluations, first_loss, loss, stopped, .. } = self;
        write!(
            f,
            "loss {first_loss:.3e} -> {loss:.3e} in {iterations} iterations, {evaluations} evaluations: {stopped}"
        )
    }
}

/// When a solver stops.
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

    /// Refuses what can be no limit of `solver`.
    pub(super) fn check(&self, solver: &str) -> Result<()> {
        let refused = |what: &str, found: String, expected: &str, advice: &str| {
            Err(Error::value(format!("{what} of {solver}"), found, expected, advice))
        };
        if self.iterations == 0 {
            let advice = "without an iteration the first weights would stay";
            return refused("iterations", "0".into(), "at least 1", advice);
        }
        let from_zero = "a finite number from 0";
        if let Some(goal) = self.goal.filter(|goal| !(goal.is_finite() && *goal >= 0.0)) {
            return refused(
                "goal",
                goal.to_string(),
                from_zero,
                "leave it out to go on to the end",
            );
        }
        for (what, bound) in [("gradient bound", self.gradient), ("change bound", self.change)] {
            if !(bound.is_finite() && bound >= 0.0) {
                return refused(what, bound.to_string(), from_zero, "0 switches it off");
            }
        }
        Ok(())
    }

    /// Whether there is nothing more to do at this loss and gradient, seen before a step.
    pub(super) fn reached(&self, loss: f64, gradient: f64) -> Option<Stopped> {
        if self.goal.is_some_and(|goal| loss <= goal) {
            return Some(Stopped::Goal);
        }
        (gradient <= self.gradient).then_some(Stopped::Gradient)
    }

    /// Whether this iteration, with what the loss was before it and what the watcher says, was the last one.
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

/// Someone who sees each iteration.
pub(super) type Watch<'a, M> = Box<dyn FnMut(&M, &Iteration) -> ControlFlow<()> + Send + 'a>;

/// The largest size of a number, NaN if there is one.
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
        /// Sums that run side by side, so that the bits do not depend on the width of a vector.
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

/// What each solver can be told of when to stop, on which threads to work, and who is to watch.
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

        /// Stops when no number of the gradient is larger than this, 1e-10 by default.
        pub fn gradient_below(mut self, bound: f64) -> Self {
            self.limits.gradient = bound;
            self
        }

        /// Stops when an iteration makes the loss smaller by no more than this share of it, 1e-12 by default.
        pub fn change_below(mut self, share: f64) -> Self {
            self.limits.change = share;
            self
        }

        /// The threads to compute with, all of the process's by default. They change the time, not the result.
        pub fn threads(mut self, threads: &tensor::threads::Threads) -> Self {
            self.threads = Some(threads.clone());
            self
        }

        /// Someone who sees the model after each iteration, and may stop.
        pub fn watch(
            mut self,
            watch: impl FnMut(&$M, &crate::solve::Iteration) -> std::ops::ControlFlow<()> + Send + $life,
        ) -> Self {
            self.watch = Some(Box::new(watch));
            self
        }
    };
}
pub(super) use limits;
