//! Checks the settings of a training and starts it.

use tensor::threads::Threads;

use crate::data::{Batches, Fingerprint, Minibatch, Source};
use crate::distributed::World;
use crate::error::{Error, Result};
use crate::optim::Optimizer;
use crate::parameters::NamedTensor;
use crate::train::Trainer;
use crate::train::average::{Average, Averaged};
use crate::train::checkpoint::{Conditions, Place, Store};
use crate::train::clip::Clip;
use crate::train::completed::Completed;
use crate::train::event::Observer;
use crate::train::find::Trial;
use crate::train::groups::Groups;
#[cfg(all(feature = "ctrlc", any(unix, windows)))]
use crate::train::interrupt::Interrupt;
use crate::train::local::Local;
use crate::train::micro_batches::MicroBatches;
use crate::train::model::Model;
use crate::train::preconditions::{check_schedule, check_steps, check_weighted};
use crate::train::progress::Progress;
use crate::train::recipe::Recipe;
use crate::train::report::Report;
use crate::train::run::{Checkpointing, Run};
use crate::train::shards::{Shards, check_parts, check_shards};

use super::{Fit, Show};

impl<'a, M: Model, O: Optimizer<M::Float>> Fit<'a, M, O> {
    /// Trains.
    ///
    /// # Errors
    ///
    /// Before anything is trained: if there are no rows or no epochs, the batch size is 0, a
    /// setting of the optimizer or the schedule is out of range, an input is not finite, or the
    /// network's head does not allow a target (probabilities must be from 0 to 1, numbers finite).
    ///
    /// During training: if the loss, or a value that a step wrote, is no longer a finite number.
    /// The network is then that of the last completed epoch, or has its initial weights, and the
    /// message says which. (The same happens if something panics, such as an observer.)
    pub fn run(mut self) -> Result<Report> {
        let made = self.saves_to.take().map(|path| (Recipe::of(&self), path));
        self.train(|model, report| {
            made.iter().try_for_each(|(recipe, path)| recipe.save(path, model))?;
            Ok(report)
        })
    }

    /// Trains, and then calls a function with the model.
    pub(in crate::train) fn train<R>(
        self,
        then: impl FnOnce(&M, Report) -> Result<R>,
    ) -> Result<R> {
        let mut report = Report::default();
        let epochs = self.epochs;
        let mut run = self.prepare_together()?;
        run.resume(&mut report)?;
        match run.epochs(epochs, &mut report) {
            Ok(()) => then(run.model.model(), report),
            Err(failure) => Err(run.model.give_back(failure)),
        }
    }

    /// Number of rows of the data.
    pub(in crate::train) fn rows(&self) -> usize {
        self.data.len()
    }

