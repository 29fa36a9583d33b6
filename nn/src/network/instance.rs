//! [`Network`]: prediction and parameters of every network, declared by the macro or written by
//! hand.

use tensor::Buffer;
use tensor::product::{TILE_ROWS, rows_per_thread};
use tensor::threads::Threads;

use super::Units;
use super::adapted::assert_encoder;
use super::architecture::{self, Architecture, encode_rows};
use super::class_names::check_count;
use super::known_words::known_words;
use crate::error::Result;
use crate::head::{Classes, HeadFunction as _};
use crate::labels::Labels;
use crate::layer::{Inference as _, Layer as _, Pass};
use crate::loss::DefaultLoss;
use crate::parameters::Parameters;
use crate::row::Row;

/// A network: an [`Architecture`] with its parameters in one buffer.
///
/// [`network!`](crate::network) implements it. The required items only describe the network;
/// everything else follows from them.
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
///
/// Saving, drawing, recording and evaluating are separate traits,
/// [`Checkpoint`](crate::Checkpoint), [`Picture`](crate::Picture), [`Record`](crate::Record) and
/// [`Evaluate`](crate::Evaluate), which every network has. The [`prelude`](crate::prelude) has all
/// of them.
pub trait Network:
    Architecture<Head: DefaultLoss<<Self as Architecture>::Float>> + Clone + Send + Sync
{
    /// Creates a network with these parameters.
    fn from_parameters(parameters: Parameters<Self::Float>) -> Self;

    /// All weights and biases.
    fn parameters(&self) -> &Parameters<Self::Float>;

    /// All weights and biases, mutable.
    fn parameters_mut(&mut self) -> &mut Parameters<Self::Float>;

    /// Creates a network with random weights and zero biases. By default the weights fit each
    /// layer's activation (see [`init`](crate::init)). The same seed gives the same network on
    /// every machine.
    fn init(seed: u64) -> Self {
        let mut parameters = Parameters::zeroed(Self::Layers::LEN);
        Self::Layers::init(parameters.as_mut_slice(), seed, &mut 0);
        Self::from_parameters(parameters)
    }

    /// Returns the prediction for one sample. Allocates nothing.
    ///
    /// # Panics
    ///
    /// If the network begins with an [encoder](crate::layer::encoder) that has not been fitted. The
    /// same is true of all methods that predict.
    #[track_caller]
    fn predict(&self, input: &Self::Input) -> Self::Output {
        let mut output = self.logits(input);
        Self::Head::activate(output.as_mut_slice());
        output
    }

    /// Returns the last layer's values for one sample, before the head's function.
    #[track_caller]
    fn logits(&self, input: &Self::Input) -> Self::Output {
        assert_encoder(self);
        architecture::logits::<Self>(self.parameters().as_slice(), input)
    }

    /// Returns the predicted class of one sample, the one with the largest output, with its name if
    /// the classes have [names](Self::class_names).
    ///
    /// ```
    /// use nn::Show;
    /// use nn::data::{Class, Dataset};
    /// use nn::prelude::*;
    ///
    /// network! { struct Sign(dense(1 -> 2, softmax)); }
    ///
    /// let words = ["minus", "plus", "plus", "minus"];
    /// let data: Dataset<_, Class<2>> =
    ///     Dataset::from_words(vec![[-1.0], [2.0], [1.0], [-2.0]], &words)?;
    /// let mut sign = Sign::init(1);
    /// fit(&mut sign, &data).learning_rate(0.1).epochs(50).show(Show::Nothing).run()?;
    ///
    /// let label = sign.predict_class(&[3.0])?;
    /// assert_eq!(label, "plus"); // also after `save` and `load`
    /// assert_eq!(label.class(), Class::new(1)?);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If an output is NaN.
    ///
    /// # Panics
    ///
    /// As [`predict`](Self::predict).
    #[track_caller]
    fn predict_class(
        &self,
        input: &Self::Input,
    ) -> Result<<Self::Head as Classes<Self::Float>>::Label<'_>>
    where
        Self::Head: Classes<Self::Float>,
    {
        Self::Head::label(self.logits(input).as_slice(), self.class_names())
    }

    /// The names of the classes. They come from the data that the network was last trained with, if
    /// these have some.
    fn class_names(&self) -> Option<&Labels> {
        self.parameters().class_names()
    }

    /// Names the classes, in the order of their indices. [`fit`](crate::fit) does so if the data
    /// have names.
    ///
    /// # Errors
    ///
    /// If the network does not end in softmax, or the number of names is not that of classes.
    fn name_classes(&mut self, names: &Labels) -> Result<()> {
        check_count::<Self>(names)?;
        self.parameters_mut().name_classes(names.clone());
        Ok(())
    }

    /// The known words of a column, in the order of their flags or vectors. The network must begin
    /// with `columns` and must have been [fitted](crate::fit) to data with words, such as those of
    /// a table. The words are saved in files.
    ///
    /// # Errors
    ///
    /// If there is no such column of words, or the network has only the fingerprints of some words.
    fn known_words(&self, column: &str) -> Result<Vec<&str>> {
        known_words(Self::NAME, Self::INFO, self.parameters(), column)
    }

    /// Returns the predictions for many samples, computed by all threads of the process.
    #[track_caller]
    fn predict_batch(&self, inputs: &[Self::Input]) -> Vec<Self::Output> {
        let mut outputs = Self::Output::zeroed_rows(inputs.len());
        self.predict_into(inputs, &mut outputs, &Threads::all());
        outputs
    }

    /// Writes the predictions for many samples to `outputs`, computed by these threads.
    ///
    /// # Panics
    ///
    /// If the lengths of `inputs` and `outputs` differ.
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

    /// Writes the last layer's values for many samples, before the head's function, to `outputs`,
    /// computed by these threads.
    ///
    /// # Panics
    ///
    /// If the lengths of `inputs` and `outputs` differ.
    #[track_caller]
    fn logits_into(&self, inputs: &[Self::Input], outputs: &mut [Self::Output], threads: &Threads) {
        assert_eq!(inputs.len(), outputs.len(), "network: `outputs` must be as long as `inputs`");
        assert_encoder(self);
        let rows = rows_per_part::<Self>(inputs.len(), threads);
        let parts = inputs.chunks(rows).zip(outputs.chunks_mut(rows));
        threads.for_each(parts, |(inputs, outputs)| {
            let outputs = Row::flatten_mut(outputs);
            self.for_logits(inputs, |at, logits| {
                outputs[at * Self::Layers::OUTPUTS..][..logits.len()].copy_from_slice(logits);
            });
        });
    }

    /// Computes the logits of some samples, in parts of a few dozen rows. Passes `see` the index of
    /// the part's first row and the logits. Memory is reused from part to part.
    #[doc(hidden)]
    fn for_logits(&self, inputs: &[Self::Input], mut see: impl FnMut(usize, &[Self::Float])) {
        const PORTION: usize = 64;
        let portion = PORTION.min(inputs.len());
        let mut memory = Buffer::stale(Self::Layers::workspace_len::<Self::Float>(portion));
        let mut encoded = Vec::new();
        for (index, inputs) in inputs.chunks(PORTION).enumerate() {
            let mut rows = Self::Layers::workspace(&mut &mut memory[..], inputs.len());
            let parameters = self.parameters().as_slice();
            let x = match const { Self::Layers::ENCODES } {
                false => Row::flatten(inputs),
                true => {
                    encoded.clear();
                    encoded.extend_from_slice(inputs);
                    encode_rows::<Self>(parameters, &mut encoded);
                    Row::flatten(&encoded)
                }
            };
            Self::Layers::forward(parameters, x, &mut rows, Pass::Evaluation);
            let logits = Self::Layers::outputs(&rows);
            match Units::of::<Self>(parameters) {
                None => see(index * PORTION, logits),
                Some(units) => {
                    let mut own = logits.to_vec();
                    units.own(&mut own);
                    see(index * PORTION, &own);
                }
            }
        }
    }
}

/// The default loss of a network.
pub(crate) type DefaultLossOf<N> =
    <<N as Architecture>::Head as DefaultLoss<<N as Architecture>::Float>>::Loss;

/// Multiplications and additions below which waking a thread costs more than it saves: about 20 µs
/// at 100 GFLOP/s.
pub(crate) const WORTH_A_THREAD: usize = 2_000_000;

/// Number of rows of a batch for one thread at a time: divided evenly among the threads, but at
/// least the work of [`WORTH_A_THREAD`].
pub(crate) fn rows_per_part<N: Network>(rows: usize, threads: &Threads) -> usize {
    let worth = WORTH_A_THREAD.div_ceil(N::FLOPS.max(1)).next_multiple_of(TILE_ROWS);
    rows_per_thread(rows, threads).max(worth)
}
