//! The epochs of a training, one after the other.

use std::ops::ControlFlow;

use tensor::Float as _;
use tensor::threads::Threads;

use super::Trainer;
use super::clock::Clock;
use super::completed::Completed;
use super::event::{Event, Observer};
use super::failure::Failure;
use super::fit::{Epoch, Report};
use super::model::{Batch, Model};
use crate::data::{Batches, Dataset, Minibatch};
use crate::optim::Optimizer;

/// From training progress to a factor on the learning rate.
pub(super) type Schedule = Box<dyn Fn(f64) -> f64 + Send>;

/// A training that runs.
pub(super) struct Run<'a, M: Model, O> {
    pub(super) model: Completed<'a, M>,
    pub(super) trainer: Trainer<M, O>,
    pub(super) data: &'a Dataset<M::Input, M::Target>,
    pub(super) validation: Option<&'a Dataset<M::Input, M::Target>>,
    pub(super) schedule: Schedule,
    pub(super) seed: u64,
    pub(super) threads: Threads,
    pub(super) batches: Batches,
    pub(super) batch: Minibatch<M::Input, M::Target>,
    /// In all epochs.
    pub(super) steps: u64,
    pub(super) observers: Vec<Box<dyn Observer<M> + Send + 'a>>,
}

impl<M: Model, O: Optimizer<M::Float>> Run<'_, M, O> {
    /// So many epochs, or fewer if an observer stops.
    pub(super) fn epochs(&mut self, epochs: usize, report: &mut Report) -> Result<(), Failure> {
        let (rows, steps) = (self.data.len(), self.steps);
        let mut flow = tell(
            &mut self.observers,
            &Event::Begin { model: self.model.model(), epochs, rows, steps },
        );
        let mut number = 0;
        while number < epochs && flow.is_continue() {
            number += 1;
            let clock = Clock::start();
            let (loss, stopped) = self.epoch(number)?;
            let is_last = number == epochs || stopped.is_break();
            self.check_memory(is_last)?;
            let validation = match self.validation {
                Some(data) => {
                    let evaluated = self.trainer.evaluate(self.model.model(), data);
                    Some(evaluated.map_err(Failure::after_steps)?)
                }
                None => None,
            };
            self.model.complete(number);
            let seconds = clock.elapsed().as_secs_f64();
            let epoch = Epoch { loss, validation, seconds };
            report.epochs.push(epoch);
            let event = Event::Epoch { model: self.model.model(), number, epoch: &epoch };
            flow = tell(&mut self.observers, &event);
            if stopped.is_break() {
                flow = stopped;
            }
        }
        let end = Event::End { model: self.model.model(), report };
        let _nothing_to_stop = tell(&mut self.observers, &end);
        Ok(())
    }

    /// All batches of an epoch, or fewer if an observer stops: the mean loss of the rows.
    fn epoch(&mut self, epoch: usize) -> Result<(f64, ControlFlow<()>), Failure> {
        let (mut loss_sum, mut seen) = (0.0, 0);
        let mut flow = ControlFlow::Continue(());
        self.batches.order(epoch as u64, self.seed);
        for rows in &self.batches {
            let step_threads = self.model.model().step_threads(rows.len(), &self.threads);
            self.batch.gather_with(&step_threads, self.data, rows);
            let rate = (self.schedule)(self.trainer.steps() as f64 / self.steps as f64);
            self.trainer.set_rate(rate);
            let batch = Batch { inputs: self.batch.inputs(), targets: self.batch.targets() };
            let loss = self.trainer.try_step(self.model.in_epoch(), batch)?.as_f64();
            loss_sum += loss * rows.len() as f64;
            seen += rows.len();
            flow = tell(
                &mut self.observers,
                &Event::Step {
                    model: self.model.model(),
                    number: self.trainer.steps(),
                    epoch,
                    rows: rows.len(),
                    loss,
                    rate,
                },
            );
            if flow.is_break() {
                break;
            }
        }
        Ok((loss_sum / seen as f64, flow))
    }

    /// Looks at what the optimizer remembers, but not after each of many short epochs.
    fn check_memory(&self, is_last: bool) -> Result<(), Failure> {
        /// Steps whose work is so much that looking at the memory does not show.
        const STEPS: u64 = 16;
        let epochs = self.trainer.steps() / self.batches.count() as u64;
        let every = STEPS.div_ceil(self.batches.count() as u64);
        if is_last || epochs.is_multiple_of(every) {
            self.trainer.check_memory()?;
        }
        Ok(())
    }
}

/// Tells all of them; whether one of them stops.
fn tell<M: Model>(
    observers: &mut [Box<dyn Observer<M> + Send + '_>],
    event: &Event<'_, M>,
) -> ControlFlow<()> {
    let mut flow = ControlFlow::Continue(());
    for observer in observers {
        if observer.observe(event).is_break() {
            flow = ControlFlow::Break(());
        }
    }
    flow
}
