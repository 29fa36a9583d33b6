//! One training step: forward, backward, gradient, update.
//!
//! The rows of a batch go through the whole forward and backward pass in parallel, each independent of
//! the others; where it pays, through the first layer's product as on a production line instead, so that each
//! thread has its own rows of that weight. Then the flat gradient is computed in stretches, each with its full sum
//! over the batch inside, and a stretch of parameters is updated as soon as its gradient is there, while both are
//! in the cache. So a step has two or three parallel sections, and its bits do not depend on the number of threads.

use std::ops::Range;

use num_traits::Float as _;
use tensor::Buffer;
use tensor::threads::Threads;

use super::division::{Division, Parts};
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::layer::{Inference, Layer, Pass};
use crate::loss::{DynLoss, LossRows, TrainedWith, boxed, mean, mean_scale};
use crate::metric::Metrics;
use crate::network::{DefaultLossOf, Network};
use crate::optim::{MOST_MEMORY, Optimizer, Step};
use crate::row::Row;

/// What is needed to train a network step by step: memory for a batch, the gradient, and what the
/// optimizer remembers. [`fit`](crate::fit) uses it; so can a training loop of your own.
///
/// ```
/// use nn::{Network, Sgd, Trainer, network};
///
/// network! { pub struct Line(dense(1 -> 1)); }
///
/// let mut line = Line::init(3);
/// let mut trainer = Trainer::new(Sgd::new(0.1));
/// for _ in 0..200 {
///     trainer.step(&mut line, &[[0.0], [1.0]], &[[1.0], [3.0]])?; // y = 2x + 1
/// }
/// assert!((line.predict(&[2.0])[0] - 5.0).abs() < 1e-2);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer<N: Network, O> {
    optimizer: O,
    loss: Box<dyn DynLoss<N::Float, N::Head>>,
    threads: Threads,
    /// What the layers keep of a batch.
    kept: Buffer<N::Float>,
    /// The loss of every row.
    losses: Buffer<N::Float>,
    gradient: Buffer<N::Float>,
    memory: [Buffer<N::Float>; MOST_MEMORY],
    seed: u64,
    steps: u64,
    rate: f64,
}

impl<N: Network, O: Optimizer<N::Float>> Trainer<N, O> {
    /// A trainer that has taken no step yet and computes with all threads of the process.
    pub fn new(optimizer: O) -> Self {
        Self::with_loss(optimizer, boxed(DefaultLossOf::<N>::default()))
    }

    /// [`Trainer::new`] with a loss that has been chosen.
    pub(super) fn with_loss(optimizer: O, loss: Box<dyn DynLoss<N::Float, N::Head>>) -> Self {
        const { assert!(O::MEMORY <= MOST_MEMORY, "an optimizer remembers at most MOST_MEMORY numbers") };
        Trainer {
            optimizer,
            loss,
            threads: Threads::all(),
            kept: Buffer::zeroed(0),
            losses: Buffer::zeroed(0),
            gradient: Buffer::zeroed(N::Layers::LEN),
            memory: std::array::from_fn(|slot| {
                Buffer::zeroed(if slot < O::MEMORY { N::Layers::LEN } else { 0 })
            }),
            seed: 0,
            steps: 0,
            rate: 1.0,
        }
    }

