//! Data sets whose widths are known only at run time.

use std::fmt;

use tensor::Float;
use tensor::threads::Threads;

use super::source::ahead;
use super::{Class, Dataset, Source};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::words::Words;

/// Inputs and targets as flat vectors of numbers: row `i` is `inputs[i·width..][..width]`, and its
/// target likewise.
///
/// For `Dynamic` networks, whose widths are not in their types. A class is one number.
///
/// ```
/// use nn::data::FlatDataset;
/// let data = FlatDataset::new(vec![0.0, 0.5, 1.0, 1.5], 2, vec![0.0, 1.0], 1)?;
/// assert_eq!(data.len(), 2);
/// assert!(FlatDataset::new(vec![0.0, 0.5, 1.0], 2, vec![0.0, 1.0], 1).is_err());
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct FlatDataset<T: Float = f32> {
    inputs: Vec<T>,
    targets: Vec<T>,
    widths: [usize; 2],
    words: Words,
}

impl<T: Float> FlatDataset<T> {
    /// Rows of `width` inputs and `target_width` targets.
    ///
    /// # Errors
    ///
    /// If a width is 0, the numbers do not form complete rows, or the numbers of inputs and targets
    /// differ.
    pub fn new(inputs: Vec<T>, width: usize, targets: Vec<T>, target_width: usize) -> Result<Self> {
        let rows = |numbers: usize, width: usize| match width {
            0 => None,
            width => numbers.is_multiple_of(width).then(|| numbers / width),
        };
        match (rows(inputs.len(), width), rows(targets.len(), target_width)) {
            (Some(a), Some(b)) if a == b => {
                let widths = [width, target_width];
                Ok(FlatDataset { inputs, targets, widths, words: Words::default() })
            }
            _ => Err(Error::value(
                "flat data set",
                format!("{} numbers as inputs and {} as targets", inputs.len(), targets.len()),
                format!("as many rows of {width} as of {target_width}"),
                "pass complete rows, and a target for each",
            )),
        }
    }

    /// Adds the words that the rows hold as fingerprints: see [`Dataset::with_words`].
    #[must_use]
    pub fn with_words(self, words: Words) -> Self {
        FlatDataset { words, ..self }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.inputs.len() / self.widths[0]
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The inputs of all rows.
    pub fn inputs(&self) -> &[T] {
        &self.inputs
    }

    /// The targets of all rows.
    pub fn targets(&self) -> &[T] {
        &self.targets
    }
}

impl<T: Float> Source<T, T> for FlatDataset<T> {
    fn len(&self) -> usize {
        FlatDataset::len(self)
    }

    fn fill(&self, rows: &[usize], inputs: &mut Vec<T>, targets: &mut Vec<T>, _: &Threads) {
        for (from, into, width) in
            [(&self.inputs, inputs, self.widths[0]), (&self.targets, targets, self.widths[1])]
        {
            into.clear();
            rows.iter().for_each(|row| into.extend_from_slice(&from[row * width..][..width]));
        }
    }

    fn words(&self) -> Option<&Words> {
        Some(&self.words).filter(|words| !words.is_empty())
    }

    fn in_memory(&self) -> Option<(&[T], &[T])> {
        Some((&self.inputs, &self.targets))
    }
}

/// A target that can be written as numbers.
pub trait FlatTarget<T: Float>: Copy + Send + Sync {
    /// Appends the numbers.
    fn append(&self, to: &mut Vec<T>);
}

impl<T: Float, const N: usize> FlatTarget<T> for [T; N] {
    fn append(&self, to: &mut Vec<T>) {
        to.extend_from_slice(self);
    }
}

/// The index of the class.
impl<T: Float, const N: usize> FlatTarget<T> for Class<N> {
    fn append(&self, to: &mut Vec<T>) {
        to.push(T::of(self.index() as f64));
    }
}

/// The targets of two heads, one after the other.
impl<T: Float, A: FlatTarget<T>, B: FlatTarget<T>> FlatTarget<T> for (A, B) {
    fn append(&self, to: &mut Vec<T>) {
        self.0.append(to);
        self.1.append(to);
    }
}

/// The rows of a [`Dataset`] as numbers, created by [`Dataset::flat`].
#[derive(Clone, Copy, Debug)]
pub struct FlatRows<'d, X, Y>(&'d Dataset<X, Y>);

impl<X, Y> Dataset<X, Y> {
    /// The same rows for a `Dynamic` network.
    pub fn flat(&self) -> FlatRows<'_, X, Y> {
        FlatRows(self)
    }
}

impl<T: Float, const N: usize, Y: FlatTarget<T>> Source<T, T> for FlatRows<'_, [T; N], Y> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn class_names(&self) -> Option<&Labels> {
        self.0.class_names()
    }

    fn words(&self) -> Option<&Words> {
        self.0.words()
    }

    fn fill(&self, rows: &[usize], inputs: &mut Vec<T>, targets: &mut Vec<T>, _: &Threads) {
        inputs.clear();
        targets.clear();
        ahead(self.0.inputs(), rows).for_each(|row| inputs.extend_from_slice(row.as_flattened()));
        rows.iter().for_each(|&row| self.0.targets()[row].append(targets));
    }
}

/// Prints the number of rows and their widths.
impl<T: Float> fmt::Debug for FlatDataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [inputs, targets] = self.widths;
        f.debug_struct("FlatDataset")
            .field("len", &self.len())
            .field("inputs", &inputs)
            .field("targets", &targets)
            .finish_non_exhaustive()
    }
}
