//! The interface between a trainer and the models it trains.

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

/// A model that can be trained: parameters in one flat buffer, the loss of a batch, and its
/// gradient.
///
/// Every declared [`Network`](crate::Network) is one, by the static driver: the compiler composes
/// forward pass, backward pass, gradient and update, and each slice of parameters is updated while
/// its gradient is in the cache. A custom model implements the loss and the gradient; the other
/// methods have defaults.
///
/// A step calls its methods in this order: [`differentiate`](Model::differentiate), then
/// [`update`](Model::update), which computes the gradient, then
/// [`update_state`](Model::update_state).
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
    /// The number type of the parameters.
    type Float: Float;
    /// Element of a batch's inputs: a row such as `[f32; 784]`, or a single number of a row.
    type Input: Copy + Send + Sync + 'static;
    /// Element of a batch's targets.
    type Target: Copy + Send + Sync + 'static;
    /// The loss to minimize; the default is used unless another is set. `()` if the model has only
    /// one.
    type Loss: Default + Debug + Send;
    /// Values that [`differentiate`](Model::differentiate) saves for the gradient; reused for the
    /// next batch.
    type Workspace: Default + Send;

    /// The tensors that the flat parameters consist of, in the order of their offsets.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// All parameters, including gaps between tensors and values that are not trained.
    fn flat(&self) -> &[Self::Float];

    /// All parameters, mutable; layout as in [`flat`](Model::flat).
    fn flat_mut(&mut self) -> &mut [Self::Float];

    /// The outputs for some inputs, row by row: `[rows, outputs]`.
    fn outputs(&self, inputs: &[Self::Input], threads: &Threads) -> Vec<Self::Float>;

    /// Whether the model begins with an [encoder](crate::layer::encoder). If so,
    /// [`differentiate`](Model::differentiate) and [`gradient`](Model::gradient) receive encoded
    /// rows, all other methods raw rows.
    fn encodes(&self) -> bool {
        false
    }

    /// Replaces raw rows with encoded ones.
    fn encode(&self, inputs: &mut Vec<Self::Input>, threads: &Threads) {
        let _ = (inputs, threads);
    }

    /// Fits the encoder to these rows, again if it is fitted already. [`fit`](crate::fit) calls it
    /// before the first step if the encoder is not [fitted](Model::check_adapted).
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

    /// Sets the class names of the data, if the model uses them. [`fit`](crate::fit) calls it
    /// before the first step, if the data have names.
    ///
    /// # Errors
    ///
    /// If the number of names differs from the model's number of classes.
    fn take_class_names(&mut self, names: &Labels) -> Result<()> {
        let _ = names;
        Ok(())
    }

    /// Receives the words that the data contain as fingerprints, and stores those that appear in
    /// its columns. [`fit`](crate::fit) calls it before the first step, if the data know their
    /// words.
    fn take_words(&mut self, words: &Words) {
        let _ = words;
    }

    /// Sets the class names and the words of the data.
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

    /// Refuses a model whose encoder is not fitted yet.
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

    /// Whether [`differentiate`](Model::differentiate) and [`validate`](Model::validate) use the
    /// weights of rows. If not, data with weights are refused.
    fn weighs_rows(&self) -> bool {
        false
    }

    /// The largest dropout rate of the model. `None` if it has no dropout, that is, if
    /// [`differentiate`](Model::differentiate) does not use [`Run::dropout`].
    fn dropout_rate(&self) -> Option<f64> {
        None
    }

    /// The label smoothing ε of `loss`. `None` if it has none, that is, if
    /// [`differentiate`](Model::differentiate) does not use [`Run::smoothing`].
    fn label_smoothing(&self, loss: &Self::Loss) -> Option<f64> {
        let _ = loss;
        None
    }

    /// Adds up the weights of a batch for `loss`: see
    /// [`Loss::weight_sums`](crate::loss::Loss::weight_sums).
    fn weight_sums(&self, batch: Batch<'_, Self>, loss: &Self::Loss, sums: &mut Vec<f64>) {
        let _ = (batch, loss, sums);
    }

    /// Returns the mean loss of a batch. Saves in `workspace` the values that
    /// [`gradient`](Model::gradient) needs.
    ///
    /// # Errors
    ///
    /// If inputs and targets do not fit. A loss that is not finite is not an error here; the
    /// trainer refuses it.
    fn differentiate(
        &self,
        batch: Batch<'_, Self>,
        loss: &mut Self::Loss,
        workspace: &mut Self::Workspace,
        run: &Run<'_>,
    ) -> Result<Self::Float>;

    /// Writes the gradient of the loss that [`differentiate`](Model::differentiate) computed on
    /// this batch, in the order of [`flat`](Model::flat). It is zero in gaps and for values that
    /// are not trained.
    fn gradient(
        &self,
        batch: Batch<'_, Self>,
        workspace: &mut Self::Workspace,
        gradient: &mut [Self::Float],
    );

    /// Checks that a batch may be passed through in [micro-batches](crate::Fit::micro_batches) with
    /// the bits of the whole batch. [`differentiate`](Model::differentiate) then receives a
    /// [whole](Run::whole) whose sums continue, and [`sum_gradient`](Model::sum_gradient) follows
    /// it. A network allows it unless it has batch norm.
    ///
    /// # Errors
    ///
    /// If the model does not allow it.
    fn check_micro_batches(&self) -> Result<()> {
        Err(Error::value(
            format!("micro-batches of {}", self.name()),
            "a model whose sums do not continue from one to the next",
            "a network, declared or read",
            "use `shards` instead: parts of a batch whose gradients are added",
        ))
    }

    /// [`gradient`](Model::gradient) of a micro-batch: each sum over its rows continues from the
    /// value in `gradient`, unless `sums` starts new sums with these rows.
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

    /// Updates the parameters with an optimizer and that gradient. Returns whether all written
    /// values are finite.
    ///
    /// A model may update slice by slice, each as soon as its gradient is complete, because the
    /// update of one parameter depends on no other.
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

    /// Updates state that is not trained by gradients, such as running means, from the batch passed
    /// to [`differentiate`](Model::differentiate) last.
    fn update_state(&mut self, workspace: &mut Self::Workspace) {
        let _ = workspace;
    }

    /// The model's name in messages; by default the name of its type.
    fn name(&self) -> String {
        let name = std::any::type_name::<Self>();
        let without_types = name.split('<').next().unwrap_or(name);
        without_types.rsplit("::").next().unwrap_or(name).to_owned()
    }

    /// Named texts that the model's file contains besides its tensors and its architecture, such as
    /// its words; by default none.
    fn texts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The architecture as written to files. Models with different architectures are different
    /// models. By default the names and shapes of the tensors.
    fn architecture(&self) -> String {
        let tensors = self.tensors();
        let texts = tensors.iter().map(|tensor| format!("{} {:?}", tensor.name, tensor.shape));
        texts.collect::<Vec<_>>().join(", ")
    }

    /// Refuses data that the model cannot be trained or evaluated on, before anything is trained.
    /// `which` names the data in the message: empty, or `validation ` with a space.
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

    /// A hash by which these data are recognized when a training resumes: the same for the same
    /// rows in the same order, and almost certainly different for others. `None` if the model does
    /// not know the content of its rows.
    fn fingerprint(&self, data: &dyn Source<Self::Input, Self::Target>) -> Option<u64> {
        let _ = data;
        None
    }

    /// Refuses batch sizes that the model cannot be trained with: batches of `batch_size` out of
    /// `rows` rows, and a last batch with the rows that are left.
    ///
    /// # Errors
    ///
    /// If there is such a batch.
    fn check_batch_size(&self, rows: usize, batch_size: usize) -> Result<()> {
        let _ = (rows, batch_size);
        Ok(())
    }

    /// Numbers of [inputs](Model::Input) and [targets](Model::Target) per row: 1 and 1, unless they
    /// are single numbers of rows whose widths are not part of a type.
    fn row_widths(&self) -> [usize; 2] {
        [1, 1]
    }

    /// The threads, out of `threads`, that compute a step of this many rows; they gather the rows,
    /// too.
    fn step_threads(&self, rows: usize, threads: &Threads) -> Threads {
        let _ = rows;
        threads.clone()
    }

    /// Evaluates the model on data that it is not trained on. By default this is the mean loss, as
    /// [`differentiate`](Model::differentiate) computes it for parts of the rows.
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

