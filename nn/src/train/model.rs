//! What a trainer needs of whatever it trains.

use std::fmt::Debug;

use tensor::threads::Threads;
use tensor::{Buffer, Float};

pub use super::adapt::Adapted;
pub use super::network::{LossOf, NetworkWorkspace};
use super::preconditions::check_weighted;
pub use super::update::Update;
use crate::data::{Source, portions, weights_of};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::layer::Sums;
use crate::metric::{Metrics, check_not_empty};
use crate::network::check_adapted;
use crate::optim::Optimizer;
use crate::parameters::NamedTensor;
use crate::words::Words;

/// A model that can be trained: parameters in one flat buffer, the loss of a batch, and its gradient.
///
/// Every declared [`Network`](crate::Network) is one, by the static driver: forward, backward, gradient and update are
/// composed by the compiler, and the update follows each stretch of the gradient while that is in the cache. A model of
/// another kind says how it computes loss and gradient; the rest is provided.
///
/// A step goes through its methods in this order: [`differentiate`](Model::differentiate), then
/// [`update`](Model::update), which asks for the gradient, then [`update_state`](Model::update_state).
///
/// ```
/// use nn::model::{Batch, Model, Run};
/// use nn::{NamedTensor, Result, Sgd, Trainer};
///
/// /// y = a·x + b, with its gradient by hand.
/// struct Line([f32; 2]);
///
/// impl Model for Line {
///     type Float = f32;
///     type Input = f32;
///     type Target = f32;
///     type Loss = ();
///     type Workspace = [f32; 2];
///
///     fn tensors(&self) -> Vec<NamedTensor> {
///         vec![NamedTensor::new("slope", &[], 0), NamedTensor::new("intercept", &[], 1)]
///     }
///     fn flat(&self) -> &[f32] {
///         &self.0
///     }
///     fn flat_mut(&mut self) -> &mut [f32] {
///         &mut self.0
///     }
///     fn outputs(&self, inputs: &[f32], _: &nn::Threads) -> Vec<f32> {
///         inputs.iter().map(|x| self.0[0] * x + self.0[1]).collect()
///     }
///     fn differentiate(
///         &self,
///         batch: Batch<'_, Self>,
///         _: &mut (),
///         gradient: &mut [f32; 2],
///         _: &Run<'_>,
///     ) -> Result<f32> {
///         let (mut loss, rows) = (0.0, batch.inputs.len() as f32);
///         *gradient = [0.0; 2];
///         for (&x, &t) in batch.inputs.iter().zip(batch.targets) {
///             let error = self.0[0] * x + self.0[1] - t;
///             loss += error * error / rows;
///             gradient[0] += 2.0 * error * x / rows;
///             gradient[1] += 2.0 * error / rows;
///         }
///         Ok(loss)
///     }
///     fn gradient(&self, _: Batch<'_, Self>, found: &mut [f32; 2], gradient: &mut [f32]) {
///         gradient.copy_from_slice(found);
///     }
/// }
///
/// let mut line = Line([0.0, 0.0]);
/// let mut trainer = Trainer::new(Sgd::new(0.1));
/// for _ in 0..200 {
///     trainer.step(&mut line, &[0.0, 1.0], &[1.0, 3.0])?; // y = 2x + 1
/// }
/// assert!((line.0[0] - 2.0).abs() < 1e-2 && (line.0[1] - 1.0).abs() < 1e-2);
/// # Ok::<(), nn::Error>(())
/// ```
pub trait Model: Send + Sync {
    /// The number that parameters are made of.
    type Float: Float;
    /// What the inputs of a batch are a slice of: rows such as `[f32; 784]`, or their numbers.
    type Input: Copy + Send + Sync + 'static;
    /// What the targets of a batch are a slice of.
    type Target: Copy + Send + Sync + 'static;
    /// What is made small; the default is what the model is trained with unless another is chosen. `()` if the model
    /// has but one.
    type Loss: Default + Debug + Send;
    /// What [`differentiate`](Model::differentiate) keeps for the gradient; used again for the next batch.
    type Workspace: Default + Send;

    /// The tensors that the flat parameters consist of, in the order of their offsets.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// All parameters, gaps between tensors and what is not trained included.
    fn flat(&self) -> &[Self::Float];

