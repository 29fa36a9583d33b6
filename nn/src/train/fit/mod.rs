//! The training loop: epochs of shuffled mini-batches, with validation and reports.

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

/// Configures a training of `model`, such as a network, on `data`. [`Fit::run`] starts it.
///
/// The defaults are 10 epochs, batches of 64 rows and Adam with a learning rate of 1e-3.
///
/// ```
/// use nn::data::{Class, Dataset};
/// use nn::{Show, fit, network};
///
/// network! { pub struct Xor(dense(2 -> 8, tanh), dense(2, softmax)); }
///
/// let inputs = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let data = Dataset::new(inputs, Class::<2>::from_labels(&[0, 1, 1, 0])?)?;
/// let mut xor = Xor::init(1);
/// let report = fit(&mut xor, &data)
///     .epochs(200)
///     .batch_size(4)
///     .learning_rate(0.05)
///     .show(Show::Nothing)
///     .run()?;
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

/// A training run that is configured but not started; see [`fit`].
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
    /// The file to write the trained model to, with a record of how it was trained.
    pub(super) saves_to: Option<PathBuf>,
    adapts_again: bool,
    #[cfg(all(feature = "ctrlc", any(unix, windows)))]
    stops_on_ctrl_c: bool,
}

/// Shows the network and the settings, not the data.
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
    /// Sets the learning rate of the optimizer.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.optimizer.set_learning_rate(learning_rate);
        self
    }
}

impl<N: Network, O> Fit<'_, N, O> {
    /// Sets the [`loss`](crate::loss), which must fit the network's head. Validation uses it, too.
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::loss::cross_entropy;
    /// use nn::{Show, fit, network};
    ///
    /// network! { pub struct Rare(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(
    ///     vec![[0.0], [1.0], [1.0], [1.0]],
    ///     Class::<2>::from_labels(&[0, 1, 0, 1])?,
    /// )?;
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