/// Encoded rows: `raw` itself without an encoder, otherwise written to `room`.
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
    /// Inputs, row by row.
    pub inputs: &'b [M::Input],
    /// Targets, row by row.
    pub targets: &'b [M::Target],
    /// Weight of each row, with a mean of 1 over the whole batch; empty if all rows count the same.
    pub weights: &'b [f64],
}

impl<M: Model + ?Sized> Clone for Batch<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Model + ?Sized> Copy for Batch<'_, M> {}

/// Settings of one pass through a batch: threads, seed, step and factors.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Run<'r> {
    /// Threads to compute with.
    pub threads: &'r Threads,
    /// Seed of random choices, such as dropout masks.
    pub seed: u64,
    /// Number of steps taken before.
    pub step: u64,
    /// Index of the first row in the whole batch, if the batch is passed through in parts; random
    /// choices depend on it.
    pub first_row: u64,
    /// Totals of the whole batch, if it is passed through in parts and the loss needs them.
    pub whole: Option<Whole<'r>>,
    /// Factor on the dropout rates, such that all are below 1: see
    /// [`Fit::dropout_schedule`](crate::Fit::dropout_schedule).
    pub dropout: f64,
    /// Factor on the loss's label smoothing: see
    /// [`Fit::smoothing_schedule`](crate::Fit::smoothing_schedule).
    pub smoothing: f64,
}

impl<'r> Run<'r> {
    /// A pass through a whole batch, before the first step, with the seed 0.
    pub fn new(threads: &'r Threads) -> Self {
        Run { threads, seed: 0, step: 0, first_row: 0, whole: None, dropout: 1.0, smoothing: 1.0 }
    }
}

/// A batch whose parts are passed through one after another.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Whole<'r> {
    /// Number of rows of the whole batch.
    pub rows: usize,
    /// The sum of [`Model::weight_sums`] over its parts.
    pub sums: &'r [f64],
    /// Whether the parts are [micro-batches](Model::check_micro_batches), whose sums continue from
    /// one to the next: gradients are divided by the rows of the whole batch, and the last part
    /// gives the mean loss of all of them. (The losses of the earlier parts are not used.)
    /// Otherwise each part is a batch with its own mean.
    pub goes_on: bool,
}

impl Whole<'_> {
    /// The index of the first of `rows` rows among the rows whose losses are averaged together, and
    /// the number of those rows.
    pub(crate) fn place(whole: Option<Self>, first: u64, rows: usize) -> (usize, usize) {
        match whole {
            Some(whole) if whole.goes_on => (first as usize, whole.rows),
            _ => (0, rows),
        }
    }
}
