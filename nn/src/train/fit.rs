//! The training loop: epochs of shuffled minibatches, watched and reported.

use std::fmt;
use std::path::PathBuf;

use tensor::threads::Threads;

use super::Trainer;
use super::average::{Average, Averaged};
use super::checkpoint::{Checkpoints, Conditions, Place, Store};
use super::clip::Clip;
use super::completed::Completed;
use super::event::Observer;
use super::find::Trial;
use super::goal::{Decisions, Goal, Plateau};
use super::groups::Groups;
#[cfg(all(feature = "ctrlc", any(unix, windows)))]
use super::interrupt::Interrupt;
use super::model::Model;
use super::network::LossOf;
use super::preconditions::{check_schedule, check_steps, check_weighted};
use super::progress::Progress;
use super::recipe::Recipe;
use super::report::Report;
use super::run::{Kept, Measure, Run, Schedule};
use super::schedules::check_decays;
use super::shards::{Shards, check_parts, check_shards};
use crate::data::{Batches, Fingerprint, Minibatch, Source};
use crate::distributed::World;
use crate::error::{Error, Result};
use crate::loss::TrainedWith;
use crate::network::{Layered, Network};
use crate::optim::schedule;
use crate::optim::{Adam, LearningRate, Optimizer};
use crate::parameters::NamedTensor;

pub use super::progress::Show;

/// Trains `model`, such as a network, on `data`: 10 epochs of batches of 64 with Adam at 1e-3, unless told otherwise.
///
/// ```
/// use nn::{Show, fit, network};
/// use nn::data::{Class, Dataset};
///
/// network! { pub struct Xor(dense(2 -> 8, tanh), dense(2, softmax)); }
///
/// let inputs = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let data = Dataset::new(inputs, Class::<2>::from_labels(&[0, 1, 1, 0])?)?;
/// let mut xor = Xor::init(1);
/// let report = fit(&mut xor, &data).epochs(200).batch_size(4).learning_rate(0.05).show(Show::Nothing).run()?;
/// assert!(report.last().loss < 0.1);
/// assert!(xor.predict(&[1.0, 0.0])[1] > 0.9);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn fit<'a, M: Model>(
    model: &'a mut M,
    data: &'a dyn Source<M::Input, M::Target>,
) -> Fit<'a, M, Adam> {
    Fit {
        model,
        data,
        validation: None,
        optimizer: Adam::new(1e-3),
        loss: M::Loss::default(),
        epochs: 10,
        batch_size: 64,
        seed: 0,
        threads: None,
        schedule: Box::new(schedule::constant),
        decay: None,
        show: Show::Auto,
        observers: Vec::new(),
        measures: Vec::new(),
        decisions: Decisions::default(),
        clip: None,
        groups: Groups::default(),
        shards: None,
        world: None,
        average: None,
        checkpoints: None,
        saves_to: None,
        adapts_again: false,
        #[cfg(all(feature = "ctrlc", any(unix, windows)))]
        stops_on_ctrl_c: false,
    }
}

/// A training that has been described but not begun; see [`fit`].
#[must_use = "nothing is trained before `run` is called"]
pub struct Fit<'a, M: Model, O> {
    pub(super) model: &'a mut M,
    pub(super) data: &'a dyn Source<M::Input, M::Target>,
    validation: Option<&'a dyn Source<M::Input, M::Target>>,
    optimizer: O,
    pub(crate) loss: M::Loss,
    pub(super) epochs: usize,
    pub(super) batch_size: usize,
    seed: u64,
    threads: Option<Threads>,
    pub(super) schedule: Schedule,
    pub(super) decay: Option<Schedule>,
    show: Show,
    observers: Vec<Box<dyn Observer<M> + Send + 'a>>,
    measures: Vec<Measure<'a, M>>,
    decisions: Decisions,
    clip: Option<Clip>,
    groups: Groups,
    shards: Option<usize>,
    pub(super) world: Option<World>,
    average: Option<Average>,
    pub(super) checkpoints: Option<Checkpoints>,
    /// Where the trained model is to be written, with how it was made.
    pub(super) saves_to: Option<PathBuf>,
    adapts_again: bool,
    #[cfg(all(feature = "ctrlc", any(unix, windows)))]
    stops_on_ctrl_c: bool,
}

