//! L-BFGS: steps by a curvature estimate from the last few gradients.

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;

use tensor::threads::Threads;

use super::line_search::Search;
use super::objective::{Objective, Rows};
use super::solution::{
    Iteration, Limits, Solution, Stopped, Watch, add_scaled, dot, largest, limits,
};
use crate::data::Source;
use crate::error::{Error, Result};
use crate::loss::TrainedWith;
use crate::model::{LossOf, Model};
use crate::network::Network;

/// Minimizes the loss of `model` on all of `data` by L-BFGS with a strong Wolfe line search (Liu
/// and Nocedal 1989). The defaults are at most 1000 iterations and a history of 100 steps.
///
/// d = −H·g, x ← x + t·d. H approximates the inverse Hessian from the last steps s and the changes
/// y of the gradient: sᵀy/yᵀy times the identity, corrected by each pair, the oldest first. t
/// satisfies the strong Wolfe conditions with 1e-4 and 0.9; the first trial is 1, and in the first
/// iteration min(1, 1/Σ|g|). As `torch.optim.LBFGS` with `line_search_fn="strong_wolfe"`.
/// Directions are computed in `f64`, loss and gradient in the model's float type.
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
/// let solution = solve::lbfgs(&mut curve, &data).goal(1e-6).run()?;
/// println!("{solution}");
/// assert!(solution.loss <= 1e-6);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn lbfgs<'a, M: Model>(
    model: &'a mut M,
    data: &'a dyn Source<M::Input, M::Target>,
) -> Lbfgs<'a, M> {
    Lbfgs {
        model,
        data,
        loss: M::Loss::default(),
        limits: Limits::DEFAULT,
        memory: 100,
        threads: None,
        watch: None,
    }
}

/// The configuration of an L-BFGS run, not started yet; see [`lbfgs`].
#[must_use = "nothing is solved before `run` is called"]
pub struct Lbfgs<'a, M: Model> {
    model: &'a mut M,
    data: &'a dyn Source<M::Input, M::Target>,
    loss: M::Loss,
    limits: Limits,
    memory: usize,
    threads: Option<Threads>,
    watch: Option<Watch<'a, M>>,
}

/// Shows the model's name and the settings, not the data.
impl<M: Model> fmt::Debug for Lbfgs<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lbfgs")
            .field("model", &self.model.name())
            .field("rows", &self.data.len())
            .field("loss", &self.loss)
            .field("limits", &self.limits)
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

impl<N: Network> Lbfgs<'_, N> {
    /// Another [`loss`](crate::loss) that fits the network's head.
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = LossOf::new(loss);
        self
    }
}

impl<'a, M: Model> Lbfgs<'a, M> {
    limits!(M, 'a);

    /// The number of steps in the history, 100 by default. Each costs two numbers for every
    /// parameter.
    pub fn memory(mut self, steps: usize) -> Self {
        self.memory = steps;
        self
    }

    /// Runs the solver.
    ///
    /// # Errors
    ///
    /// If a setting is out of its range, the model does not allow a row, its loss depends on
    /// anything but its parameters (dropout, running statistics), or the initial loss or gradient
    /// is not finite: the model is then unchanged. (A later point without a finite loss counts as
    /// too far away, and is no error.)
    pub fn run(self) -> Result<Solution> {
        const NAME: &str = "lbfgs";
        self.limits.check(NAME)?;
        if self.memory == 0 {
            let advice =
                "without a history it would be gradient descent; 10 is usual, 100 the default";
            return Err(Error::value("memory of lbfgs", "0", "at least 1", advice));
        }
        let Lbfgs { model, data, loss, limits, memory, threads, mut watch } = self;
        let threads = threads.unwrap_or_default();
        let rows = Rows::adapted(model, data, &threads)?;
        let mut objective = Objective::new(NAME, model, rows, loss, threads)?;
        let mut place = objective.parameters();
        let solved = minimize(&mut objective, &mut place, limits, memory, &mut watch);
        objective.set(&place);
        solved
    }
}

/// A step s and the change y of the gradient.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// One over their product.
    scale: f64,
}

