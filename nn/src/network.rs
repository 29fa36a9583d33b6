//! What every network can do, whoever wrote it: the macro, or you.

use std::path::Path;

use tensor::Buffer;
use tensor::product::{TILE_ROWS, rows_per_thread};
use tensor::threads::Threads;

use crate::architecture::{self, Architecture, declaration};
use crate::data::Dataset;
use crate::error::Result;
use crate::head::{Activate as _, Head};
use crate::layer::{Inference as _, Layer as _, Pass};
use crate::loss::{TrainedWith, chosen};
use crate::parameters::Parameters;
use crate::row::Row;
use crate::tape::{self, OnTape};
use crate::{Metrics, checkpoint, picture};

/// A network: an [`Architecture`], and parameters in one buffer.
///
/// [`network!`](crate::network) implements it; the required items say only what the network is,
/// everything else follows.
///
/// ```
/// use nn::{Network, network};
///
/// network! { pub struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
///
/// let digits = Digits::init(7);
/// let probabilities: [f32; 10] = digits.predict(&[0.5; 784]);
/// assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
///
/// const { assert!(Digits::PARAMS == 101_770) }; // known before anything runs
/// ```
pub trait Network: Architecture + Clone + Send + Sync {
    /// A network with these parameters.
    fn from_parameters(parameters: Parameters<Self::Float>) -> Self;

    /// All weights and biases.
    fn parameters(&self) -> &Parameters<Self::Float>;

    /// All weights and biases, to be changed.
    fn parameters_mut(&mut self) -> &mut Parameters<Self::Float>;