/// Of which network and by which settings, not the data.
impl<M: Model, O: fmt::Debug> fmt::Debug for Fit<'_, M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("model", &self.model.name())
            .field("rows", &self.data.len())
            .field("validation_rows", &self.validation.map(|data| data.len()))
            .field("optimizer", &self.optimizer)
            .field("loss", &self.loss)
            .field("epochs", &self.epochs)
            .field("batch_size", &self.batch_size)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl<M: Model, O: LearningRate> Fit<'_, M, O> {
    /// The optimizer with this learning rate.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.optimizer.set_learning_rate(learning_rate);
        self
    }
}

impl<N: Network, O> Fit<'_, N, O> {
    /// Another [`loss`](crate::loss), one that fits the network's head. Validation uses it, too.
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::loss::cross_entropy;
    /// use nn::{Show, fit, network};
    ///
    /// network! { pub struct Rare(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(vec![[0.0], [1.0], [1.0], [1.0]], Class::<2>::from_labels(&[0, 1, 0, 1])?)?;
    /// let loss = cross_entropy().label_smoothing(0.1).class_weights([1.0, 2.0]);
    /// fit(&mut Rare::init(1), &data).loss(loss).show(Show::Nothing).run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = LossOf::new(loss);
        self
    }
}

/// By layer: the compiler checks their names.
impl<N: Network + Layered, O> Fit<'_, N, O> {
    /// A factor on the learning rate of each layer.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Curve { hidden: dense(1 -> 8, tanh), output: dense(1) } }
    ///
    /// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
    /// fit(&mut Curve::init(1), &data)
    ///     .rate(|layer| match layer {
    ///         CurveLayer::Hidden => 0.1,
    ///         CurveLayer::Output => 1.0,
    ///     })
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn rate(self, factor: impl Fn(N::Layer) -> f64) -> Self {
        self.by_layer(|groups, name, layer| groups.rate(name, factor(layer)))
    }

    /// A factor on the weight decay of each layer; the optimizer must have one.
    pub fn decay(self, factor: impl Fn(N::Layer) -> f64) -> Self {
        self.by_layer(|groups, name, layer| groups.decay(name, factor(layer)))
    }

    /// The layers that stay as they are, running means included.
    pub fn freeze(self, is_frozen: impl Fn(N::Layer) -> bool) -> Self {
        self.by_layer(|groups, name, layer| match is_frozen(layer) {
            true => groups.freeze(name),
            false => groups,
        })
    }

    fn by_layer(mut self, set: impl Fn(Groups, String, N::Layer) -> Groups) -> Self {
        let mut groups = std::mem::take(&mut self.groups);
        for tensor in self.model.tensors() {
            if let Some(layer) = N::layer(&tensor.name) {
                groups = set(groups, tensor.name, layer);
            }
        }
        Fit { groups, ..self }
    }
}

impl<'a, M: Model, O: Optimizer<M::Float>> Fit<'a, M, O> {
    /// Data that are not trained on, to be measured after every epoch.
    pub fn validation(mut self, data: &'a dyn Source<M::Input, M::Target>) -> Self {
        self.validation = Some(data);
        self
    }

