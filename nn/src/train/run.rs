//! The loop over the epochs of a training.

use std::ops::ControlFlow;
use std::path::PathBuf;

use tensor::Float as _;
use tensor::threads::Threads;

use super::Trainer;
use super::average::Averaged;
use super::checkpoint::{Conditions, Place, Rates, Snapshot, Store, Written};
use super::clock::Clock;
use super::completed::Completed;
use super::event::{Event, Observer};
use super::failure::Failure;
use super::goal::Decisions;
use super::local::Local;
use super::model::{Batch, Model};
use super::report::{Epoch, Report};
use super::schedules::Schedules;
use crate::data::{Batches, Minibatch, Source, Visit, weights_of};
use crate::distributed::World;
use crate::error::{Error, Result};
use crate::optim::Optimizer;
use crate::parameters::NamedTensor;

/// A function from training progress, 0 to 1, to a factor.
pub(super) type Schedule = Box<dyn Fn(f64) -> f64 + Send>;

/// A measure of a model, with its name.
pub(super) type Measure<'a, M> = (String, Box<dyn FnMut(&M) -> Result<Option<f64>> + Send + 'a>);

/// Measured values with their names.
type Measured = Vec<(String, Option<f64>)>;

/// A running training.
pub(super) struct Run<'a, M: Model, O> {
    pub(super) model: Completed<'a, M>,
    pub(super) trainer: Trainer<M, O>,
    pub(super) data: &'a dyn Source<M::Input, M::Target>,
    pub(super) validation: Option<&'a dyn Source<M::Input, M::Target>>,
    pub(super) schedule: Schedule,
    pub(super) schedules: Schedules,
    pub(super) seed: u64,
    pub(super) threads: Threads,
    pub(super) batches: Batches,
    pub(super) batch: Minibatch<M::Input, M::Target>,
    /// Number of steps in all epochs.
    pub(super) steps: u64,
    pub(super) observers: Vec<Box<dyn Observer<M> + Send + 'a>>,
    /// Whether there are observers other than the display; with several ranks, on the first.
    pub(super) has_observers: bool,
    pub(super) measures: Vec<Measure<'a, M>>,
    pub(super) decisions: Decisions,
    pub(super) averaged: Option<Averaged<M::Float>>,
    pub(super) kept: Option<Checkpointing>,
    pub(super) place: Place,
    /// Notes to show before the first epoch.
    pub(super) notes: Vec<String>,
    pub(super) world: Option<World>,
    /// Set if ranks take local steps.
    pub(super) local: Option<Local<M::Float>>,
}

/// State of a training that saves checkpoints.
pub(super) struct Checkpointing {
    pub(super) store: Store,
    pub(super) conditions: Conditions,
    pub(super) name: String,
    pub(super) architecture: String,
    pub(super) tensors: Vec<NamedTensor>,
}

impl Checkpointing {
    /// Sends the result of [`Store::newest`] from the first rank, which writes, to every rank.
    fn newest_of_first<T: tensor::Float>(
        &self,
        world: &World,
        pass_over: impl FnMut(Error),
    ) -> Result<Option<(PathBuf, Snapshot<T>)>> {
        let mut path = PathBuf::new();
        let bytes = world.by_first(|| {
            let found = self.store.newest::<T>(&self.architecture, &self.tensors, pass_over)?;
            let Some((found, _)) = found else { return Ok(Vec::new()) };
            path = found;
            std::fs::read(&path).map_err(|error| Error::io("read", &path, error))
        })?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if !world.is_first() {
            path = PathBuf::from("the checkpoint of rank 0");
        }
        let snapshot = Snapshot::read(&path, &bytes, &self.architecture, &self.tensors)?;
        Ok(Some((path, snapshot)))
    }
}

