//! What every network with parameters can do, whoever wrote it: the macro, or you.

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
///
/// What saves, draws, records and judges a network are traits of their own, [`Checkpoint`](crate::Checkpoint),
/// [`Picture`](crate::Picture), [`Record`](crate::Record) and [`Evaluate`](crate::Evaluate), which every network
/// has; [`prelude`](crate::prelude) brings them all.
pub trait Network:
    Architecture<Head: DefaultLoss<<Self as Architecture>::Float>> + Clone + Send + Sync
{
    /// A network with these parameters.
    fn from_parameters(parameters: Parameters<Self::Float>) -> Self;

    /// All weights and biases.
    fn parameters(&self) -> &Parameters<Self::Float>;

    /// All weights and biases, to be changed.
    fn parameters_mut(&mut self) -> &mut Parameters<Self::Float>;

    /// Random weights, by default those that suit each layer's activation (see [`init`](crate::init)), zero biases.
    /// The same seed gives the same network, whatever the machine.
    fn init(seed: u64) -> Self {
        let mut parameters = Parameters::zeroed(Self::Layers::LEN);
        Self::Layers::init(parameters.as_mut_slice(), seed, &mut 0);
        Self::from_parameters(parameters)
    }

    /// The answer to one sample. Allocates nothing.
    ///
    /// # Panics
    ///
    /// If an [encoder](crate::layer::encoder) stands in front that was never adapted; so do all methods that answer.
    #[track_caller]
    fn predict(&self, input: &Self::Input) -> Self::Output {
        let mut output = self.logits(input);
        Self::Head::activate(output.as_mut_slice());
        output
    }

    /// The last layer's values for one sample, before the head's function.
    #[track_caller]
    fn logits(&self, input: &Self::Input) -> Self::Output {
        assert_encoder(self);
        architecture::logits::<Self>(self.parameters().as_slice(), input)
    }

    /// The class of one sample: that with the largest output, with its name if the classes have [names](Self::class_names).
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::prelude::*;
    /// use nn::Show;
    ///
    /// network! { struct Sign(dense(1 -> 2, softmax)); }
    ///
    /// let words = ["minus", "plus", "plus", "minus"];
    /// let data: Dataset<_, Class<2>> = Dataset::from_words(vec![[-1.0], [2.0], [1.0], [-2.0]], &words)?;
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

    /// The names of the classes: those of the data that the network was last trained with, if these have some.
    fn class_names(&self) -> Option<&Labels> {
        self.parameters().class_names()
    }

    /// Gives the classes names, in the order of their numbers. [`fit`](crate::fit) does so where the data have names.
    ///
    /// # Errors
    ///
    /// If the network does not end in softmax, or there is not one name for each class.
    fn name_classes(&mut self, names: &Labels) -> Result<()> {
        check_count::<Self>(names)?;
        self.parameters_mut().name_classes(names.clone());
        Ok(())
    }

    /// The words of a column that have a place in the network, in the order of their flags or vectors, for a network behind
    /// `columns` that was [fitted](crate::fit) to data that knew them, such as those of a table. Files keep them.
    ///
    /// # Errors
    ///
    /// If there is no such column of words, or the network knows the fingerprints of some words alone.
    fn known_words(&self, column: &str) -> Result<Vec<&str>> {
        known_words(Self::NAME, Self::INFO, self.parameters(), column)
    }

    /// The answers to many samples, computed by all threads of the process.
    #[track_caller]
    fn predict_batch(&self, inputs: &[Self::Input]) -> Vec<Self::Output> {
        let mut outputs = Self::Output::zeroed_rows(inputs.len());
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

    /// The logits of some samples, in portions of a few dozen rows: where a portion begins, and its
    /// values. Memory is reused from one portion to the next.
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

/// What a network is trained with unless another loss is chosen.
pub(crate) type DefaultLossOf<N> =
    <<N as Architecture>::Head as DefaultLoss<<N as Architecture>::Float>>::Loss;

/// Multiplications and additions below which waking a thread costs more than it saves: some 20 µs at
/// 100 GFLOP/s.
pub(crate) const WORTH_A_THREAD: usize = 2_000_000;

/// How many rows of a batch one thread should take at a time: as many as there are threads for, but
/// none for less work than [`WORTH_A_THREAD`].
pub(crate) fn rows_per_part<N: Network>(rows: usize, threads: &Threads) -> usize {
    let worth = WORTH_A_THREAD.div_ceil(N::FLOPS.max(1)).next_multiple_of(TILE_ROWS);
    rows_per_thread(rows, threads).max(worth)
}