/// Settings per layer; the compiler checks the layers' names.
impl<N: Network + Layered, O> Fit<'_, N, O> {
    /// Multiplies the learning rate of each layer by a factor.
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

    /// Multiplies the weight decay of each layer by a factor. The optimizer must have a weight
    /// decay.
    pub fn decay(self, factor: impl Fn(N::Layer) -> f64) -> Self {
        self.by_layer(|groups, name, layer| groups.decay(name, factor(layer)))
    }

    /// Freezes layers: their parameters and running means do not change.
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
    /// Sets the validation data: the model is not trained on them, but evaluated on them after
    /// every epoch.
    pub fn validation(mut self, data: &'a dyn Source<M::Input, M::Target>) -> Self {
        self.validation = Some(data);
        self
    }

    /// Sets the optimizer.
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

    /// Sets the number of epochs: how often every row is visited.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets the number of rows per step. The last batch of an epoch has the rows that are left.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows;
        self
    }

    /// Sets the seed of the shuffling and of dropout. (The initial weights come from the network's
    /// own seed.)
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the threads to compute with; the default is all threads of the process. They change the
    /// time, not the result.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// Sets the learning-rate schedule: a function from the fraction of the training completed, 0
    /// to 1, to a factor on the learning rate. [`schedule`](crate::schedule) has the usual ones.
    pub fn schedule(mut self, schedule: impl Fn(f64) -> f64 + Send + 'static) -> Self {
        self.schedule = Box::new(schedule);
        self
    }

    /// Stops when none of the last `patience` epochs was better than the best epoch before them,
    /// and restores the network of the best epoch. Epochs are compared by the loss on the
    /// validation data, unless another [goal](Fit::goal) is set.
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Curve(dense(1 -> 32, tanh), dense(1)); }
    ///
    /// let all: Dataset<_, _> =
    ///     (0..60).map(|i| i as f32 / 30.0).map(|x| ([x], [x.sin()])).collect();
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

    /// Restores the network of the best epoch at the end, instead of returning that of the last.
    /// Epochs are compared by the loss on the validation data, unless another [goal](Fit::goal) is
    /// set.
    pub fn keep_best(mut self) -> Self {
        self.decisions.keeps_best = true;
        self
    }

    /// Multiplies the learning rate by `factor` each time none of the last `patience` epochs was
    /// better than the best epoch before them.
    pub fn reduce_on_plateau(mut self, patience: usize, factor: f64) -> Self {
        self.decisions.plateau = Some(Plateau { patience, factor });
        self
    }

    /// Sets the criterion that decides which of two epochs is better.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.decisions.goal = Some(goal);
        self
    }

    /// Adds a measure that is computed after every epoch, on the model at the end of that epoch. It
    /// appears in the reports and in the display, and a [`Goal`] may use it.
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

    /// Bounds the gradient of each step.
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// Sets layers, by name, that are trained differently from the rest. For a declared network see
    /// [`Fit::rate`], [`Fit::decay`] and [`Fit::freeze`], whose names the compiler checks. If both
    /// are used, the later setting wins.
    pub fn groups(mut self, groups: Groups) -> Self {
        self.groups = self.groups.and(groups);
        self
    }

    /// Divides each batch into `shards` parts, a power of two, and adds their gradients pair by
    /// pair as in a balanced binary tree. This is the order in which [several
    /// ranks](Fit::distributed) add theirs, so that one rank alone computes the same bits as all of
    /// them.
    ///
    /// Part i of S of n rows has the rows from ⌊i·n/S⌋ to ⌊(i+1)·n/S⌋, and is weighted by its
    /// fraction of the rows. Batch norm uses the mean and the variance of each part separately, and
    /// its running statistics follow the mean over the parts. Weights of rows and of classes are
    /// divided by their sum over the whole batch. Validation data are evaluated in as many parts.
    /// (With several heads whose losses weight classes, a part of the validation data is divided by
    /// the weights in it.)
    ///
    /// Only one part is passed through the network at a time, so that activations need memory for
    /// one part only.
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> =
    ///     (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let mut line = Line::init(1);
    /// fit(&mut line, &data).batch_size(16).shards(8).show(Show::Nothing).run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn shards(mut self, shards: usize) -> Self {
        self.shards = Some(shards);
        self
    }

    /// Passes each batch through the model in micro-batches of at most `rows` rows. Activations
    /// then need memory for one micro-batch only. The bits are those of the whole batch: each sum
    /// over the rows continues from one micro-batch to the next, losses are divided by the number
    /// of all rows, and weights of rows and of classes by their sums over all rows. Any number of
    /// rows is allowed. The rows themselves are in memory for a whole batch.
    ///
    /// Not for batch norm, whose statistics are over all rows of a batch, nor for a
    /// [`TapeModel`](crate::TapeModel): use [`Fit::shards`] for both. (On x86 CPUs without FMA,
    /// where products are rounded differently, bits depend on the micro-batches.)
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> =
    ///     (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let (mut whole, mut portions) = (Line::init(1), Line::init(1));
    /// fit(&mut whole, &data).batch_size(32).show(Show::Nothing).run()?;
    /// fit(&mut portions, &data).batch_size(32).micro_batches(5).show(Show::Nothing).run()?;
    /// assert_eq!(whole.parameters(), portions.parameters());
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Fit::run`] fails if `rows` is 0, shards are set as well, or the model does not [allow
    /// it](crate::model::Model::check_micro_batches).
    pub fn micro_batches(mut self, rows: usize) -> Self {
        self.micro_batches = Some(rows);
        self
    }

    /// Trains together with the other ranks of this world. Each rank computes its parts of every
    /// batch (8 parts unless [`Fit::shards`] sets another number), and reads only the rows of these
    /// parts. Every rank must use the same data, settings and initial weights; otherwise the
    /// training is refused with a message that says what differs. All ranks end with the same
    /// model: that of `shards` on one machine, to the last bit, regardless of the number of ranks
    /// and threads.
    ///
    /// Only rank 0 displays progress, writes files, and calls observers and measures; its decisions
    /// apply to all ranks.
    ///
    /// The package `nn-mpi` provides the world of a program started by `mpirun`;
    /// [`distributed::threads`](crate::distributed::threads) provides one to try.
    ///
    /// # Errors
    ///
    /// [`Fit::run`] fails if the number of ranks is not a power of two, or exceeds the number of
    /// parts. An error of one rank is an error of all.
    pub fn distributed(mut self, world: &impl AsRef<World>) -> Self {
        self.world = Some(world.as_ref().clone());
        self
    }

    /// Averages the parameters over the steps; the average is validated and returned in their
    /// place.
    pub fn average(mut self, average: Average) -> Self {
        self.average = Some(average);
        self
    }

    /// Saves checkpoints in a directory after each epoch, and resumes from the last one if there is
    /// one. A resumed training gives the same bits as one that was never interrupted, regardless of
    /// when it was killed. [`Checkpoints`] has settings.
    ///
    /// If the directory belongs to a training with another model, other data or other settings, the
    /// error says what differs. More epochs are allowed if the schedule gives the same factors for
    /// the steps so far, as a constant one does. A checkpoint that cannot be written does not stop
    /// the training.
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::Dataset;
    /// use nn::prelude::*;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let directory = std::env::temp_dir().join(format!("line-{}", std::process::id()));
    /// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
    /// let train = |epochs| {
    ///     let mut line = Line::init(1);
    ///     let fit =
    ///         fit(&mut line, &data).epochs(epochs).checkpoint(&directory).show(Show::Nothing);
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

    /// Ends the training after the current step when Ctrl-C is pressed or the process receives a
    /// request to terminate. The trained parameters are retained, a [checkpoint](Fit::checkpoint)
    /// is written if checkpoints are on, and the display shows the command that resumes the
    /// training. A second Ctrl-C ends the program at once. (Requires the feature `ctrlc`.)
    ///
    /// If the program already has a handler, or was started so that it ignores such signals (by
    /// `nohup`, or in the background of a script), that remains in effect, and the display says so.
    #[cfg(all(feature = "ctrlc", any(unix, windows)))]
    pub fn stop_on_ctrl_c(mut self) -> Self {
        self.stops_on_ctrl_c = true;
        self
    }

    /// Fits the encoder at the front of the network to these rows even if it is fitted already, as
    /// for fine-tuning on rows of another kind. Otherwise a fitted encoder is unchanged. (A
    /// training that resumes from a [checkpoint](Fit::checkpoint) uses the encoder it began with.)
    pub fn adapt_again(mut self) -> Self {
        self.adapts_again = true;
        self
    }

    /// Sets what is shown on standard error during training.
    pub fn show(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    /// Adds an observer, which watches the training and may stop it: see [`Observer`]. The display
    /// is called first, then all observers in the order in which they were added.
    pub fn observe(mut self, observer: impl Observer<M> + Send + 'a) -> Self {
        self.observers.push(Box::new(observer));
        self
    }
}