/// The two-loop recursion of Nocedal (1980): minus the inverse Hessian times the gradient.
fn direction(pairs: &VecDeque<Pair>, gradient: &[f64]) -> Vec<f64> {
    let mut d: Vec<f64> = gradient.iter().map(|g| -g).collect();
    let mut shares = vec![0.0; pairs.len()];
    for (share, pair) in shares.iter_mut().zip(pairs).rev() {
        *share = dot(&pair.step, &d) * pair.scale;
        add_scaled(&mut d, -*share, &pair.change);
    }
    if let Some(last) = pairs.back() {
        let size = 1.0 / (last.scale * dot(&last.change, &last.change));
        d.iter_mut().for_each(|d| *d *= size);
    }
    for (share, pair) in shares.iter().zip(pairs) {
        let other = dot(&pair.change, &d) * pair.scale;
        add_scaled(&mut d, share - other, &pair.step);
    }
    d
}

/// Minimizes from `place`, which then holds the best parameters.
fn minimize<M: Model>(
    objective: &mut Objective<'_, M>,
    place: &mut [f64],
    limits: Limits,
    memory: usize,
    watch: &mut Option<Watch<'_, M>>,
) -> Result<Solution> {
    let mut gradient = vec![0.0; place.len()];
    let first_loss = objective.evaluate(place, &mut gradient)?;
    let mut state =
        Iteration { number: 0, evaluations: 1, loss: first_loss, gradient: largest(&gradient) };
    if !state.gradient.is_finite() {
        let advice =
            "the parameters are unchanged; check that inputs and targets are scaled to about 1";
        let found = state.gradient.to_string();
        return Err(Error::diverged("gradient before the first iteration", found, advice));
    }
    let end = |state: Iteration, stopped| {
        let Iteration { number: iterations, evaluations, loss, gradient } = state;
        Ok(Solution { iterations, evaluations, first_loss, loss, gradient, stopped })
    };
    if let Some(stopped) = limits.reached(state.loss, state.gradient) {
        return end(state, stopped);
    }
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    loop {
        let d = direction(&pairs, &gradient);
        let first = match pairs.is_empty() {
            true => (1.0 / gradient.iter().map(|g| g.abs()).sum::<f64>()).min(1.0),
            false => 1.0,
        };
        let evaluations = &mut state.evaluations;
        let search = Search::new(place, &d, (state.loss, &gradient), |place, gradient| {
            *evaluations += 1;
            objective.evaluate(place, gradient)
        });
        let found = if search.slope() < 0.0 { Some(search.strong_wolfe(first)?) } else { None };
        let Some(found) = found.filter(|found| found.loss < state.loss) else {
            if pairs.is_empty() {
                return end(state, Stopped::NoProgress);
            }
            // The history may belong to another region: restart along the gradient.
            pairs.clear();
            continue;
        };
        let step: Vec<f64> = d.iter().map(|d| d * found.at).collect();
        let change: Vec<f64> =
            found.gradient.iter().zip(&gradient).map(|(g, old)| g - old).collect();
        let product = dot(&change, &step);
        if product > f64::EPSILON * dot(&change, &change) {
            if pairs.len() == memory {
                pairs.pop_front();
            }
            pairs.push_back(Pair { step, change, scale: 1.0 / product });
        }
        add_scaled(place, found.at, &d);
        gradient = found.gradient;
        let before = std::mem::replace(&mut state.loss, found.loss);
        state.number += 1;
        state.gradient = largest(&gradient);
        let mut flow = ControlFlow::Continue(());
        if let Some(watch) = watch {
            objective.set(place);
            flow = watch(objective.model, &state);
        }
        if let Some(stopped) = limits.over(before, &state, flow) {
            return end(state, stopped);
        }
    }
}
