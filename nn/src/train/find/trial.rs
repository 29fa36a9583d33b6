//! Trial steps that leave the model unchanged.

use tensor::Float as _;
use tensor::threads::Threads;

use crate::data::{Batches, Minibatch, Source, weights_of};
use crate::train::completed::Completed;
use crate::train::failure::Failure;
use crate::train::model::Batch;
use crate::train::{Model, Trainer};

/// Steps of a training that are taken as a trial. When it is dropped, the model is restored.
pub(in crate::train) struct Trial<'a, M: Model, O> {
    pub(in crate::train) model: Completed<'a, M>,
    pub(in crate::train) trainer: Trainer<M, O>,
    pub(in crate::train) data: &'a dyn Source<M::Input, M::Target>,
    pub(in crate::train) threads: Threads,
    pub(in crate::train) batches: Batches,
    pub(in crate::train) batch: Minibatch<M::Input, M::Target>,
    pub(in crate::train) seed: u64,
    /// Number of batches so far.
    pub(in crate::train) taken: usize,
}

impl<M: Model, O: crate::optim::Optimizer<M::Float>> Trial<'_, M, O> {
    /// Returns the loss of the next batch, and takes a step with this factor on the learning rate.
    pub(super) fn step(&mut self, rate: f64) -> Result<f64, Failure> {
        let at = self.taken % self.batches.count();
        if at == 0 {
            let epoch = self.taken / self.batches.count() + 1;
            self.batches.order(epoch as u64, self.seed);
        }
        self.taken += 1;
        let rows = self.batches.get(at);
        let threads = self.model.model().step_threads(rows.len(), &self.threads);
        self.batch.gather_with(&threads, self.data, rows);
        self.model.model().encode(self.batch.inputs_mut(), &threads);
        self.trainer.set_rate(rate);
        let mut weights = Vec::new();
        weights_of(self.data, rows.iter().copied(), &mut weights);
        let (inputs, targets) = (self.batch.inputs(), self.batch.targets());
        let batch = Batch { inputs, targets, weights: &weights };
        Ok(self.trainer.try_step(self.model.in_epoch(), batch, rows.len())?.as_f64())
    }
}