    /// All parameters, to be changed.
    fn flat_mut(&mut self) -> &mut [Self::Float];

    /// The outputs for some inputs, row by row: `[rows, outputs]`.
    fn outputs(&self, inputs: &[Self::Input], threads: &Threads) -> Vec<Self::Float>;

    /// Whether an [encoder](crate::layer::encoder) stands in front. [`differentiate`](Model::differentiate) and
    /// [`gradient`](Model::gradient) then see rows that have been encoded, all other methods raw ones.
    fn encodes(&self) -> bool {
        false
    }

    /// Replaces raw rows by what the encoder makes of them.
    fn encode(&self, inputs: &mut Vec<Self::Input>, threads: &Threads) {
        let _ = (inputs, threads);
    }

    /// Has the encoder find what it needs from these rows, anew if it has found it before. [`fit`](crate::fit) calls it before
    /// the first step if nothing is [there](Model::check_adapted).
    ///
    /// # Errors
    ///
    /// If the model does not allow a row.
    fn find_encoding(
        &mut self,
        data: &dyn Source<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Result<Adapted> {
        let _ = (data, threads);
        Ok(Adapted::default())
    }

    /// Takes the names that the classes of its data have, if the model has a use for them. [`fit`](crate::fit) calls it before
    /// the first step, where the data have names.
    ///
    /// # Errors
    ///
    /// If there are not as many names as the model tells classes apart.
    fn take_class_names(&mut self, names: &Labels) -> Result<()> {
        let _ = names;
        Ok(())
    }

    /// Takes the words that stand in its data as fingerprints, and keeps those that its columns have a place for. [`fit`](crate::fit)
    /// calls it before the first step, where the data know them.
    fn take_words(&mut self, words: &Words) {
        let _ = words;
    }

    /// Takes the names of classes and the words that its data know.
    ///
    /// # Errors
    ///
    /// As [`Model::take_class_names`].
    fn take_names(&mut self, data: &dyn Source<Self::Input, Self::Target>) -> Result<()> {
        if let Some(words) = data.words() {
            self.take_words(words);
        }
        data.class_names().map_or(Ok(()), |names| self.take_class_names(names))
    }

    /// Refuses a model whose encoder has found nothing yet.
    ///
    /// # Errors
    ///
    /// If there is such an encoder.
    fn check_adapted(&self) -> Result<()> {
        match self.encodes() {
            false => Ok(()),
            true => check_adapted(&self.name(), &self.tensors(), self.flat()),
        }
    }

    /// Whether [`differentiate`](Model::differentiate) and [`validate`](Model::validate) look at the weights of rows. If not, data
    /// with weights are refused.
    fn weighs_rows(&self) -> bool {
        false
    }

    /// The largest rate of the model's dropout, if it has any, so that [`differentiate`](Model::differentiate) looks at
    /// [`Run::dropout`].
    fn dropout_rate(&self) -> Option<f64> {
        None
    }

    /// The share ε of the label smoothing of `loss`, if it has any, so that [`differentiate`](Model::differentiate) looks at
    /// [`Run::smoothing`].
    fn label_smoothing(&self, loss: &Self::Loss) -> Option<f64> {
        let _ = loss;
        None
    }

    /// What `loss` adds up of the weights of a batch: see [`Loss::weight_sums`](crate::loss::Loss::weight_sums).
    fn weight_sums(&self, batch: Batch<'_, Self>, loss: &Self::Loss, sums: &mut Vec<f64>) {
        let _ = (batch, loss, sums);
    }

    /// The mean loss of a batch. Keeps in `workspace` what [`gradient`](Model::gradient) needs.
    ///
    /// # Errors
    ///
    /// If inputs and targets do not fit. A loss that is not a finite number is for the trainer to refuse.
    fn differentiate(
        &self,
        batch: Batch<'_, Self>,
        loss: &mut Self::Loss,
        workspace: &mut Self::Workspace,
        run: &Run<'_>,
    ) -> Result<Self::Float>;

    /// The gradient of the loss that [`differentiate`](Model::differentiate) has found on this batch, in the order of
    /// [`flat`](Model::flat); zero in gaps and for what is not trained.
    fn gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [Self::Float],
    );

