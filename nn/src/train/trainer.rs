//! The training step: loss, gradient, update.

use std::fmt;
use std::ops::Range;

use num_traits::Float as _;
use tensor::threads::Threads;
use tensor::{Buffer, Float as _};

use super::clip::{Bound, Clip, Clipping};
use super::failure::Failure;
use super::groups::Groups;
use super::memory::Memory;
use super::micro_batches::MicroBatches;
use super::model::{Batch, Model, Run, encoded_rows};
use super::network::LossOf;
use super::preconditions::check_weighs;
use super::schedules::{Scaling, Setting};
use super::shards::{Shards, check_shards};
use super::update::Update;
use crate::data::{Source, normalize};
use crate::error::{Error, Result};
use crate::loss::TrainedWith;
use crate::metric::Metrics;
use crate::network::Network;
use crate::optim::{MOST_MEMORY, Optimizer, Step};
use crate::parameters::all_finite;

/// Trains a [`Model`], such as a network, step by step. It owns the memory for a batch, the
/// gradient, and the optimizer's state. [`fit`](crate::fit) uses it; a custom training loop can,
/// too.
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
    pub(crate) loss: M::Loss,
    pub(super) threads: Threads,
    clip: Option<Clipping<M::Float>>,
    pub(super) groups: Groups,
    /// Set if batches are computed in shards.
    pub(super) shards: Option<Shards<M>>,
    /// Set if batches are passed through in micro-batches.
    pub(super) micro_batches: Option<MicroBatches<M>>,
    pub(super) workspace: M::Workspace,
    /// Buffer for encoded rows.
    encoded: Vec<M::Input>,
    /// Buffer for the weights of rows.
    weights: Vec<f64>,
    pub(super) gradient: Buffer<M::Float>,
    /// `Some` from the first step on.
    pub(super) memory: Option<Memory<M::Float>>,
    pub(super) seed: u64,
    pub(super) steps: u64,
    pub(super) rate: f64,
    /// Factors on settings other than the learning rate, once one has been set.
    scaling: Option<Scaling<M, O>>,
    /// Whether the workspace holds a batch whose running state is not yet written to the model.
    pub(super) has_state_to_come: bool,
    /// Whether the last pass has computed the gradient already, as a pass in parts does.
    has_gradient: bool,
    /// Whether a step was begun but not completed.
    pub(super) is_broken: bool,
}

impl<M: Model, O: Optimizer<M::Float>> Trainer<M, O> {
    /// Creates a trainer that computes with all threads of the process.
    pub fn new(optimizer: O) -> Self {
        Self::with_loss(optimizer, M::Loss::default())
    }

    /// [`Trainer::new`] with the given loss.
    pub(super) fn with_loss(optimizer: O, loss: M::Loss) -> Self {
        const {
            assert!(
                O::MEMORY.len() <= MOST_MEMORY,
                "an optimizer stores at most MOST_MEMORY numbers"
            )
        };
        Trainer {
            optimizer,
            loss,
            threads: Threads::all(),
            clip: None,
            groups: Groups::default(),
            shards: None,
            micro_batches: None,
            workspace: M::Workspace::default(),
            encoded: Vec::new(),
            weights: Vec::new(),
            gradient: Buffer::zeroed(0),
            memory: None,
            seed: 0,
            steps: 0,
            rate: 1.0,
            scaling: None,
            has_state_to_come: false,
            has_gradient: false,
            is_broken: false,
        }
    }