    /// Prepares this training for trial steps, as a search needs them.
    pub(in crate::train) fn into_trial(mut self) -> Result<Trial<'a, M, O>> {
        self.check_alone("a search")?;
        let threads = self.threads.take().unwrap_or_default();
        let batches = self.check_data(&threads)?;
        let _found = self.adapt(&threads)?;
        let Fit { model, data, optimizer, loss, seed, clip, groups, shards, .. } = self;
        let parts = (shards.map(Shards::new), self.micro_batches);
        let trainer = trainer(model, (optimizer, loss), &threads, seed, clip, groups, parts)?;
        let (model, batch) = (Completed::new(model), Minibatch::default());
        Ok(Trial { model, trainer, data, threads, batches, batch, seed, taken: 0 })
    }

    /// Refuses rows that the model cannot be trained on; otherwise returns the batches.
    fn check_data(&self, threads: &Threads) -> Result<Batches> {
        let rows = self.data.len();
        let batches = Batches::new(rows, self.batch_size)?;
        self.model.check_batch_size(rows, self.batch_size)?;
        if let Some(shards) = self.shards {
            check_shards(shards)?;
            check_parts(self.model, rows, self.batch_size, shards)?;
        }
        if let Some(portion) = self.micro_batches {
            MicroBatches::new(portion).check(self.model, self.shards.is_some())?;
        }
        check_weighted(self.model, "", self.data)?;
        self.model.check_rows("", self.data, threads)?;
        Ok(batches)
    }

    /// Refuses `what` if the training is distributed over several ranks.
    pub(in crate::train) fn check_alone(&self, what: &str) -> Result<()> {
        match &self.world {
            None => Ok(()),
            Some(world) => Err(Error::value(
                what,
                format!("{} ranks", world.size()),
                "one machine",
                "use `shards` instead of `distributed`: the bits are the same",
            )),
        }
    }

    /// [`Fit::prepare`], together with all other ranks if there are several.
    fn prepare_together(mut self) -> Result<Run<'a, M, O>> {
        /// Parts of a batch by default, the same regardless of the number of ranks.
        const SHARDS: usize = 8;
        let Some(world) = self.world.clone() else { return self.prepare() };
        self.shards = self.shards.or(Some(SHARDS));
        let mut lines = format!("version of nn: {}\n", env!("CARGO_PKG_VERSION"));
        lines += &format!("program: {}\n", program());
        lines += &format!("ranks: {}\n", world.size());
        lines += &Recipe::of(&self).text();
        let unnamed = self.observers.len();
        lines += &format!("observers: {unnamed}\nsums: {}\n", world.sums());
        lines += &format!("local steps: {:?}\n", world.steps_of_its_own());
        let prepared = self.prepare();
        world.check_same(&lines)?;
        world.agree(prepared)
    }

    /// Checks everything that can be checked before training.
    fn prepare(mut self) -> Result<Run<'a, M, O>> {
        let threads = self.threads.take().unwrap_or_default();
        let rows = self.data.len();
        let batches = self.check_data(&threads)?;
        let mut shards = self.shards.map(Shards::new);
        if let (Some(world), Some(shards)) = (&self.world, &mut shards) {
            world.check_shards(shards.count)?;
            world.check_local_steps()?;
            shards.world = Some(world.clone());
        }
        let is_first = self.world.as_ref().is_none_or(World::is_first);
        let steps = check_steps(self.epochs, batches.count())?;
        check_schedule("schedule", &*self.schedule, steps, |_| Ok(()))?;
        self.schedules.check(&*self.model, &self.optimizer, &self.loss, steps)?;
        if let Some(validation) = self.validation {
            check_weighted(self.model, "validation ", validation)?;
            self.model.check_rows("validation ", validation, &threads)?;
        }
        self.decisions.prepare(self.validation.is_some())?;
        self.average.iter().try_for_each(Average::check)?;
        #[cfg(all(feature = "ctrlc", any(unix, windows)))]
        if self.stops_on_ctrl_c {
            self.observers.push(Box::new(Interrupt::new(self.checkpoints.is_some())));
        }
        let kept = match self.checkpoints.take() {
            Some(settings) => Some(Checkpointing {
                store: Store::open(settings, is_first)?,
                conditions: self.conditions(),
                name: self.model.name(),
                architecture: self.model.architecture(),
                tensors: self.model.tensors(),
            }),
            None => None,
        };
        let notes = self.adapt(&threads)?;
        self.model.take_names(self.data)?;
        let Fit { model, data, validation, optimizer, loss, epochs, seed, .. } = self;
        let Fit { schedule, show, observers, decisions, clip, groups, .. } = self;
        let Fit { average, measures, .. } = self;
        let parts = (shards, self.micro_batches);
        let trainer = trainer(model, (optimizer, loss), &threads, seed, clip, groups, parts)?;
        let averaged = average.map(|average| {
            let tensors = model.tensors();
            let state = tensors.iter().filter(|tensor| !tensor.trained).map(NamedTensor::range);
            Averaged::new(average, model.flat(), state.collect())
        });
        let has_observers = !observers.is_empty();
        let progress = Progress::new(if is_first { show } else { Show::Nothing }, epochs, rows);
        let display = std::iter::once(Box::new(progress) as Box<dyn Observer<M> + Send>);
        let observers = display.chain(observers.into_iter().filter(|_| is_first));
        Ok(Run {
            schedules: self.schedules,
            model: Completed::new(model),
            trainer,
            data,
            validation,
            schedule,
            seed,
            threads,
            batches,
            batch: Minibatch::new(),
            steps,
            observers: observers.collect(),
            has_observers,
            measures,
            decisions,
            averaged,
            kept,
            place: Place::default(),
            notes,
            local: self.world.as_ref().and_then(Local::new),
            world: self.world,
        })
    }

    /// Fits the model's encoder to the training rows, unless it is fitted already; returns the
    /// notes to show.
    fn adapt(&mut self, threads: &Threads) -> Result<Vec<String>> {
        if !self.model.encodes() || (self.model.check_adapted().is_ok() && !self.adapts_again) {
            return Ok(Vec::new());
        }
        Ok(self.model.find_encoding(self.data, threads)?.notes())
    }

    /// Everything that affects the bits, except the model and the schedule.
    pub(in crate::train) fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.add("optimizer", format!("{:?}", self.optimizer));
        conditions.add("loss", format!("{:?}", self.loss));
        conditions.add("batch size", self.batch_size);
        conditions.add("seed", self.seed);
        for (name, data) in [("data", Some(self.data)), ("validation data", self.validation)] {
            let fingerprint = data.map(|data| (data.len(), self.model.fingerprint(data)));
            let text = match fingerprint {
                Some((rows, Some(hash))) => format!("{rows} rows {hash:016x}"),
                Some((rows, None)) => {
                    conditions.unchecked.push(format!("the rows of the {name}"));
                    format!("{rows} rows")
                }
                None => "none".into(),
            };
            let weights = data.and_then(weights_text).unwrap_or_default();
            conditions.add(name, text + &weights);
        }
        if let Some(names) = self.data.class_names() {
            conditions.add("names of the classes", names.text());
        }
        conditions.add("augmentation", self.data.augmentation().as_deref().unwrap_or("none"));
        conditions.add("clipping", format!("{:?}", self.clip));
        conditions.add("groups", format!("{:?}", self.groups));
        let shards = self.shards.map_or("none".into(), |shards| shards.to_string());
        conditions.add("shards", shards);
        conditions.add("average", format!("{:?}", self.average));
        for (name, course) in self.schedules.texts(self.epochs) {
            conditions.add(name, course);
        }
        let measured: Vec<&str> = self.measures.iter().map(|(name, _)| &name[..]).collect();
        conditions.add("measured", format!("{measured:?}"));
        self.decisions.conditions(&mut conditions);
        let unnamed = self.observers.iter().filter(|observer| observer.name().is_none()).count();
        if unnamed > 0 {
            conditions.unchecked.push(format!("the state of {unnamed} observers without a name"));
        }
        conditions
    }
}

