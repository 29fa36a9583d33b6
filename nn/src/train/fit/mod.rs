//! The training loop: epochs of shuffled minibatches, watched and reported.

mod prepare;

use std::fmt;
use std::path::PathBuf;

use tensor::threads::Threads;

use super::average::Average;
use super::checkpoint::Checkpoints;
use super::clip::Clip;
use super::event::Observer;
use super::goal::{Decisions, Goal, Plateau};
use super::groups::Groups;
use super::model::Model;
use super::network::LossOf;
use super::run::{Measure, Schedule};
use super::schedules::Schedules;
use crate::data::Source;
use crate::distributed::World;
use crate::error::Result;
use crate::loss::TrainedWith;
use crate::network::{Layered, Network};
use crate::optim::schedule;
use crate::optim::{Adam, LearningRate, Optimizer};

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
        schedules: Schedules::default(),
        show: Show::Auto,
        observers: Vec::new(),
        measures: Vec::new(),
        decisions: Decisions::default(),
        clip: None,
        groups: Groups::default(),
        shards: None,
        micro_batches: None,
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
    pub(super) schedules: Schedules,
    show: Show,
    observers: Vec<Box<dyn Observer<M> + Send + 'a>>,
    measures: Vec<Measure<'a, M>>,
    decisions: Decisions,
    clip: Option<Clip>,
    groups: Groups,
    shards: Option<usize>,
    micro_batches: Option<usize>,
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
            schedules: self.schedules,
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
            micro_batches: self.micro_batches,
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

    /// Passes each batch through the model in micro-batches of at most `rows` rows, so that memory for the values of its layers is
    /// needed for no more, with the bits of the whole batch at once: each sum over the rows goes on from one micro-batch to the next,
    /// losses are divided by all rows, and weights of rows and of classes by their sums over all. Any number of rows will do. The
    /// rows themselves are in memory for a whole batch.
    ///
    /// Not for batch norm, which goes by all rows of a batch, nor for a [`TapeModel`](crate::TapeModel): [`Fit::shards`] is for
    /// both. (On x86 CPUs without FMA, where products have other roundings, bits depend on the micro-batches.)
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> = (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let (mut whole, mut portions) = (Line::init(1), Line::init(1));
    /// fit(&mut whole, &data).batch_size(32).show(Show::Nothing).run()?;
    /// fit(&mut portions, &data).batch_size(32).micro_batches(5).show(Show::Nothing).run()?;
    /// assert_eq!(whole.parameters(), portions.parameters());
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Of [`Fit::run`]: if `rows` is 0, there are shards as well, or the model does not
    /// [allow it](crate::model::Model::check_micro_batches).
    pub fn micro_batches(mut self, rows: usize) -> Self {
        self.micro_batches = Some(rows);
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
}