    /// Whether a batch may be passed through in [micro-batches](crate::Fit::micro_batches), with the bits of the whole batch.
    /// [`differentiate`](Model::differentiate) then sees a [whole](Run::whole) that goes on, and
    /// [`sum_gradient`](Model::sum_gradient) follows it. A network allows it unless it has batch norm.
    ///
    /// # Errors
    ///
    /// If not.
    fn check_micro_batches(&self) -> Result<()> {
        Err(Error::value(
            format!("micro-batches of {}", self.name()),
            "a model whose sums do not go on from one to the next",
            "a network, declared or read",
            "take `shards` in their place: parts of a batch whose gradients are added",
        ))
    }

    /// [`gradient`](Model::gradient) of a micro-batch: each sum over its rows begins with what `gradient` has, unless `sums`
    /// begin with these rows.
    fn sum_gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [Self::Float],
        sums: Sums,
    ) {
        let _ = (batch, workspace, gradient, sums);
        unreachable!("{}: a model that allows micro-batches has `sum_gradient`", self.name());
    }

    /// Changes the parameters by a rule and that gradient; whether all that is written is finite.
    ///
    /// A model may do it stretch by stretch, each as soon as its gradient is complete, since what becomes of one
    /// parameter depends on no other.
    fn update<O: Optimizer<Self::Float>>(
        &mut self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        update: Update<'_, Self::Float, O>,
    ) -> bool {
        let mut gradient = Buffer::stale(self.flat().len());
        self.gradient(batch, workspace, &mut gradient);
        update.apply(self.flat_mut(), &gradient)
    }

    /// Changes what is kept with the parameters but not trained by gradients, such as running means, by the batch that
    /// [`differentiate`](Model::differentiate) saw last.
    fn update_state(&mut self, workspace: &mut Self::Workspace) {
        let _ = workspace;
    }

    /// What messages call the model: the name of its type, unless it says otherwise.
    fn name(&self) -> String {
        let name = std::any::type_name::<Self>();
        let without_types = name.split('<').next().unwrap_or(name);
        without_types.rsplit("::").next().unwrap_or(name).to_owned()
    }

    /// What a file has of the model beside its tensors and its architecture, each text under a name: the words that it knows,
    /// mostly nothing.
    fn texts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// What the model is, for files: one of another architecture is another model. Its tensors with their shapes, unless
    /// it says otherwise.
    fn architecture(&self) -> String {
        let tensors = self.tensors();
        let texts = tensors.iter().map(|tensor| format!("{} {:?}", tensor.name, tensor.shape));
        texts.collect::<Vec<_>>().join(", ")
    }

    /// Refuses data that the model can neither learn from nor be judged by, before anything is trained. `which` data they
    /// are, for the message: nothing, or `validation ` with a space.
    ///
    /// # Errors
    ///
    /// If there are no rows, or some are not allowed.
    fn check_rows(
        &self,
        which: &str,
        data: &dyn Source<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Result<()> {
        let _ = threads;
        check_not_empty(which, data.len())
    }

    /// A number by which these data are known again where a training goes on: the same for the same rows in the same
    /// order, and hardly for others. `None` if the model does not know what its rows are made of.
    fn fingerprint(&self, data: &dyn Source<Self::Input, Self::Target>) -> Option<u64> {
        let _ = data;
        None
    }

    /// Refuses batches that the model cannot be trained with: of `batch_size` of so many `rows`, the last one of those
    /// that are left.
    ///
    /// # Errors
    ///
    /// If there is such a batch.
    fn check_batch_size(&self, rows: usize, batch_size: usize) -> Result<()> {
        let _ = (rows, batch_size);
        Ok(())
    }

    /// How many [inputs](Model::Input) and [targets](Model::Target) make a row: 1 and 1, unless they are the numbers of rows
    /// whose widths no type has.
    fn row_widths(&self) -> [usize; 2] {
        [1, 1]
    }

    /// Which of the `threads` work at a step of so many rows: those that gather the rows, too.
    fn step_threads(&self, rows: usize, threads: &Threads) -> Threads {
        let _ = rows;
        threads.clone()
    }

    /// How good the model is on data that it is not trained with. Unless the model says otherwise that is the mean loss,
    /// as [`differentiate`](Model::differentiate) finds it for portions of the rows.
    ///
    /// # Errors
    ///
    /// If the model does not allow a row, or the loss is not finite.
    fn validate(
        &self,
        data: &dyn Source<Self::Input, Self::Target>,
        loss: &mut Self::Loss,
        threads: &Threads,
    ) -> Result<Metrics> {
        /// Rows at a time.
        const PORTION: usize = 1024;
        check_weighted(self, "", data)?;
        self.check_rows("", data, threads)?;
        self.check_adapted()?;
        let mut encoded = Vec::new();
        let (mut workspace, mut sum) = (Self::Workspace::default(), 0.0);
        let run = Run::new(threads);
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        portions(data, threads, |mut start, inputs, targets| {
            for (inputs, targets) in inputs.chunks(PORTION).zip(targets.chunks(PORTION)) {
                let count = inputs.len();
                let inputs = encoded_rows(self, inputs, &mut encoded, threads);
                let weights = weights.get(start..start + count).unwrap_or_default();
                let batch = Batch { inputs, targets, weights };
                let portion = self.differentiate(batch, loss, &mut workspace, &run)?;
                sum += portion.as_f64() * count as f64;
                start += count;
            }
            Ok(())
        })?;
        Metrics { loss: sum / data.len() as f64, accuracy: None }.finite()
    }
}