/// A trainer of `model` whose settings are checked.
fn trainer<M: Model, O: Optimizer<M::Float>>(
    model: &M,
    (optimizer, loss): (O, M::Loss),
    threads: &Threads,
    seed: u64,
    clip: Option<Clip>,
    groups: Groups,
    (shards, micro_batches): (Option<Shards<M>>, Option<usize>),
) -> Result<Trainer<M, O>> {
    let mut trainer =
        Trainer::with_loss(optimizer, loss).threads(threads).seed(seed).groups(groups);
    if let Some(clip) = clip {
        trainer = trainer.clip(clip);
    }
    trainer.shards = shards;
    trainer.micro_batches = micro_batches.map(MicroBatches::new);
    trainer.prepare(model)?;
    Ok(trainer)
}

/// A hash that identifies the weights of rows, if there are any.
fn weights_text<X, Y>(data: &dyn Source<X, Y>) -> Option<String> {
    if !data.is_weighted() {
        return None;
    }
    let mut hash = Fingerprint::new();
    (0..data.len()).for_each(|row| hash.add(data.weight(row).unwrap_or(1.0).to_bits()));
    Some(format!(", weights {:016x}", hash.value()))
}

/// A hash of this program's executable file, so that ranks that run another program are detected.
fn program() -> String {
    let bytes = std::env::current_exe().and_then(std::fs::read);
    let hash = bytes.map(|bytes| {
        let mut hash = Fingerprint::new();
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| hash.add(u64::from_le_bytes(*word)));
        rest.iter().for_each(|&byte| hash.add(u64::from(byte)));
        hash.value()
    });
    hash.map_or("unknown".into(), |hash| format!("{hash:016x}"))
}