impl<M: Model, O: Optimizer<M::Float>> Run<'_, M, O> {
    /// Runs this many epochs, or fewer if the training ends earlier.
    pub(super) fn epochs(
        &mut self,
        epochs: usize,
        report: &mut Report,
    ) -> std::result::Result<(), Failure> {
        let begin = Event::Begin {
            model: self.model.model(),
            epochs,
            rows: self.data.len(),
            steps: self.steps,
            done: self.place.epochs,
            done_rows: self.place.rows,
        };
        let flow = tell(&mut self.observers, &begin);
        for note in std::mem::take(&mut self.notes) {
            say(&mut self.observers, &note);
        }
        let mut flow = self.decided(flow);
        while self.place.epochs < epochs && flow.is_continue() && !self.decisions.course.is_over {
            flow = self.one(epochs, report)?;
        }
        if self.decisions.course.is_over {
            self.check_memory(true)?;
        }
        self.model.finish();
        report.best = self.decisions.best();
        report.stopped_early = self.decisions.course.is_over;
        let end = Event::End { model: self.model.model(), report };
        let _nothing_to_stop = tell(&mut self.observers, &end);
        Ok(())
    }

    /// Runs the next epoch, including validation, decisions and checkpoint.
    fn one(
        &mut self,
        epochs: usize,
        report: &mut Report,
    ) -> std::result::Result<ControlFlow<()>, Failure> {
        let number = self.place.epochs + 1;
        let clock = Clock::start();
        let stopped = self.batches(number, report)?;
        let is_cut = self.place.batches < self.batches.count();
        if is_cut {
            // Saved to resume from, because the epoch that follows is incomplete.
            self.keep(report);
        }
        self.check_memory(number == epochs || stopped.is_break())?;
        let done = self.trainer.steps() as f64 / self.steps as f64;
        if let Some(averaged) = &mut self.averaged {
            averaged.epoch(self.model.model().flat(), done, &self.threads);
        }
        self.exchange_average();
        let validation = match self.validation {
            Some(data) => {
                let evaluated = self.trainer.evaluate(self.model.model(), data);
                Some(evaluated.map_err(Failure::after_steps)?)
            }
            None => None,
        };
        let (measured, seconds) = self.measure(clock).map_err(Failure::after_steps)?;
        self.model.complete(number);
        let loss = self.place.loss_sum / self.place.rows as f64;
        let epoch = Epoch { loss, validation, measured, seconds };
        let is_best = self.decisions.judge(number, &epoch)?;
        if is_best && self.decisions.keeps_best {
            self.model.keep_best(number);
        }
        report.epochs.push(epoch.clone());
        self.place = Place { epochs: number, ..Place::default() };
        let event = Event::Epoch { model: self.model.model(), number, epoch: &epoch, is_best };
        let flow = tell(&mut self.observers, &event);
        let flow = self.decided(flow);
        self.exchange_average();
        if !is_cut {
            self.keep(report);
            if is_best {
                self.keep_best();
            }
        }
        Ok(if stopped.is_break() { stopped } else { flow })
    }

    /// Runs the remaining batches of an epoch, or fewer if an observer stops.
    fn batches(
        &mut self,
        epoch: usize,
        report: &Report,
    ) -> std::result::Result<ControlFlow<()>, Failure> {
        self.batches.order(epoch as u64, self.seed);
        let mut weights = Vec::new();
        while self.place.batches < self.batches.count() {
            let rows = self.batches.get(self.place.batches);
            let count = rows.len();
            let step_threads = self.model.model().step_threads(count, &self.threads);
            let visit = Visit { seed: self.seed, epoch: epoch as u64 };
            let own = self.trainer.own_rows(count);
            self.batch.gather_for_step(visit, &step_threads, self.data, &rows[own.clone()]);
            weights_of(self.data, rows.iter().copied(), &mut weights);
            self.model.model().encode(self.batch.inputs_mut(), &step_threads);
            let done = self.trainer.steps() as f64 / self.steps as f64;
            let rate = (self.schedule)(done) * self.decisions.course.factor;
            self.trainer.set_rate(rate);
            let is_local = self.is_local(count);
            self.trainer.set_apart(is_local);
            for (setting, schedule) in self.schedules.all() {
                self.trainer.set_factor(setting, schedule(done));
            }
            let batch = Batch {
                inputs: self.batch.inputs(),
                targets: self.batch.targets(),
                weights: weights.get(own.clone()).unwrap_or_default(),
            };
            let weight = if is_local { own.len() * self.ranks() } else { count };
            let stepped = self.trainer.try_step(self.model.in_epoch(), batch, count);
            let loss = match (stepped, &mut self.local) {
                (Ok(loss), _) => loss.as_f64(),
                (Err(failure), Some(local)) if is_local => return Err(local.refuse(failure)),
                (Err(failure), _) => return Err(failure),
            };
            if let Some(averaged) = &mut self.averaged {
                averaged.step(self.model.model().flat(), &step_threads);
            }
            self.place.batches += 1;
            self.place.rows += count;
            self.place.loss_sum += loss * weight as f64;
            let step = Event::Step {
                model: self.model.model(),
                number: self.trainer.steps(),
                epoch,
                rows: count,
                batch: rows,
                loss,
                rate,
            };
            let mut flow = tell(&mut self.observers, &step);
            let (number, mut new) = (self.trainer.steps(), 1);
            let is_last = self.place.batches == self.batches.count();
            let is_apart_next =
                !is_last && self.is_local(self.batches.get(self.place.batches).len());
            if let (Some(local), true) = (&mut self.local, is_local) {
                local.stepped(flow);
                new = local.apart();
                if is_apart_next && !local.is_due(number) {
                    continue;
                }
                flow = self.join()?;
            }
            let flow = self.decided(flow);
            if flow.is_break() {
                return Ok(flow);
            }
            let is_due = |kept: &Checkpointing| kept.store.is_due(number, new);
            if !is_last && self.kept.as_ref().is_some_and(is_due) {
                self.keep(report);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether each rank takes the next step, on a batch of `rows` rows, locally.
    fn is_local(&self, rows: usize) -> bool {
        let done = self.trainer.steps() as f64 / self.steps as f64;
        self.local.as_ref().is_some_and(|local| local.is_next(done, rows))
    }

    /// Averages the parameters of all ranks after local steps; returns the observers' decision
    /// since then.
    fn join(&mut self) -> Result<ControlFlow<()>> {
        let Some(local) = &mut self.local else { return Ok(ControlFlow::Continue(())) };
        let averaged = self.averaged.iter_mut().map(|averaged| &mut averaged.flat[..]);
        let parts = std::iter::once(self.model.in_epoch().flat_mut());
        let parts = parts.chain(self.trainer.slots_mut()).chain(averaged);
        local.join(parts, &mut self.place.loss_sum)
    }

    /// Number of ranks.
    fn ranks(&self) -> usize {
        self.world.as_ref().map_or(1, World::size)
    }

    /// The values of the other measures after an epoch, and the time; with several ranks, computed
    /// by the first.
    fn measure(&mut self, clock: Clock) -> Result<(Measured, f64)> {
        let names: Vec<String> = self.measures.iter().map(|(name, _)| name.clone()).collect();
        let (model, measures) = (self.model.model(), &mut self.measures);
        let mut measure = || {
            let values = measures.iter_mut().map(|(_, measure)| measure(model));
            let values: Vec<Option<f64>> = values.collect::<Result<_>>()?;
            Ok::<_, Error>((values, clock.elapsed().as_secs_f64()))
        };
        let (values, seconds) = match &self.world {
            None => measure()?,
            Some(world) => {
                let bytes = world.by_first(|| {
                    let (values, seconds) = measure()?;
                    // Each value follows a flag: 0 if it is missing, because any number is valid.
                    let numbers = values.iter().flat_map(|value| {
                        [f64::from(u8::from(value.is_some())), value.unwrap_or_default()]
                    });
                    let numbers = std::iter::once(seconds).chain(numbers);
                    Ok(numbers.flat_map(|number| number.to_bits().to_le_bytes()).collect())
                })?;
                let numbers = bytes.as_chunks::<8>().0.iter();
                let numbers: Vec<f64> =
                    numbers.map(|bytes| f64::from_bits(u64::from_le_bytes(*bytes))).collect();
                let (values, _) = numbers[1..].as_chunks::<2>();
                (
                    values.iter().map(|&[is, value]| (is == 1.0).then_some(value)).collect(),
                    numbers[0],
                )
            }
        };
        Ok((names.into_iter().zip(values).collect(), seconds))
    }

    /// The observers' decision; with several ranks, that of the first.
    fn decided(&self, flow: ControlFlow<()>) -> ControlFlow<()> {
        match &self.world {
            Some(world) if self.has_observers => decided(world, flow),
            _ => flow,
        }
    }

    /// Whether this process writes files and output.
    fn is_first(&self) -> bool {
        self.world.as_ref().is_none_or(World::is_first)
    }

    /// Swaps the model's parameters with their average, if there is one.
    fn exchange_average(&mut self) {
        if let Some(averaged) = &mut self.averaged {
            self.model.in_epoch().flat_mut().swap_with_slice(&mut averaged.flat);
        }
    }

    /// Resumes from a checkpoint, if there is one.
    pub(super) fn resume(&mut self, report: &mut Report) -> Result<()> {
        let resumed = self.resume_here(report);
        match &self.world {
            Some(world) if self.kept.is_some() => world.agree(resumed),
            _ => resumed,
        }
    }

    fn resume_here(&mut self, report: &mut Report) -> Result<()> {
        let Some(kept) = &self.kept else { return Ok(()) };
        let mut notes = Vec::new();
        let pass_over = |error| notes.push(format!("passed over: {error}"));
        let newest = match &self.world {
            None => kept.store.newest(&kept.architecture, &kept.tensors, pass_over),
            Some(world) => kept.newest_of_first(world, pass_over),
        };
        let found = match newest {
            Ok(found) => found,
            Err(error) => {
                notes.iter().for_each(|note| say(&mut self.observers, note));
                return Err(error);
            }
        };
        if let Some((path, snapshot)) = found {
            let advice = "resume with the settings it began with, or train into another directory";
            kept.conditions.compare(&path, &snapshot.conditions, advice)?;
            snapshot.rates.compare(&path, &*self.schedule, self.steps)?;
            let fill = |flat: &mut [M::Float], parts: &[Vec<M::Float>]| {
                for (tensor, values) in kept.tensors.iter().zip(parts) {
                    flat[tensor.range()].copy_from_slice(values);
                }
            };
            // Values between the tensors are unchanged.
            let mut best = snapshot.best.map(|parts| {
                let mut flat = self.model.model().flat().to_vec();
                fill(&mut flat, &parts);
                flat
            });
            self.trainer.restore(self.model.model(), &snapshot.trainer)?;
            fill(self.model.in_epoch().flat_mut(), &snapshot.model);
            if let (Some(averaged), Some((parts, count))) = (&mut self.averaged, snapshot.average) {
                fill(&mut averaged.flat, &parts);
                averaged.count = count;
            }
            let best_epoch = snapshot.course.best.map(|(epoch, _)| epoch);
            self.place = snapshot.place;
            self.decisions.course = snapshot.course;
            report.epochs = snapshot.history;
            for observer in &mut self.observers {
                let Some(name) = observer.name() else { continue };
                let mut states = snapshot.observers.iter();
                if let Some((_, state)) = states.find(|(saved, _)| saved == name) {
                    observer.restore(state)?;
                }
            }
            notes.push(format!(
                "resumes from {} after step {} (epoch {})",
                path.display(),
                self.trainer.steps(),
                self.place.epochs + usize::from(self.place.batches > 0)
            ));
            let unchecked = &kept.conditions.unchecked;
            if !unchecked.is_empty() {
                notes.push(format!("not compared with the previous run: {}", unchecked.join(", ")));
            }
            self.exchange_average();
            self.model.resumed(self.place.epochs, best_epoch.zip(best.take()));
            self.exchange_average();
        }
        notes.iter().for_each(|note| say(&mut self.observers, note));
        Ok(())
    }

    /// Saves a checkpoint if checkpoints are on. If it cannot be written, a note says so, and
    /// training continues.
    fn keep(&mut self, report: &Report) {
        if !self.is_first() {
            return;
        }
        let Some(kept) = &mut self.kept else { return };
        let named = self
            .observers
            .iter()
            .filter_map(|observer| observer.name().map(|name| (name.to_owned(), observer.state())));
        let written = Written {
            network: &kept.name,
            architecture: &kept.architecture,
            conditions: &kept.conditions.text(),
            tensors: &kept.tensors,
            model: self.model.model().flat(),
            best: self.model.best(),
            average: self.averaged.as_ref().map(|averaged| (&averaged.flat[..], averaged.count)),
            trainer: self.trainer.state(),
            rates: Rates::of(&*self.schedule, self.trainer.steps(), self.steps),
            place: self.place,
            course: &self.decisions.course,
            history: &report.epochs,
            observers: named.collect(),
        };
        if let Err(error) = kept.store.save(&written) {
            let note = format!("no checkpoint was written, training continues: {error}");
            say(&mut self.observers, &note);
        }
    }

    /// Saves the best network if checkpoints are on.
    fn keep_best(&mut self) {
        let (Some(kept), Some(best), true) = (&self.kept, self.model.best(), self.is_first())
        else {
            return;
        };
        let Checkpointing { store, name, architecture, tensors, .. } = kept;
        let texts = self.model.model().texts();
        if let Err(error) = store.save_best(name, architecture, &texts, tensors, best) {
            let note = format!("the best network was not written, training continues: {error}");
            say(&mut self.observers, &note);
        }
    }

    /// Checks the optimizer's state, but not after each of many short epochs.
    fn check_memory(&self, is_last: bool) -> std::result::Result<(), Failure> {
        /// Steps that take so long that the time of the check does not matter.
        const STEPS: u64 = 16;
        let epochs = self.trainer.steps() / self.batches.count() as u64;
        let every = STEPS.div_ceil(self.batches.count() as u64);
        if is_last || epochs.is_multiple_of(every) {
            self.trainer.check_memory()?;
        }
        Ok(())
    }
}

/// The decision of the first rank.
fn decided(world: &World, flow: ControlFlow<()>) -> ControlFlow<()> {
    match world.bytes_of(0, vec![u8::from(flow.is_break())])[..] {
        [1] => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    }
}

/// Passes the event to all observers; returns whether one of them stops the training.
fn tell<M: Model>(
    observers: &mut [Box<dyn Observer<M> + Send + '_>],
    event: &Event<'_, M>,
) -> ControlFlow<()> {
    let mut flow = ControlFlow::Continue(());
    let mut notes = Vec::new();
    for observer in observers.iter_mut() {
        if observer.observe(event).is_break() {
            flow = ControlFlow::Break(());
        }
        notes.extend(observer.note());
    }
    for text in &notes {
        for observer in observers.iter_mut() {
            let _nothing_to_stop = observer.observe(&Event::Note { text });
        }
    }
    flow
}

/// Passes a note to all observers.
fn say<M: Model>(observers: &mut [Box<dyn Observer<M> + Send + '_>], text: &str) {
    let _nothing_to_stop = tell(observers, &Event::Note { text });
}
