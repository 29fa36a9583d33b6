//! One training step after another: loss, gradient, update.

use std::fmt;

use tensor::Buffer;
use tensor::threads::Threads;

use super::model::{Batch, Model, Run};
use super::network::LossOf;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::loss::TrainedWith;
use crate::metric::Metrics;
use crate::network::Network;
use crate::optim::{MOST_MEMORY, Optimizer, Step};

/// What is needed to train a [`Model`], such as a network, step by step: memory for a batch, the gradient, and what the
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
pub struct Trainer<M: Model, O> {
    optimizer: O,
    loss: M::Loss,
    threads: Threads,
    workspace: M::Workspace,
    gradient: Buffer<M::Float>,
    memory: [Buffer<M::Float>; MOST_MEMORY],
    seed: u64,
    steps: u64,
    rate: f64,
}

impl<M: Model, O: Optimizer<M::Float>> Trainer<M, O> {
    /// A trainer that has taken no step yet and computes with all threads of the process.
    pub fn new(optimizer: O) -> Self {
        Self::with_loss(optimizer, M::Loss::default())
    }

    /// [`Trainer::new`] with a loss that has been chosen.
    pub(super) fn with_loss(optimizer: O, loss: M::Loss) -> Self {
        const { assert!(O::MEMORY <= MOST_MEMORY, "an optimizer remembers at most MOST_MEMORY numbers") };
        Trainer {
            optimizer,
            loss,
            threads: Threads::all(),
            workspace: M::Workspace::default(),
            gradient: Buffer::zeroed(0),
            memory: std::array::from_fn(|_| Buffer::zeroed(0)),
            seed: 0,
            steps: 0,
            rate: 1.0,
        }
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

    /// How many steps have been taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Scales the learning rate of the steps to come, as a [`schedule`](crate::schedule) asks for.
    pub fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }

    /// What the last [`Trainer::differentiate`] found: flat, in the order of [`Model::flat`]. Empty before the first.
    pub fn gradient(&self) -> &[M::Float] {
        &self.gradient
    }

    /// One step on a batch: the mean loss before the step, and the parameters changed.
    ///
    /// Allocates only in the first step and when a batch is larger than every one before it.
    ///
    /// # Errors
    ///
    /// If there are not as many targets as inputs, or too few for the network's layers, or the loss is not a
    /// finite number; the parameters are then as they were. If the model is not the one of the steps before.
    pub fn step(
        &mut self,
        model: &mut M,
        inputs: &[M::Input],
        targets: &[M::Target],
    ) -> Result<M::Float> {
        self.prepare(model)?;
        let batch = Batch { inputs, targets };
        let loss = self.pass(model, batch)?;
        self.steps += 1;
        let step = Step { number: self.steps, rate: self.rate };
        let mut memory = self.memory.each_mut().map(|slot| &mut slot[..]);
        let memory = &mut memory[..O::MEMORY];
        model.update(batch, &mut self.workspace, &self.optimizer, step, memory);
        model.update_state(batch, &mut self.workspace);
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
        model: &M,
        inputs: &[M::Input],
        targets: &[M::Target],
    ) -> Result<M::Float> {
        let batch = Batch { inputs, targets };
        let loss = self.pass(model, batch)?;
        let len = model.flat().len();
        if self.gradient.len() != len {
            self.gradient = Buffer::zeroed(len);
        }
        model.gradient(batch, &mut self.workspace, &mut self.gradient);
        Ok(loss)
    }

    fn pass(&mut self, model: &M, batch: Batch<'_, M>) -> Result<M::Float> {
        let run = Run { threads: &self.threads, seed: self.seed, step: self.steps };
        model.differentiate(batch, &mut self.loss, &mut self.workspace, &run)
    }

    /// Memory for what the optimizer remembers of this model.
    fn prepare(&mut self, model: &M) -> Result<()> {
        let len = model.flat().len();
        let memory = &mut self.memory[..O::MEMORY];
        if memory.iter().all(|slot| slot.len() == len) {
            return Ok(());
        }
        if self.steps > 0 {
            return Err(Error::value(
                "model",
                format!("{len} parameters"),
                format!("{}, as in the steps before", memory[0].len()),
                "train each model with a trainer of its own",
            ));
        }
        memory.iter_mut().for_each(|slot| *slot = Buffer::zeroed(len));
        Ok(())
    }
}

impl<N: Network, O: Optimizer<N::Float>> Trainer<N, O> {
    /// The same with another [`loss`](crate::loss), one that fits the network's head.
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = LossOf::new(loss);
        self
    }

    /// Loss and accuracy of `network` on `data`, by this trainer's loss and threads.
    pub fn evaluate(&mut self, network: &N, data: &Dataset<N::Input, N::Target>) -> Metrics {
        Metrics::of(network, &mut *self.loss.0, data, &self.threads)
    }
}

/// The optimizer, the loss, and how far it has come: not the numbers.
impl<M: Model, O: fmt::Debug> fmt::Debug for Trainer<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("optimizer", &self.optimizer)
            .field("loss", &self.loss)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}