    /// A picture of the network, from its type alone: an SVG document that needs nothing else, for a page or
    /// a file. It follows the system's light or dark setting.
    ///
    /// Columns of dots are layers of units, wide ones with dots left out; bars are layers that look at one
    /// unit at a time; residuals, several inputs and heads, and networks inside the network are
    /// drawn as such. Where more than three layers in a row are alike, the first and the last stand
    /// for them.
    ///
    /// ```
    /// use nn::{Network, network};
    ///
    /// network! { pub struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
    ///
    /// std::fs::write(std::env::temp_dir().join("digits.svg"), <Digits as Network>::svg())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn svg() -> String {
        picture::svg::<Self>()
    }

    /// Random weights, by default those that suit each layer's activation (see [`init`](crate::init)), zero biases.
    /// The same seed gives the same network, whatever the machine.
    fn init(seed: u64) -> Self {
        let mut parameters = Parameters::zeroed(Self::Layers::LEN);
        Self::Layers::init(parameters.as_mut_slice(), seed, &mut 0);
        Self::from_parameters(parameters)
    }

    /// The answer to one sample. Allocates nothing.
    fn predict(&self, input: &Self::Input) -> Self::Output {
        let mut output = self.logits(input);
        Self::Head::activate(output.as_mut_slice());
        output
    }

    /// The last layer's values for one sample, before the head's function.
    fn logits(&self, input: &Self::Input) -> Self::Output {
        architecture::logits::<Self>(self.parameters().as_slice(), input)
    }

    /// The answers to many samples, computed by all threads of the process.
    fn predict_batch(&self, inputs: &[Self::Input]) -> Vec<Self::Output> {
        let mut outputs = vec![Self::Output::zeroed(); inputs.len()];
        self.predict_into(inputs, &mut outputs, &Threads::all());
        outputs
    }

    /// The answers to many samples, into `outputs`, by the threads given.
    ///
    /// # Panics
    ///
    /// If there are not as many outputs as inputs.
    #[track_caller]
    fn predict_into(
        &self,
        inputs: &[Self::Input],
        outputs: &mut [Self::Output],
        threads: &Threads,
    ) {
        self.logits_into(inputs, outputs, threads);
        Self::Head::activate(Row::flatten_mut(outputs));
    }

    /// The last layer's values for many samples, before the head's function, into `outputs`, by the threads
    /// given.
    ///
    /// # Panics
    ///
    /// If there are not as many outputs as inputs.
    #[track_caller]
    fn logits_into(&self, inputs: &[Self::Input], outputs: &mut [Self::Output], threads: &Threads) {
        assert_eq!(inputs.len(), outputs.len(), "network: as many outputs as inputs are needed");
        let rows = rows_per_part::<Self>(inputs.len(), threads);
        let parts = inputs.chunks(rows).zip(outputs.chunks_mut(rows));
        threads.for_each(parts, |(inputs, outputs)| {
            let outputs = Row::flatten_mut(outputs);
            self.for_logits(inputs, |at, logits| {
                outputs[at * Self::Layers::OUTPUTS..][..logits.len()].copy_from_slice(logits);
            });
        });
    }

    /// Loss and accuracy on `data`, computed by the threads given.
    fn evaluate(&self, data: &Dataset<Self::Input, Self::Target>, threads: &Threads) -> Metrics {
        Metrics::of(self, &mut *chosen(DefaultLoss::<Self>::default()), data, threads)
    }

    /// [`Network::evaluate`] for each head alone, in their order: which of several has still to learn.
    fn evaluate_heads(
        &self,
        data: &Dataset<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Vec<Metrics> {
        Metrics::of_heads(self, data, threads)
    }

    /// [`Network::evaluate`] by another [`loss`](crate::loss), one that fits the network's head.
    fn evaluate_with<L>(
        &self,
        loss: L,
        data: &Dataset<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Metrics
    where
        Self::Head: TrainedWith<Self::Float, L>,
    {
        Metrics::of(self, &mut *chosen(Self::Head::fitting(loss)), data, threads)
    }

    /// Writes the parameters to a safetensors file that [`Network::load`], Python and the other
    /// frameworks can read: a tensor for each weight and bias, named `hidden.weight` and so on, `[in, out]`.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or a parameter is not a finite number. A file that was there
    /// before stays as it was.
    fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let parameters = self.parameters().as_slice();
        let tensors: Vec<_> = tensors::<Self>()
            .into_iter()
            .map(|tensor| {
                let values = &parameters[tensor.offset..][..tensor.shape.iter().product()];
                (tensor.name, tensor.shape.to_vec(), values)
            })
            .collect();
        checkpoint::save(path.as_ref(), Self::NAME, declaration::<Self>().as_str(), &tensors)
    }

    /// The network saved at `path`, or an error and no network.
    ///
    /// # Errors
    ///
    /// If the file is no safetensors file, lacks a tensor, has one too many, or one of another shape or
    /// type, or one with numbers that are not finite, or was saved by a network of another architecture. The
    /// message names the tensor, what was found and what was expected.
    fn load(path: impl AsRef<Path>) -> Result<Self> {
        let tensors = tensors::<Self>();
        let expected: Vec<_> =
            tensors.iter().map(|tensor| (tensor.name.clone(), tensor.shape.to_vec())).collect();
        let loaded = checkpoint::load(path.as_ref(), declaration::<Self>().as_str(), &expected)?;
        let mut parameters = Parameters::zeroed(Self::Layers::LEN);
        for (tensor, values) in tensors.iter().zip(&loaded) {
            parameters.as_mut_slice()[tensor.offset..][..values.len()].copy_from_slice(values);
        }
        Ok(Self::from_parameters(parameters))
    }

    /// The same network on a tape: its parameters as variables that want gradients.
    ///
    /// ```
    /// use nn::{Network, autograd::Tape, network};
    ///
    /// network! { pub struct Line(dense(2 -> 1)); }
    ///
    /// let line = Line::init(5);
    /// let tape = Tape::new();
    /// let on_tape = line.on_tape(&tape)?;
    /// let x = on_tape.inputs(&[[1.0, 2.0], [3.0, 4.0]])?;
    /// let loss = on_tape.loss(on_tape.logits(x)?, &[[0.0], [1.0]])?;
    /// let gradients = loss.backward()?;
    /// assert_eq!(gradients.get(on_tape.parameters()[0]).unwrap().shape(), [2, 1]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the tape refuses the parameters.
    fn on_tape<'t>(&self, tape: &'t autograd::Tape<Self::Float>) -> Result<OnTape<'t, Self>> {
        OnTape::new(self, tape, true)
    }

    /// What [`Network::predict`] answers, as a function on a tape: `[rows, outputs]` for x
    /// `[rows, inputs]`. Its parameters are constants; [`Network::on_tape`] makes them variables.
    ///
    /// ```
    /// use nn::{Network, autograd::Tape, network};
    /// use tensor::Tensor;
    ///
    /// network! { pub struct Digits(dense(784 -> 32, relu), dense(10, softmax)); }
    ///
    /// // Which pixels speak for a seven?
    /// let digits = Digits::init(5);
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::zeros([1, 784]));
    /// let seven = Network::forward(&digits, &tape, x)?.slice(1, 7..8)?.sum()?;
    /// assert_eq!(seven.backward()?.of(x)?.shape(), [1, 784]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If x has another shape.
    fn forward<'t>(
        &self,
        tape: &'t autograd::Tape<Self::Float>,
        x: autograd::Var<'t, Self::Float>,
    ) -> Result<autograd::Var<'t, Self::Float>> {
        OnTape::new(self, tape, false)?.forward(x)
    }

    /// Computes loss and gradient of a random batch by the static driver and by the tape, and compares
    /// them to the last bit: worth a test for layers and activations of your own.
    ///
    /// # Errors
    ///
    /// If a bit differs, with the parameter's name, its index and both numbers.
    ///
    /// ```
    /// # use nn::{Network, network};
    /// network! { pub struct Deep(dense(3 -> 5, gelu), dense(4, tanh), dense(2, sigmoid)); }
    /// Deep::init(1).self_check(2)?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    fn self_check(&self, seed: u64) -> Result<()> {
        tape::self_check(self, seed)
    }

    /// The logits of some samples, in portions of a few dozen rows: where a portion begins, and its
    /// values. Memory is reused from one portion to the next.
    #[doc(hidden)]
    fn for_logits(&self, inputs: &[Self::Input], mut see: impl FnMut(usize, &[Self::Float])) {
        const PORTION: usize = 64;
        let portion = PORTION.min(inputs.len());
        let mut memory = Buffer::stale(Self::Layers::KEPT * portion + Self::Layers::KEPT_ONCE);
        for (index, inputs) in inputs.chunks(PORTION).enumerate() {
            let mut rows = Self::Layers::carve(&mut &mut memory[..], inputs.len());
            let x = Row::flatten(inputs);
            let parameters = self.parameters().as_slice();
            Self::Layers::forward(parameters, x, &mut rows, Pass::Evaluation);
            see(index * PORTION, Self::Layers::outputs(&rows));
        }
    }
}