    /// The same with another [`loss`](crate::loss), one that fits the network's head.
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = boxed(N::Head::into_loss(loss));
        self
    }

    /// The same, computing with these threads.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = threads.clone();
        self
    }

    /// The same, making its random choices (what dropout drops) from `seed`, 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Loss and accuracy of `network` on `data`, by this trainer's loss and threads.
    pub fn evaluate(&mut self, network: &N, data: &Dataset<N::Input, N::Target>) -> Metrics {
        Metrics::of(network, &mut *self.loss, data, &self.threads)
    }

    /// How many steps have been taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Scales the learning rate of the steps to come, as a [`schedule`](crate::schedule) asks for.
    pub fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }

    /// What the last [`Trainer::differentiate`] found: flat, in the order of [`Network::parameters`].
    pub fn gradient(&self) -> &[N::Float] {
        &self.gradient
    }

    /// One step on a batch: the mean loss before the step, and the parameters changed.
    ///
    /// Allocates only when a batch is larger than every one before it.
    ///
    /// # Errors
    ///
    /// If there are not as many targets as inputs, or too few for the network's layers, or the loss is not a
    /// finite number; the parameters are then as they were.
    pub fn step(
        &mut self,
        network: &mut N,
        inputs: &[N::Input],
        targets: &[N::Target],
    ) -> Result<N::Float> {
        let loss = self.rows(network, inputs, targets)?;
        self.steps += 1;
        self.update(network, inputs);
        if const { N::INFO.has_state() } {
            let rows = N::Layers::carve(&mut &mut self.kept[..], inputs.len());
            N::Layers::update_state(network.parameters_mut().as_mut_slice(), &rows);
        }
        Ok(loss)
    }

    /// The mean loss on a batch, as the next step would find it; its gradient is then in
    /// [`Trainer::gradient`]. Changes no parameter.
    ///
    /// # Errors
    ///
    /// As [`Trainer::step`].
    pub fn differentiate(
        &mut self,
        network: &N,
        inputs: &[N::Input],
        targets: &[N::Target],
    ) -> Result<N::Float> {
        let loss = self.rows(network, inputs, targets)?;
        self.keep_gradient(network, inputs);
        Ok(loss)
    }

    /// Forward, loss and backward of all rows; the mean loss.
    fn rows(
        &mut self,
        network: &N,
        inputs: &[N::Input],
        targets: &[N::Target],
    ) -> Result<N::Float> {
        let batch = inputs.len();
        if batch == 0 || targets.len() != batch {
            return Err(Error::value(
                "batch",
                format!("{batch} inputs and {} targets", targets.len()),
                "as many targets as inputs, and at least one",
                "pass rows and targets of the same samples",
            ));
        }
        if N::Layers::COUPLED && batch == 1 {
            return Err(Error::value(
                "batch",
                "1 row",
                "at least 2",
                "batch_norm trains by the mean and the variance of a batch, and one row has no variance: \
                 make the batch larger or leave this row out",
            ));
        }
        if self.losses.len() < batch {
            self.losses = Buffer::stale(batch);
            self.kept = Buffer::stale(batch * N::Layers::KEPT + N::Layers::KEPT_ONCE);
        }
        let parameters = network.parameters().as_slice();
        let scale = mean_scale(batch);
        self.loss.begin_batch(targets);
        let loss = &*self.loss;
        let division = Division::of::<N>(batch, &self.threads);
        let (seed, step) = (self.seed, self.steps);

        let mut kept = N::Layers::carve(&mut &mut self.kept[..], batch);
        if division.depth > 0 {
            let (x, threads) = (Row::flatten(inputs), &division.threads);
            N::Layers::forward_first(parameters, x, &mut kept, threads, division.depth);
        }

        let mut left = Some(kept);
        let mut losses = &mut self.losses[..batch];
        let mut inputs = inputs;
        let mut targets = targets;
        let mut first_row = 0;
        let parts = std::iter::from_fn(|| {
            let count = division.rows.min(inputs.len());
            let rows = left.take().filter(|_| count > 0)?;
            let (rows, rest) = N::Layers::split(rows, count);
            left = Some(rest);
            let (these_losses, rest) = std::mem::take(&mut losses).split_at_mut(count);
            losses = rest;
            let (x, t);
            (x, inputs) = inputs.split_at(count);
            (t, targets) = targets.split_at(count);
            let pass = Pass::Training { seed, step, first_row, layer: 0 };
            first_row += count as u64;
            Some((rows, x, t, these_losses, pass))
        });
        division.threads.for_each(parts, |(mut rows, x, targets, losses, pass)| {
            if division.depth > 0 {
                N::Layers::forward_others(parameters, &mut rows, pass);
            } else {
                N::Layers::forward(parameters, Row::flatten(x), &mut rows, pass);
            }
            let end = N::Layers::end(&mut rows);
            loss.evaluate(LossRows {
                logits: end.y,
                targets,
                scale,
                losses,
                gradient: end.gradient,
            });
            end.close();
            N::Layers::backward(parameters, &mut rows, None);
        });

        let mut loss = mean(&self.losses[..batch]);
        if N::Layers::PENALIZED {
            loss = loss + N::Layers::penalty(parameters);
        }
        if !loss.is_finite() {
            return Err(Error::value(
                "loss",
                format!("{loss} at step {}", self.steps + 1),
                "a finite number",
                "the parameters are as they were before this step: check that all inputs and targets are \
                 finite and scaled to about 1, and try a smaller learning rate",
            ));
        }
        Ok(loss)
    }

    /// The gradient of the batch that [`Trainer::rows`] has seen, into [`Trainer::gradient`].
    fn keep_gradient(&mut self, network: &N, inputs: &[N::Input]) {
        let x = Row::flatten(inputs);
        let parameters = network.parameters().as_slice();
        let rows = &N::Layers::carve(&mut &mut self.kept[..], inputs.len());
        let division = Division::of::<N>(inputs.len(), &self.threads);
        let mut gradient = Parts::of::<N>(&division, &mut self.gradient);
        let parts =
            division.stretches::<N>().map(|stretch| (stretch.start, gradient.take(&stretch)));
        division.threads.for_each(parts, |(from, gradient)| {
            let parameters = &parameters[from..][..gradient.len()];
            N::Layers::gradient(parameters, x, rows, from, gradient);
        });
    }

    /// The same gradient, stretch by stretch, each followed by the update of the same stretch of the
    /// parameters. It goes to memory that is used again for the next stretch, and so stays in the cache.
    fn update(&mut self, network: &mut N, inputs: &[N::Input]) {
        let x = Row::flatten(inputs);
        let rows = &N::Layers::carve(&mut &mut self.kept[..], inputs.len());
        // A gradient has room for every stretch, so that it does not matter which ones a thread has had before.
        let division = Division::of::<N>(inputs.len(), &self.threads);
        let longest = division.stretches::<N>().map(|stretch| stretch.len()).max();
        let mut parameters = Parts::of::<N>(&division, network.parameters_mut().as_mut_slice());
        let mut memory = self.memory.each_mut().map(|slot| Parts::of::<N>(&division, slot));
        let parts = division.stretches::<N>().map(|stretch| {
            let memory = memory.each_mut().map(|slot| slot.take(&stretch));
            (stretch.start, parameters.take(&stretch), memory)
        });
        let optimizer = &self.optimizer;
        let step = Step { number: self.steps, rate: self.rate };
        let descent = optimizer.descent(step);
        division.threads.for_each(parts, |(from, parameters, mut memory)| {
            if let Some(rate) = descent {
                return N::Layers::descend(parameters, x, rows, from, rate);
            }
            let mut gradient = Buffer::stale(longest.unwrap_or(0));
            let gradient = &mut gradient[..parameters.len()];
            N::Layers::gradient(parameters, x, rows, from, gradient);
            for part in trained::<N>(from, parameters.len()) {
                let mut memory =
                    memory.each_mut().map(|slot| slot.get_mut(part.clone()).unwrap_or_default());
                let parameters = &mut parameters[part.clone()];
                let gradient = &gradient[part];
                optimizer.update(step, parameters, gradient, &mut memory[..O::MEMORY]);
            }
        });
    }
}

/// The trained parts of the `len` parameters from `from` on, counted from there.
fn trained<N: Network>(from: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
    let mut at = from;
    std::iter::from_fn(move || {
        if const { !N::INFO.has_state() } {
            let part = at - from..len;
            at = from + len;
            return (!part.is_empty()).then_some(part);
        }
        let start = N::INFO.trained_from(at);
        at = N::INFO.state_from(start).min(from + len);
        (start < at).then(|| start - from..at - from)
    })
}
