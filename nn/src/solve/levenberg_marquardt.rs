//! Levenberg–Marquardt: each step solves the linearized least-squares problem.

use std::fmt;
use std::ops::ControlFlow;

use num_traits::{Float as _, Zero as _};
use tensor::Float as _;
use tensor::threads::Threads;

use super::normal::{Normal, check_size};
use super::objective::{Objective, Rows};
use super::residuals::{LeastSquares, RowWidths};
use super::solution::{Iteration, Limits, Solution, Stopped, Watch, dot, largest, limits};
use crate::data::Source;
use crate::error::{Error, Result};

/// Minimizes the mean squared error of `model` on all of `data` by Levenberg–Marquardt. The default
/// is at most 1000 iterations.
///
/// x ← x + h with (JᵀJ + μ)·h = −Jᵀr, for the residuals r and their Jacobian J. A step is accepted
/// if it reduces Σr²; then μ ← μ·max(1/3, 1 − (2ϱ − 1)³), where ϱ is the actual over the predicted
/// reduction. Otherwise μ is multiplied by 2, 4, 8, … (Nielsen 1999; Madsen, Nielsen and Tingleff
/// 2004, algorithm 3.16). μ starts at [`damping`](LevenbergMarquardt::damping) times the largest
/// number on the diagonal of JᵀJ.
///
/// Each step costs p²·m + p³/3 multiplications for p parameters and m residuals, or with p and m
/// exchanged if m is the smaller one. The smaller of the two is at most 10,000. Systems are solved
/// in `f64`; residuals and derivatives are computed in the model's float type.
///
/// ```
/// use nn::data::Dataset;
/// use nn::prelude::*;
/// use nn::solve;
///
/// network! { struct Curve(dense(1 -> 8, tanh), dense(1)); }
///
/// let data: Dataset<_, _> =
///     (0..40).map(|i| f64::from(i) / 10.0).map(|x| ([x], [x.sin()])).collect();
/// let mut curve = Curve::<f64>::init(1);
/// let solution = solve::levenberg_marquardt(&mut curve, &data).goal(1e-8).run()?;
/// println!("{solution}");
/// assert!(solution.loss <= 1e-8);
/// # Ok::<(), nn::Error>(())
/// ```
///
/// A network that is not trained with the squared error does not compile:
///
/// ```compile_fail,E0277
/// use nn::data::{Class, Dataset};
/// use nn::prelude::*;
///
/// network! { struct Sign(dense(1 -> 2, softmax)); }
///
/// let data = Dataset::new(vec![[0.0]], Class::<2>::from_labels(&[0]).unwrap()).unwrap();
/// nn::solve::levenberg_marquardt(&mut Sign::<f32>::init(1), &data);
/// ```
pub fn levenberg_marquardt<'a, M: LeastSquares>(
    model: &'a mut M,
    data: &'a dyn Source<M::Input, M::Target>,
) -> LevenbergMarquardt<'a, M> {
    let (limits, damping) = (Limits::DEFAULT, 1e-3);
    LevenbergMarquardt { model, data, limits, damping, threads: None, watch: None }
}

/// The configuration of a Levenberg–Marquardt run, not started yet; see [`levenberg_marquardt`].
#[must_use = "nothing is solved before `run` is called"]
pub struct LevenbergMarquardt<'a, M: LeastSquares> {
    model: &'a mut M,
    data: &'a dyn Source<M::Input, M::Target>,
    limits: Limits,
    damping: f64,
    threads: Option<Threads>,
    watch: Option<Watch<'a, M>>,
}

/// Shows the model's name and the settings, not the data.
impl<M: LeastSquares> fmt::Debug for LevenbergMarquardt<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LevenbergMarquardt")
            .field("model", &self.model.name())
            .field("rows", &self.data.len())
            .field("limits", &self.limits)
            .field("damping", &self.damping)
            .finish_non_exhaustive()
    }
}