/// What a network is trained with unless another loss is chosen.
pub(crate) type DefaultLoss<N> =
    <<N as Architecture>::Head as Head<<N as Architecture>::Float>>::Loss;

/// Multiplications and additions below which waking a thread costs more than it saves: some 20 µs at
/// 100 GFLOP/s.
pub(crate) const WORTH_A_THREAD: usize = 2_000_000;

/// How many rows of a batch one thread should take at a time: as many as there are threads for, but
/// none for less work than [`WORTH_A_THREAD`].
pub(crate) fn rows_per_part<N: Network>(rows: usize, threads: &Threads) -> usize {
    let worth = WORTH_A_THREAD.div_ceil(N::FLOPS.max(1)).next_multiple_of(TILE_ROWS);
    rows_per_thread(rows, threads).max(worth)
}

/// One tensor of a network, as files name it.
pub(crate) struct NamedTensor {
    pub(crate) name: String,
    pub(crate) shape: &'static [usize],
    /// In the flat buffer.
    pub(crate) offset: usize,
    pub(crate) trained: bool,
}

/// The tensors of a network in the order of the flat buffer.
pub(crate) fn tensors<N: Network>() -> Vec<NamedTensor> {
    let mut tensors = Vec::with_capacity(N::INFO.tensors());
    for index in 0..N::INFO.count() {
        let (layer, start) = N::INFO.layer(index);
        let name = N::INFO.name(N::NAMES, index);
        tensors.extend(layer.tensors.iter().map(|tensor| NamedTensor {
            name: format!("{}.{}", name.as_str(), tensor.name),
            shape: tensor.shape,
            offset: start + tensor.offset,
            trained: tensor.trained,
        }));
    }
    tensors
}