    /// Sets the threads to compute with.
    #[must_use]
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = threads.clone();
        self
    }

    /// Sets the seed of random choices, such as dropout masks; the default is 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Bounds the gradient of each step. [`Trainer::apply`] does not clip.
    #[must_use]
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(Clipping::new(clip));
        self
    }

    /// Sets layers that are trained differently from the rest.
    #[must_use]
    pub fn groups(mut self, groups: Groups) -> Self {
        self.groups = groups;
        self
    }

    /// Divides each batch into `shards` parts, a power of two, and adds their gradients as in a
    /// balanced binary tree: see [`Fit::shards`](crate::Fit::shards).
    #[must_use]
    pub fn shards(mut self, shards: usize) -> Self {
        self.shards = Some(Shards::new(shards));
        self
    }

    /// Passes each batch through the model in micro-batches of at most `rows` rows, with the bits
    /// of the whole batch: see [`Fit::micro_batches`](crate::Fit::micro_batches).
    ///
    /// ```
    /// use nn::{Network, Sgd, Trainer, network};
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let rows: Vec<[f32; 1]> = (0..10).map(|i| [i as f32 / 10.0]).collect();
    /// let (mut whole, mut portions) = (Line::init(3), Line::init(3));
    /// Trainer::new(Sgd::new(0.1)).step(&mut whole, &rows, &rows)?;
    /// Trainer::new(Sgd::new(0.1)).micro_batches(4).step(&mut portions, &rows, &rows)?;
    /// assert_eq!(whole.parameters(), portions.parameters());
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[must_use]
    pub fn micro_batches(mut self, rows: usize) -> Self {
        self.micro_batches = Some(MicroBatches::new(rows));
        self
    }

    /// Number of steps taken.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Sets a factor on the learning rate of the next steps, such as one from a
    /// [`schedule`](crate::schedule). A factor that is negative or not finite is an error of the
    /// next step.
    pub fn set_rate(&mut self, rate: f64) {
        self.rate = rate;
    }

    /// Sets a factor on the weight decay of the next steps; the optimizer must have one. A factor
    /// that is negative or not finite is an error of the next step.
    pub fn set_decay(&mut self, factor: f64) {
        self.set_factor(Setting::Decay, factor);
    }

    /// Sets a factor on the momentum of the next steps (β₁ for optimizers of Adam's kind); the
    /// optimizer must have one. A factor that makes it 1 or more is an error of the next step.
    pub fn set_momentum(&mut self, factor: f64) {
        self.set_factor(Setting::Momentum, factor);
    }

    /// Sets a factor on the dropout rates of the next steps; the model must have dropout. A factor
    /// that makes a rate 1 or more is an error of the next step.
    pub fn set_dropout(&mut self, factor: f64) {
        self.set_factor(Setting::Dropout, factor);
    }

    /// Sets a factor on the loss's label smoothing in the next steps, but not in
    /// [`Trainer::evaluate`]; the loss must have label smoothing. A factor that makes it more than
    /// 1 is an error of the next step.
    pub fn set_smoothing(&mut self, factor: f64) {
        self.set_factor(Setting::Smoothing, factor);
    }

    pub(super) fn set_factor(&mut self, setting: Setting, factor: f64) {
        self.scaling.get_or_insert_with(Scaling::new).factors.set(setting, factor);
    }

    /// The gradient of the last [`Trainer::differentiate`]: flat, in the order of [`Model::flat`].
    /// Empty before the first. A step of an optimizer that needs [whole
    /// tensors](Optimizer::WHOLE_TENSORS) overwrites it with the step's own gradient.
    pub fn gradient(&self) -> &[M::Float] {
        let len = self.memory.as_ref().map_or(0, |memory| memory.len);
        // Batches in parts leave additional data after the gradient.
        if self.shards.is_some() && self.gradient.len() > len {
            &self.gradient[..len]
        } else {
            &self.gradient
        }
    }

    /// Takes one step on a batch: changes the parameters and returns the mean loss before the step.
    ///
    /// Allocates only in the first step and when a batch is larger than every one before it.
    ///
    /// # Errors
    ///
    /// With unchanged parameters: if there are not as many targets as inputs, or too few for the
    /// network's layers, a setting of the optimizer is out of range, or the loss is not a finite
    /// number.
    ///
    /// Also if the model is not the one of the previous steps. If the step itself produces numbers
    /// that are not finite, the parameters are lost, and the message says so.
    pub fn step(
        &mut self,
        model: &mut M,
        inputs: &[M::Input],
        targets: &[M::Target],
    ) -> Result<M::Float> {
        self.step_weighted(model, inputs, targets, &[])
    }

    /// [`Trainer::step`] with a weight for each row: the loss is Σ wᵢ·lᵢ / Σ wᵢ. Without weights,
    /// all rows count the same.
    ///
    /// ```
    /// use nn::{Network, Sgd, Trainer, network};
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let mut line = Line::init(3);
    /// let mut trainer = Trainer::new(Sgd::new(0.1));
    /// for _ in 0..200 {
    ///     // y = 2x + 1, and a row that does not count
    ///     trainer.step_weighted(
    ///         &mut line,
    ///         &[[0.0], [1.0], [2.0]],
    ///         &[[1.0], [3.0], [90.0]],
    ///         &[1.0, 1.0, 0.0],
    ///     )?;
    /// }
    /// assert!((line.predict(&[2.0])[0] - 5.0).abs() < 1e-2);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Trainer::step`]; also if there are not as many weights as rows, a weight is negative or
    /// not finite, or the model does not support [row weights](Model::weighs_rows).
    pub fn step_weighted(
        &mut self,
        model: &mut M,
        inputs: &[M::Input],
        targets: &[M::Target],
        weights: &[f64],
    ) -> Result<M::Float> {
        let count = inputs.len() / model.row_widths()[0];
        let mut room = self.normalized(model, weights, count)?;
        let mut encoded = self.encode(model, inputs)?;
        let inputs = if model.encodes() { &encoded } else { inputs };
        let stepped = self.try_step(model, Batch { inputs, targets, weights: &room }, count);
        std::mem::swap(&mut self.encoded, &mut encoded);
        std::mem::swap(&mut self.weights, &mut room);
        stepped.map_err(Failure::in_a_step)
    }

    /// The weights of `rows` rows, scaled to a mean of 1, in the buffer taken from `self`.
    fn normalized(&mut self, model: &M, weights: &[f64], rows: usize) -> Result<Vec<f64>> {
        let mut room = std::mem::take(&mut self.weights);
        room.clear();
        if weights.is_empty() {
            return Ok(room);
        }
        check_weighs(model)?;
        let wrong = weights.iter().find(|&&weight| !(weight >= 0.0 && weight.is_finite()));
        if weights.len() != rows || wrong.is_some() {
            return Err(Error::value(
                "weights of a batch",
                wrong.map_or(format!("{} weights", weights.len()), |wrong| wrong.to_string()),
                format!("{rows} finite numbers from 0, one for each row"),
                "give the weights in the order of the rows",
            ));
        }
        room.extend_from_slice(weights);
        normalize(&mut room);
        Ok(room)
    }

    /// Rows encoded for the layers, if the model has an encoder, in the buffer taken from `self`.
    fn encode(&mut self, model: &M, inputs: &[M::Input]) -> Result<Vec<M::Input>> {
        model.check_adapted()?;
        let mut encoded = std::mem::take(&mut self.encoded);
        let _the_same = encoded_rows(model, inputs, &mut encoded, &self.threads);
        Ok(encoded)
    }

    /// Returns the mean loss on a batch, as the next step would compute it. Its gradient is then in
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
        self.differentiate_weighted(model, inputs, targets, &[])
    }

    /// [`Trainer::differentiate`] with a weight for each row, as in [`Trainer::step_weighted`].
    ///
    /// # Errors
    ///
    /// As [`Trainer::step_weighted`].
    pub fn differentiate_weighted(
        &mut self,
        model: &M,
        inputs: &[M::Input],
        targets: &[M::Target],
        weights: &[f64],
    ) -> Result<M::Float> {
        let count = inputs.len() / model.row_widths()[0];
        let mut room = self.normalized(model, weights, count)?;
        let mut encoded = self.encode(model, inputs)?;
        let inputs = if model.encodes() { &encoded } else { inputs };
        let batch = Batch { inputs, targets, weights: &room };
        if self.shards.is_some() || self.micro_batches.is_some() {
            self.prepare(model)?;
        }
        let loss = self.pass(model, batch, count).map_err(Failure::in_a_step)?;
        self.compute_gradient(model, batch);
        std::mem::swap(&mut self.encoded, &mut encoded);
        std::mem::swap(&mut self.weights, &mut room);
        Ok(loss)
    }

    /// Takes one step with any gradient, such as a [`Trainer::gradient`] that has been clipped, or
    /// the mean of several.
    ///
    /// State that is not trained by gradients, such as the running means of batch norm, is updated
    /// once, from the last batch passed to [`Trainer::differentiate`]. If the gradients of several
    /// batches are added, that is the last of them.
    ///
    /// ```
    /// use nn::{Network, Sgd, Trainer, network};
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// // Two halves of a batch, then one step with a gradient of length 1 at most.
    /// let mut line = Line::init(3);
    /// let mut trainer = Trainer::new(Sgd::new(0.1));
    /// let mut mean = vec![0.0; line.parameters().as_slice().len()];
    /// for (x, t) in [([[0.0]], [[1.0]]), ([[1.0]], [[3.0]])] {
    ///     trainer.differentiate(&line, &x, &t)?;
    ///     mean.iter_mut().zip(trainer.gradient()).for_each(|(mean, g)| *mean += g / 2.0);
    /// }
    /// let length = mean.iter().map(|g| g * g).sum::<f32>().sqrt();
    /// mean.iter_mut().for_each(|g| *g /= length.max(1.0));
    /// trainer.apply(&mut line, &mean)?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the gradient is not as long as [`Model::flat`], or not finite; the parameters are then
    /// unchanged. Otherwise as [`Trainer::step`].
    pub fn apply(&mut self, model: &mut M, gradient: &[M::Float]) -> Result<()> {
        self.prepare(model)?;
        let len = model.flat().len();
        if gradient.len() != len {
            let expected = format!("{len}, one for each parameter");
            let advice = "use one laid out as that of `Trainer::gradient`";
            return Err(Error::value(
                "gradient",
                format!("{} numbers", gradient.len()),
                expected,
                advice,
            ));
        }
        if !all_finite(gradient) {
            let wrong = gradient.iter().enumerate().find(|(_, g)| !g.is_finite());
            let (index, found) = wrong.unwrap_or((0, &gradient[0]));
            let advice =
                "the parameters are unchanged by this step; check how the gradient was changed";
            return Err(Error::diverged(
                format!("gradient of parameter {index}"),
                found.to_string(),
                advice,
            ));
        }
        self.change(model, |model, _, update| update.apply(model.flat_mut(), gradient))
            .map_err(Failure::in_a_step)
    }

    /// Evaluates `model` on `data` with this trainer's loss and threads; for a network, loss and
    /// accuracy.
    ///
    /// # Errors
    ///
    /// As [`Model::validate`].
    pub fn evaluate(
        &mut self,
        model: &M,
        data: &dyn Source<M::Input, M::Target>,
    ) -> Result<Metrics> {
        match &mut self.shards {
            Some(shards) => shards.validate(model, data, &mut self.loss, &self.threads),
            None => model.validate(data, &mut self.loss, &self.threads),
        }
    }

    /// [`Trainer::step`] on encoded rows; on failure the caller decides what happens to the model.
    /// `rows` is the size of the whole batch; a rank of several only needs its own rows.
    pub(super) fn try_step(
        &mut self,
        model: &mut M,
        batch: Batch<'_, M>,
        rows: usize,
    ) -> std::result::Result<M::Float, Failure> {
        self.prepare(model)?;
        let loss = self.pass(model, batch, rows)?;
        // An optimizer that takes slices updates each as soon as its gradient is complete.
        // Clipping, or an optimizer that takes whole tensors, needs the complete gradient.
        let ascent = self.optimizer.ascent();
        if self.clip.is_none() && !O::WHOLE_TENSORS && ascent.is_none() && !self.has_gradient {
            self.change(model, |model, workspace, update| model.update(batch, workspace, update))?;
            return Ok(loss);
        }
        self.compute_gradient(model, batch);
        if let Some(ascent) = ascent {
            self.climb(model, batch, rows, ascent)?;
        }
        let mut gradient = std::mem::replace(&mut self.gradient, Buffer::zeroed(0));
        let mut bound = Bound::None;
        if let (Some(clip), Some(memory)) = (&self.clip, &self.memory) {
            // Frozen tensors have no gradient and do not count in its norm.
            let frozen = memory.tensors.iter().filter(|tensor| !tensor.trained);
            frozen.for_each(|tensor| gradient[tensor.range()].fill(M::Float::of(0.0)));
            let gradient = &mut gradient[..memory.len];
            bound = (clip.bound)(&clip.clip, gradient, &memory.tensors, &self.threads);
        }
        let changed = self.change(model, |model, _, update| {
            update.apply_bounded(model.flat_mut(), &mut gradient, bound)
        });
        self.gradient = gradient;
        changed?;
        Ok(loss)
    }

    /// The rows of a batch that this trainer needs: all, unless several ranks share the batch.
    pub(super) fn own_rows(&self, rows: usize) -> Range<usize> {
        self.shards.as_ref().map_or(0..rows, |shards| shards.own_rows(rows))
    }

    /// Makes this rank take its next steps alone, or together with the others again.
    pub(super) fn set_apart(&mut self, is_apart: bool) {
        if let Some(shards) = &mut self.shards {
            shards.is_apart = is_apart;
        }
    }

    /// The optimizer's state, slot by slot.
    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut [M::Float]> {
        let slots = self.memory.as_mut().map(|memory| memory.slots.iter_mut());
        slots.into_iter().flatten().map(|slot| &mut slot[..])
    }

    /// Computes the gradient of the batch that was passed through last.
    pub(super) fn compute_gradient(&mut self, model: &M, batch: Batch<'_, M>) {
        if self.has_gradient {
            return;
        }
        let len = model.flat().len();
        if self.gradient.len() != len {
            self.gradient = Buffer::zeroed(len);
        }
        model.gradient(batch, &mut self.workspace, &mut self.gradient);
    }

    /// Checks all settings, as the first step does.
    pub(super) fn check(&self) -> Result<()> {
        self.clip.iter().try_for_each(|clip| clip.clip.check())?;
        self.shards.iter().try_for_each(|shards| check_shards(shards.count))?;
        self.optimizer.check()
    }

    /// The factor on a setting.
    fn factor(&self, setting: Setting) -> f64 {
        self.scaling.as_ref().map_or(1.0, |scaling| scaling.factors.of(setting))
    }

    /// Checks that the optimizer's state is finite.
    pub(super) fn check_memory(&self) -> std::result::Result<(), Failure> {
        match self.memory.as_ref().and_then(|memory| memory.first_wrong(O::MEMORY)) {
            Some((what, found)) => {
                let found = format!("{found} after step {}", self.steps);
                Err(Failure::Diverged { what, found, written: true })
            }
            None => Ok(()),
        }
    }

    pub(super) fn pass(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
    ) -> std::result::Result<M::Float, Failure> {
        let (seed, step) = (self.seed, self.steps);
        let dropout = self.factor(Setting::Dropout);
        let smoothing = self.factor(Setting::Smoothing);
        let run = Run { seed, step, dropout, smoothing, ..Run::new(&self.threads) };
        let micro_batches = self.micro_batches.as_mut().filter(|portions| portions.divides(rows));
        self.has_gradient = self.shards.is_some() || micro_batches.is_some();
        let loss = match (&mut self.shards, &self.memory, micro_batches) {
            (Some(shards), Some(memory), _) => {
                let how = (&mut self.loss, &run, &memory.kept[..]);
                shards.differentiate(model, batch, rows, how, &mut self.gradient)?
            }
            (_, _, Some(portions)) => {
                let how = (&mut self.loss, &run, &mut self.workspace);
                portions.differentiate(model, batch, rows, how, &mut self.gradient)?
            }
            _ => model.differentiate(batch, &mut self.loss, &mut self.workspace, &run)?,
        };
        if !loss.is_finite() {
            return Err(Failure::loss(loss, self.steps + 1));
        }
        self.has_state_to_come = true;
        Ok(loss)
    }

    /// The second half of a step: `change` changes the parameters, then the running state is
    /// updated.
    fn change(
        &mut self,
        model: &mut M,
        change: impl FnOnce(&mut M, &mut M::Workspace, Update<'_, M::Float, O>) -> bool,
    ) -> std::result::Result<(), Failure> {
        let decay = self.factor(Setting::Decay);
        let Some(memory) = &mut self.memory else { return Ok(()) };
        memory.set_decay(decay);
        let scaled = self.scaling.as_ref().and_then(|scaling| scaling.rule(&self.optimizer));
        self.is_broken = true;
        self.steps += 1;
        let update = Update {
            rule: scaled.as_ref().unwrap_or(&self.optimizer),
            step: Step::new(self.steps).rate(self.rate),
            memory: memory.slots.each_mut().map(|slot| &mut slot[..]),
            tensors: &memory.tensors,
            has_groups: memory.has_groups,
            threads: &self.threads,
        };
        let is_finite = change(model, &mut self.workspace, update);
        if std::mem::take(&mut self.has_state_to_come) {
            memory.update_state(model, &mut self.workspace, &mut self.shards, &self.threads);
        }
        let mut state = memory.state.iter();
        if !is_finite || !state.all(|state| all_finite(&model.flat()[state.clone()])) {
            return Err(Failure::written(model, memory, O::MEMORY, self.steps));
        }
        self.is_broken = false;
        Ok(())
    }

    /// Allocates the optimizer's state for this model, and checks that a step can be taken.
    pub(super) fn prepare(&mut self, model: &M) -> Result<()> {
        if self.is_broken {
            return Err(Error::value(
                "trainer",
                format!("step {}, which was not completed", self.steps),
                "all previous steps complete",
                "a part of the parameters may have changed: go back to a copy of the network, and \
                 to a state of the trainer by `restore`, or make a new trainer",
            ));
        }
        if !(self.rate >= 0.0 && self.rate.is_finite()) {
            return Err(Error::value(
                "factor on the learning rate",
                format!("{} at step {}", self.rate, self.steps + 1),
                "a finite number from 0",
                "correct the schedule",
            ));
        }
        if let Some(scaling) = &mut self.scaling {
            scaling.check(model, &self.loss, &self.optimizer, self.steps)?;
        }
        let len = model.flat().len();
        match &self.memory {
            Some(memory) if memory.len == len => Ok(()),
            Some(memory) if self.steps > 0 => Err(Error::value(
                "model",
                format!("{len} parameters"),
                format!("{}, as in the steps before", memory.len),
                "use a separate trainer for each model",
            )),
            _ => {
                self.check()?;
                let has_shards = self.shards.is_some();
                self.micro_batches
                    .iter()
                    .try_for_each(|portions| portions.check(model, has_shards))?;
                self.memory = Some(Memory::of::<M, O>(model, &self.groups)?);
                Ok(())
            }
        }
    }
}

impl<N: Network, O: Optimizer<N::Float>> Trainer<N, O> {
    /// Sets the [`loss`](crate::loss), which must fit the network's head.
    #[must_use]
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = LossOf::new(loss);
        self
    }
}

/// Shows the optimizer, the loss and the number of steps, not the parameters.
impl<M: Model, O: fmt::Debug> fmt::Debug for Trainer<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("optimizer", &self.optimizer)
            .field("loss", &self.loss)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}