    /// Another optimizer.
    pub fn optimizer<P: Optimizer<M::Float>>(self, optimizer: P) -> Fit<'a, M, P> {
        let Fit { model, data, validation, loss, epochs, batch_size, .. } = self;
        let Fit { seed, threads, schedule, show, observers, decisions, .. } = self;
        let Fit { clip, groups, average, checkpoints, measures, .. } = self;
        Fit {
            adapts_again: self.adapts_again,
            decay: self.decay,
            model,
            data,
            validation,
            optimizer,
            loss,
            epochs,
            batch_size,
            seed,
            threads,
            schedule,
            show,
            observers,
            measures,
            decisions,
            clip,
            groups,
            shards: self.shards,
            world: self.world,
            average,
            checkpoints,
            saves_to: self.saves_to,
            #[cfg(all(feature = "ctrlc", any(unix, windows)))]
            stops_on_ctrl_c: self.stops_on_ctrl_c,
        }
    }

    /// How often every row is visited.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// How many rows make a step; the last batch of an epoch has what is left.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows;
        self
    }

    /// What the order of the rows and what dropout drops are made from. (The first weights come from the
    /// network's own seed.)
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The threads to compute with, all of the process's by default. They change the time, not the
    /// result.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// How the learning rate changes: a function from the share of the training that is over, 0 to 1, to a
    /// factor, such as those in [`schedule`](crate::schedule).
    pub fn schedule(mut self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.schedule = Box::new(schedule);
        self
    }

    /// Stops when no epoch of the last `patience` ones was better than the best before them, and gives the network of the
    /// best one back: by the loss on the validation data, unless another [goal](Fit::goal) is chosen.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Curve(dense(1 -> 32, tanh), dense(1)); }
    ///
    /// let all: Dataset<_, _> = (0..60).map(|i| i as f32 / 30.0).map(|x| ([x], [x.sin()])).collect();
    /// let (train, validation) = all.split(0.7, 1)?;
    /// let mut curve = Curve::init(1);
    /// let report = fit(&mut curve, &train)
    ///     .validation(&validation)
    ///     .epochs(10_000)
    ///     .learning_rate(0.01)
    ///     .early_stopping(20)
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// let best = report.best.unwrap();
    /// assert!(report.stopped_early && best.epoch < report.epochs.len());
    /// assert_eq!(curve.evaluate(&validation)?.loss, best.value);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn early_stopping(mut self, patience: usize) -> Self {
        self.decisions.patience = Some(patience);
        self
    }

    /// Gives the network of the best epoch back, and not that of the last: by the loss on the validation data, unless
    /// another [goal](Fit::goal) is chosen.
    pub fn keep_best(mut self) -> Self {
        self.decisions.keeps_best = true;
        self
    }

    /// Multiplies the learning rate by `factor` each time when no epoch of the last `patience` ones was better than the
    /// best before them.
    pub fn reduce_on_plateau(mut self, patience: usize, factor: f64) -> Self {
        self.decisions.plateau = Some(Plateau { patience, factor });
        self
    }

    /// What says of two epochs which is better.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.decisions.goal = Some(goal);
        self
    }

    /// Something else to be measured after every epoch, on the model as the epoch left it: it stands in the reports, in the
    /// display, and a [`Goal`] may go by it.
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::metric::F1;
    /// use nn::prelude::*;
    /// use nn::{Goal, Show};
    ///
    /// network! { struct Sign(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(vec![[-1.0], [1.0]], Class::<2>::from_labels(&[0, 1])?)?;
    /// let mut sign = Sign::init(1);
    /// let report = fit(&mut sign, &data)
    ///     .measure("F1", |sign| sign.evaluation(&data).measure(F1::macro_mean()))
    ///     .goal(Goal::highest("F1", |epoch| epoch.measured("F1")))
    ///     .keep_best()
    ///     .show(Show::Nothing)
    ///     .run()?;
    /// assert_eq!(report.best.unwrap().goal, "F1");
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn measure(
        mut self,
        name: impl Into<String>,
        measure: impl FnMut(&M) -> Result<Option<f64>> + Send + 'a,
    ) -> Self {
        self.measures.push((name.into(), Box::new(measure)));
        self
    }

    /// A bound on the gradient of each step.
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// Layers that are trained otherwise than the rest, by their names. For a declared network see [`Fit::rate`],
    /// [`Fit::decay`] and [`Fit::freeze`], whose names the compiler checks; of both, what comes later counts.
    pub fn groups(mut self, groups: Groups) -> Self {
        self.groups = self.groups.and(groups);
        self
    }

    /// Divides each batch into `shards` parts, a power of two, whose gradients are added pair by pair as in a balanced binary
    /// tree: the order in which [several ranks](Fit::distributed) add theirs, so that one of them alone has the same bits as
    /// all. Part i of S of n rows has the rows from ⌊i·n/S⌋ to ⌊(i+1)·n/S⌋, and counts by its share of the rows. Batch norm
    /// has the mean and the variance of each part by itself, and its running ones follow their mean; weights of rows and of
    /// classes are divided by their sum over the whole batch. Validation data are judged in as many parts. (Of several heads whose
    /// losses weigh classes, a part of the validation data is divided by the weights in it.)
    ///
    /// Only one part is passed through the network at a time, so that memory for the values of its layers is needed for no more.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> = (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let mut line = Line::init(1);
    /// fit(&mut line, &data).batch_size(16).shards(8).show(Show::Nothing).run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn shards(mut self, shards: usize) -> Self {
        self.shards = Some(shards);
        self
    }

    /// Trains with the other ranks of this world: each computes its parts of every batch (8 unless [`Fit::shards`] says
    /// otherwise), and reads no other rows for that. Every rank calls the same with the same data, settings and first weights, or
    /// is refused with what differs. All of them end with the same model: that of `shards` on one machine, to the last bit, whatever
    /// the number of ranks and threads is.
    ///
    /// Rank 0 alone shows, writes files, and calls observers and measures; what it decides holds for all.
    ///
    /// The package `nn-mpi` has the world of a program that `mpirun` started; [`distributed::threads`](crate::distributed::threads)
    /// has one to try.
    ///
    /// # Errors
    ///
    /// Of [`Fit::run`]: if the number of ranks is no power of two, or there are more than parts. An error of one rank is an error of all.
    pub fn distributed(mut self, world: &impl AsRef<World>) -> Self {
        self.world = Some(world.as_ref().clone());
        self
    }

    /// A mean of the parameters over the steps, which is validated and given back in their place.
    pub fn average(mut self, average: Average) -> Self {
        self.average = Some(average);
        self
    }

    /// Keeps checkpoints in a directory after each epoch, and goes on from the last one if there is one: to the same bits
    /// as a training that was never interrupted, whenever it was killed. [`Checkpoints`] has settings.
    ///
    /// A directory of a training with another model, other data or other settings is an error that says what differs.
    /// More epochs are allowed if the schedule gives the same factors for the steps so far, as a constant one does. A
    /// checkpoint that cannot be written stops nothing.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let directory = std::env::temp_dir().join(format!("line-{}", std::process::id()));
    /// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
    /// let train = |epochs| {
    ///     let mut line = Line::init(1);
    ///     let fit = fit(&mut line, &data).epochs(epochs).checkpoint(&directory).show(Show::Nothing);
    ///     Ok::<_, nn::Error>((fit.run()?, line))
    /// };
    /// train(3)?;
    /// let (report, _) = train(5)?; // two more
    /// assert_eq!(report.epochs.len(), 5);
    /// # std::fs::remove_dir_all(&directory).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn checkpoint(mut self, checkpoints: impl Into<Checkpoints>) -> Self {
        self.checkpoints = Some(checkpoints.into());
        self
    }

    /// Ends the training after its step when Ctrl-C is pressed or the process is told to terminate: what was learnt stays, a
    /// [checkpoint](Fit::checkpoint) is written if there are any, and the display shows the command that goes on. A second
    /// Ctrl-C ends the program at once. (Of the feature `ctrlc`.) If the program has a handler of its own already, or was
    /// started so that it ignores such signals (by `nohup`, or in the background of a script), that stays, and the display
    /// says so.
    #[cfg(all(feature = "ctrlc", any(unix, windows)))]
    pub fn stop_on_ctrl_c(mut self) -> Self {
        self.stops_on_ctrl_c = true;
        self
    }

    /// Has the encoder in front of the network find what it needs from these rows also if it has found that before, as for
    /// fine-tuning with rows of another kind. Otherwise what was found once stays. (A training that goes on from a
    /// [checkpoint](Fit::checkpoint) goes on with what it began with.)
    pub fn adapt_again(mut self) -> Self {
        self.adapts_again = true;
        self
    }

    /// What to show on standard error while training.
    pub fn show(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    /// Someone who watches and may stop it: see [`Observer`]. The display comes first, then all in the order in which
    /// they were given.
    pub fn observe(mut self, observer: impl Observer<M> + Send + 'a) -> Self {
        self.observers.push(Box::new(observer));
        self
    }

    /// Trains.
    ///
    /// # Errors
    ///
    /// If there are no rows, no epochs, the batch size is 0, a setting of the optimizer or the schedule is out of its
    /// range, an input is not finite, or the network's head does not allow a target (probabilities must be from 0 to 1,
    /// numbers finite): then nothing has been trained. If the loss, or what a step wrote, is not a finite number any
    /// more: the network is then that of the last completed epoch, or has its first weights, and the message says
    /// which. (It falls back likewise if something panics, such as an observer.)
    pub fn run(mut self) -> Result<Report> {
        let made = self.saves_to.take().map(|path| (Recipe::of(&self), path));
        self.train(|model, report| {
            made.iter().try_for_each(|(recipe, path)| recipe.save(path, model))?;
            Ok(report)
        })
    }

    /// Trains, and then does something with the model.
    pub(super) fn train<R>(self, then: impl FnOnce(&M, Report) -> Result<R>) -> Result<R> {
        let mut report = Report::default();
        let epochs = self.epochs;
        let mut run = self.prepare_together()?;
        run.resume(&mut report)?;
        match run.epochs(epochs, &mut report) {
            Ok(()) => then(run.model.model(), report),
            Err(failure) => Err(run.model.give_back(failure)),
        }
    }

    /// Rows of the data.
    pub(super) fn rows(&self) -> usize {
        self.data.len()
    }

    /// Steps of this training, to find something out.
    pub(super) fn into_trial(mut self) -> Result<Trial<'a, M, O>> {
        self.check_alone("a search")?;
        let threads = self.threads.take().unwrap_or_default();
        let batches = self.check_data(&threads)?;
        let _found = self.adapt(&threads)?;
        let Fit { model, data, optimizer, loss, seed, clip, groups, shards, .. } = self;
        let shards = shards.map(Shards::new);
        let trainer = trainer(model, (optimizer, loss), &threads, seed, clip, groups, shards)?;
        let (model, batch) = (Completed::new(model), Minibatch::default());
        Ok(Trial { model, trainer, data, threads, batches, batch, seed, taken: 0 })
    }

    /// Refuses rows that the model cannot be trained with; the batches of the others.
    fn check_data(&self, threads: &Threads) -> Result<Batches> {
        let rows = self.data.len();
        let batches = Batches::new(rows, self.batch_size)?;
        self.model.check_batch_size(rows, self.batch_size)?;
        if let Some(shards) = self.shards {
            check_shards(shards)?;
            check_parts(self.model, rows, self.batch_size, shards)?;
        }
        check_weighted(self.model, "", self.data)?;
        self.model.check_rows("", self.data, threads)?;
        Ok(batches)
    }

    /// Refuses what several ranks cannot do.
    pub(super) fn check_alone(&self, what: &str) -> Result<()> {
        match &self.world {
            None => Ok(()),
            Some(world) => Err(Error::value(
                what,
                format!("{} ranks", world.size()),
                "one machine",
                "leave `distributed` out, and write `shards` in its place: the bits are the same",
            )),
        }
    }

    /// [`Fit::prepare`], by all ranks if there are several.
    fn prepare_together(mut self) -> Result<Run<'a, M, O>> {
        /// Parts of a batch, unless told otherwise: the same whatever the number of ranks is.
        const SHARDS: usize = 8;
        let Some(world) = self.world.clone() else { return self.prepare() };
        self.shards = self.shards.or(Some(SHARDS));
        let mut lines = format!("version of nn: {}\n", env!("CARGO_PKG_VERSION"));
        lines += &format!("program: {}\n", program());
        lines += &format!("ranks: {}\n", world.size());
        lines += &Recipe::of(&self).text();
        let unnamed = self.observers.len();
        lines += &format!("observers: {unnamed}\nsums by the engine: {}\n", world.is_by_engine());
        let prepared = self.prepare();
        world.check_same(&lines)?;
        world.agree(prepared)
    }

    /// Everything that can be checked before anything is trained.
    fn prepare(mut self) -> Result<Run<'a, M, O>> {
        let threads = self.threads.take().unwrap_or_default();
        let rows = self.data.len();
        let batches = self.check_data(&threads)?;
        let mut shards = self.shards.map(Shards::new);
        if let (Some(world), Some(shards)) = (&self.world, &mut shards) {
            world.check_shards(shards.count)?;
            shards.world = Some(world.clone());
        }
        let is_first = self.world.as_ref().is_none_or(World::is_first);
        let steps = check_steps(self.epochs, batches.count())?;
        check_schedule("schedule", &*self.schedule, steps)?;
        if let Some(decay) = &self.decay {
            check_decays::<M::Float, O>("a schedule".into())?;
            check_schedule("schedule of weight decay", decay, steps)?;
        }
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
            Some(settings) => Some(Kept {
                store: Store::open(settings, is_first)?,
                conditions: self.conditions(),
                name: self.model.name(),
                architecture: self.model.architecture(),
                tensors: self.model.tensors(),
            }),
            None => None,
        };
        let notes = self.adapt(&threads)?;
        if let Some(names) = self.data.class_names() {
            self.model.take_class_names(names)?;
        }
        let Fit { model, data, validation, optimizer, loss, epochs, seed, .. } = self;
        let Fit { schedule, show, observers, decisions, clip, groups, .. } = self;
        let Fit { average, measures, .. } = self;
        let trainer = trainer(model, (optimizer, loss), &threads, seed, clip, groups, shards)?;
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
            decay: self.decay,
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
            world: self.world,
        })
    }

    /// Has the model's encoder find what it needs from the training rows, unless it is there; what is to be said of it.
    fn adapt(&mut self, threads: &Threads) -> Result<Vec<String>> {
        if !self.model.encodes() || (self.model.check_adapted().is_ok() && !self.adapts_again) {
            return Ok(Vec::new());
        }
        Ok(self.model.find_encoding(self.data, threads)?.notes())
    }

    /// What decides about the bits, beside the model and the schedule.
    pub(super) fn conditions(&self) -> Conditions {
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
        conditions.add("schedule of weight decay", self.decay_text());
        let measured: Vec<&str> = self.measures.iter().map(|(name, _)| &name[..]).collect();
        conditions.add("measured", format!("{measured:?}"));
        self.decisions.conditions(&mut conditions);
        let unnamed = self.observers.iter().filter(|observer| observer.name().is_none()).count();
        if unnamed > 0 {
            conditions.unchecked.push(format!("what {unnamed} observers without a name have seen"));
        }
        conditions
    }
}

/// A trainer of `model` that has been checked.
fn trainer<M: Model, O: Optimizer<M::Float>>(
    model: &M,
    (optimizer, loss): (O, M::Loss),
    threads: &Threads,
    seed: u64,
    clip: Option<Clip>,
    groups: Groups,
    shards: Option<Shards<M>>,
) -> Result<Trainer<M, O>> {
    let mut trainer =
        Trainer::with_loss(optimizer, loss).threads(threads).seed(seed).groups(groups);
    if let Some(clip) = clip {
        trainer = trainer.clip(clip);
    }
    trainer.shards = shards;
    trainer.prepare(model)?;
    Ok(trainer)
}

/// By what the weights of rows are known again, if there are any.
fn weights_text<X, Y>(data: &dyn Source<X, Y>) -> Option<String> {
    if !data.is_weighted() {
        return None;
    }
    let mut hash = Fingerprint::new();
    (0..data.len()).for_each(|row| hash.add(data.weight(row).unwrap_or(1.0).to_bits()));
    Some(format!(", weights {:016x}", hash.value()))
}

/// The file of this program by its bytes, so that ranks that run another one are found out.
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