/// Raw rows as the layers see them, in `room` if an encoder changes them.
pub(crate) fn encoded_rows<'r, M: Model + ?Sized>(
    model: &M,
    raw: &'r [M::Input],
    room: &'r mut Vec<M::Input>,
    threads: &Threads,
) -> &'r [M::Input] {
    if !model.encodes() {
        return raw;
    }
    room.clear();
    room.extend_from_slice(raw);
    model.encode(room, threads);
    room
}

/// Inputs and targets of the same samples.
#[derive(Debug)]
#[non_exhaustive]
pub struct Batch<'b, M: Model + ?Sized> {
    /// Row by row.
    pub inputs: &'b [M::Input],
    /// Row by row.
    pub targets: &'b [M::Target],
    /// How much each row counts, with a mean of 1 over the whole batch; empty if all count alike.
    pub weights: &'b [f64],
}

impl<M: Model + ?Sized> Clone for Batch<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model + ?Sized> Copy for Batch<'_, M> {}

/// What a pass through a batch depends on beside the batch: where and when it happens.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Run<'r> {
    /// Who computes.
    pub threads: &'r Threads,
    /// What random choices are made from.
    pub seed: u64,
    /// How many steps have been taken before.
    pub step: u64,
    /// Which row of the whole batch the first one is, where the batch is passed through in parts: random choices go by it.
    pub first_row: u64,
    /// What there is of the rows of the whole batch, where it is passed through in parts and the loss needs it.
    pub whole: Option<Whole<'r>>,
    /// What the rates of dropout are multiplied by, such that none is 1 or above: see
    /// [`Fit::dropout_schedule`](crate::Fit::dropout_schedule).
    pub dropout: f64,
    /// What the loss's label smoothing is multiplied by: see
    /// [`Fit::smoothing_schedule`](crate::Fit::smoothing_schedule).
    pub smoothing: f64,
}

impl<'r> Run<'r> {
    /// Through a whole batch, before the first step, with the seed 0.
    pub fn new(threads: &'r Threads) -> Self {
        Run { threads, seed: 0, step: 0, first_row: 0, whole: None, dropout: 1.0, smoothing: 1.0 }
    }
}

/// A batch whose parts are passed through one after the other.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Whole<'r> {
    /// How many rows it has.
    pub rows: usize,
    /// The sum of [`Model::weight_sums`] over its parts.
    pub sums: &'r [f64],
    /// Whether the parts are [micro-batches](Model::check_micro_batches), by which sums go on: gradients are divided by the rows
    /// of the whole batch, and the last part gives the mean loss of all of them. (What the parts before give is not looked at.)
    /// Otherwise each part is a batch with a mean of its own.
    pub goes_on: bool,
}

impl Whole<'_> {
    /// Where `rows` rows from `first` on stand among those whose losses have one mean, and how many these are.
    pub(crate) fn place(whole: Option<Self>, first: u64, rows: usize) -> (usize, usize) {
        match whole {
            Some(whole) if whole.goes_on => (first as usize, whole.rows),
            _ => (0, rows),
        }
    }
}