impl<'a, M: LeastSquares> LevenbergMarquardt<'a, M> {
    limits!(M, 'a);

    /// The initial μ, relative to the largest number on the diagonal of JᵀJ; 1e-3 by default. Use
    /// 1e-6 if the initial weights are near the solution, 1 if they are far from it.
    pub fn damping(mut self, share: f64) -> Self {
        self.damping = share;
        self
    }

    /// Runs the solver.
    ///
    /// # Errors
    ///
    /// If a setting is out of its range, the model does not allow a row, its loss has more terms
    /// than the squares of the residuals (`l2`) or depends on anything but its parameters (dropout,
    /// running statistics), there are too many parameters, or the initial loss is not finite: the
    /// model is then unchanged.
    ///
    /// If derivatives are not finite, or the equations have no solution for any damping: the model
    /// then has the parameters of the last step.
    pub fn run(self) -> Result<Solution> {
        const NAME: &str = "levenberg_marquardt";
        self.limits.check(NAME)?;
        if !(self.damping > 0.0 && self.damping.is_finite()) {
            return Err(Error::value(
                format!("damping of {NAME}"),
                self.damping.to_string(),
                "a finite number above 0",
                "1e-3 is the default",
            ));
        }
        let LevenbergMarquardt { model, data, limits, damping, threads, mut watch } = self;
        let threads = threads.unwrap_or_default();
        if model.encodes() {
            return Err(Error::value(
                format!("model for {NAME}"),
                format!("{}, which begins with an encoder", model.name()),
                "one that takes rows as they are",
                "prepare the rows yourself and leave the encoder out, or use `lbfgs`",
            ));
        }
        let rows = Rows::of(model, data, &threads)?;
        if !rows.weights.is_empty() {
            let advice = "leave the weights out, or use `lbfgs`";
            let what = "weights of rows for levenberg_marquardt";
            return Err(Error::value(what, "some", "none", advice));
        }
        let widths = model.widths()?;
        let loss = M::Loss::default();
        let mut objective = Objective::new(NAME, model, rows, loss, threads)?;
        let mut place = objective.parameters();
        let count = objective.rows.inputs.len() / widths.inputs * widths.outputs;
        check_size(count, place.len())?;
        let mut solver = Solver { objective: &mut objective, widths, count, limits, damping };
        let solved = solver.minimize(&mut place, &mut watch);
        objective.set(&place);
        solved
    }
}

struct Solver<'s, 'a, M: LeastSquares> {
    objective: &'s mut Objective<'a, M>,
    widths: RowWidths,
    /// The number of residuals.
    count: usize,
    limits: Limits,
    damping: f64,
}

impl<M: LeastSquares> Solver<'_, '_, M> {
    /// The residuals at these parameters.
    fn residuals(&mut self, place: &[f64]) -> Vec<f64> {
        self.objective.set(place);
        let mut residuals = vec![M::Float::zero(); self.count];
        let Rows { inputs, targets, .. } = &self.objective.rows;
        let threads = &self.objective.threads;
        self.objective.model.residuals(inputs, targets, &mut residuals, threads);
        residuals.iter().map(|r| r.as_f64()).collect()
    }

    /// Minimizes from `place`, which then holds the best parameters.
    fn minimize(
        &mut self,
        place: &mut [f64],
        watch: &mut Option<Watch<'_, M>>,
    ) -> Result<Solution> {
        let count = self.count as f64;
        let residuals = self.residuals(place);
        let mut squares = dot(&residuals, &residuals);
        let first_loss = squares / count;
        if !first_loss.is_finite() {
            let advice = "the parameters are unchanged; scale inputs and targets to about 1";
            let found = first_loss.to_string();
            return Err(Error::diverged("loss before the first iteration", found, advice));
        }
        let mut normal = Normal::of(self.objective, self.widths, residuals)?;
        let gradient = |normal: &Normal| largest(&normal.gradient) * 2.0 / count;
        let mut state =
            Iteration { number: 0, evaluations: 1, loss: first_loss, gradient: gradient(&normal) };
        let end = |state: Iteration, stopped| {
            let Iteration { number: iterations, evaluations, loss, gradient } = state;
            Ok(Solution { iterations, evaluations, first_loss, loss, gradient, stopped })
        };
        if let Some(stopped) = self.limits.reached(state.loss, state.gradient) {
            return end(state, stopped);
        }
        let (mut damping, mut growth) = (self.damping * normal.largest, 2.0);
        loop {
            let step = normal.step(damping);
            let mut is_better = false;
            if let Some(step) = &step {
                let trial: Vec<f64> = place.iter().zip(step).map(|(x, h)| x + h).collect();
                let residuals = self.residuals(&trial);
                let found = dot(&residuals, &residuals);
                state.evaluations += 1;
                // Not `!(found >= squares)`: NaN is no progress.
                is_better = found < squares;
                if is_better {
                    place.copy_from_slice(&trial);
                    let gained = 0.5 * (squares - found) / normal.promised(step, damping);
                    damping *= (1.0 - (2.0 * gained - 1.0).powi(3)).max(1.0 / 3.0);
                    growth = 2.0;
                    normal = Normal::of(self.objective, self.widths, residuals)?;
                    squares = found;
                }
            }
            if is_better {
                state.number += 1;
                let before = std::mem::replace(&mut state.loss, squares / count);
                state.gradient = gradient(&normal);
                let flow = match watch {
                    Some(watch) => watch(self.objective.model, &state),
                    None => ControlFlow::Continue(()),
                };
                if let Some(stopped) = self.limits.over(before, &state, flow) {
                    return end(state, stopped);
                }
                continue;
            }
            // A step this small vanishes in the rounding of the parameters, and so would a shorter
            // one.
            let shortest = M::Float::epsilon().as_f64() * largest(place);
            if step.as_ref().is_some_and(|step| largest(step) <= shortest) {
                return end(state, Stopped::NoProgress);
            }
            damping *= growth;
            growth *= 2.0;
            if !damping.is_finite() {
                return match step {
                    Some(_) => end(state, Stopped::NoProgress),
                    None => Err(Error::diverged(
                        "damping of levenberg_marquardt",
                        "infinity: the equations have no solution however large it is",
                        "the parameters are those of the last step; scale inputs and targets to \
                         about 1",
                    )),
                };
            }
        }
    }
}
