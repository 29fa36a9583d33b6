//! Inputs and targets in memory, row by row.

use std::{fmt, iter, slice, vec};

use tensor::random::Random;

use super::batches::fisher_yates;
use crate::error::{Error, Result};
use crate::head::Class;
use crate::labels::Labels;
use crate::words::Words;

/// Separates the random numbers of `split` from all others with the same seed ("SPLT").
pub(super) const SPLIT_STREAM: u64 = 0x5350_4C54_0000_0000;

/// Rows of inputs and targets in memory: row `i` of one belongs to row `i` of the other.
///
/// `X` is the input of a network, for example `[f32; 784]`, and `Y` its target, for example
/// [`Class<10>`](super::Class) or `[f32; 1]`. Rows are contiguous, so that a slice of them is a
/// batch, `[batch, in]`, without a copy. Classes may have names: see [`Dataset::from_words`].
///
/// ```
/// use nn::data::Dataset;
/// let squares = Dataset::new(vec![[1.0], [2.0], [3.0]], vec![[1.0], [4.0], [9.0]])?;
/// assert_eq!(squares.len(), 3);
/// assert_eq!(squares.targets()[2], [9.0]);
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Dataset<X, Y> {
    inputs: Vec<X>,
    targets: Vec<Y>,
    class_names: Option<Labels>,
    words: Words,
}

impl<X, Y> Dataset<X, Y> {
    /// A data set of these rows.
    ///
    /// # Errors
    ///
    /// If the numbers of inputs and targets differ.
    pub fn new(inputs: Vec<X>, targets: Vec<Y>) -> Result<Self> {
        if inputs.len() == targets.len() {
            return Ok(Self { inputs, targets, class_names: None, words: Words::default() });
        }
        Err(Error::value(
            "data set",
            format!("{} inputs and {} targets", inputs.len(), targets.len()),
            "as many targets as inputs",
            "pass one target for each input, in the same order",
        ))
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// The inputs of all rows.
    pub fn inputs(&self) -> &[X] {
        &self.inputs
    }

    /// The targets of all rows.
    pub fn targets(&self) -> &[Y] {
        &self.targets
    }

    /// The names of the classes, if the targets are classes with names.
    pub fn class_names(&self) -> Option<&Labels> {
        self.class_names.as_ref()
    }

    /// Sets or removes the names of the classes.
    pub(crate) fn named(self, class_names: Option<Labels>) -> Self {
        Dataset { class_names, ..self }
    }

    /// The words that the rows hold as fingerprints, if known: see [`Words`].
    pub fn words(&self) -> Option<&Words> {
        Some(&self.words).filter(|words| !words.is_empty())
    }

    /// Adds the words that the rows hold as fingerprints. Needed for rows from the method `rows` of
    /// a network with columns, for example one with a nested network; `dataset` sets them itself.
    #[must_use]
    pub fn with_words(self, words: Words) -> Self {
        Dataset { words, ..self }
    }

    /// Input and target of row `row`, if it exists.
    pub fn get(&self, row: usize) -> Option<(&X, &Y)> {
        self.inputs.get(row).zip(self.targets.get(row))
    }

    /// Inputs and targets, row by row.
    pub fn iter(&self) -> Rows<'_, X, Y> {
        self.into_iter()
    }

    /// Shuffles the rows and splits them in two: the first part gets `fraction` of them, rounded.
    ///
    /// The same `seed` gives the same two parts. Rows are moved, not copied.
    ///
    /// # Errors
    ///
    /// If `fraction` is not between 0 and 1, or one of the parts would be empty.
    ///
    /// ```
    /// # use nn::data::Dataset;
    /// let all = Dataset::new((0..100).collect(), (0..100).collect())?;
    /// let (train, validation) = all.split(0.9, 7)?;
    /// assert_eq!((train.len(), validation.len()), (90, 10));
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn split(mut self, fraction: f64, seed: u64) -> Result<(Self, Self)> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(Error::value(
                "fraction of the first part",
                fraction.to_string(),
                "a number between 0 and 1, both excluded",
                "pass 0.9 for nine rows in ten, for example",
            ));
        }
        let rows = self.len();
        let first = (rows as f64 * fraction).round() as usize;
        if first == 0 || first == rows {
            return Err(Error::value(
                "split",
                format!("{first} of {rows} rows in the first part, {} in the second", rows - first),
                "at least one row in each",
                "choose another fraction or give more rows",
            ));
        }
        fisher_yates(rows, &Random::new(seed, SPLIT_STREAM), |a, b| {
            swap(&mut self.inputs, a, b);
            swap(&mut self.targets, a, b);
        });
        let second = Self {
            inputs: self.inputs.split_off(first),
            targets: self.targets.split_off(first),
            class_names: self.class_names.clone(),
            words: self.words.clone(),
        };
        Ok((self, second))
    }

    /// Keeps the first `count` rows, or all if there are fewer.
    #[must_use]
    pub fn take(mut self, count: usize) -> Self {
        self.inputs.truncate(count);
        self.targets.truncate(count);
        self
    }

    /// Replaces every input, for example by a normalized one. The closure takes and returns rows by
    /// value, on the stack; for larger rows use [`change_inputs`](Self::change_inputs).
    ///
    /// ```
    /// # use nn::data::Dataset;
    /// let data = Dataset::new(vec![[0.0, 4.0]], vec![[1.0]])?;
    /// let halved = data.map_inputs(|input| input.map(|x| x / 2.0));
    /// assert_eq!(halved.inputs(), &[[0.0, 2.0]]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[must_use]
    pub fn map_inputs<Z>(self, map: impl FnMut(X) -> Z) -> Dataset<Z, Y> {
        let Dataset { inputs, targets, class_names, words } = self;
        let inputs = inputs.into_iter().map(map).collect();
        Dataset { inputs, targets, class_names, words }
    }

    /// Replaces every target, for example by its logarithm. Names of classes are dropped.
    ///
    /// ```
    /// # use nn::data::Dataset;
    /// let data = Dataset::new(vec![[0.0]], vec![[8.0_f32]])?;
    /// assert_eq!(data.map_targets(|[t]| [t.log2()]).targets(), &[[3.0]]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    #[must_use]
    pub fn map_targets<Z>(self, map: impl FnMut(Y) -> Z) -> Dataset<X, Z> {
        let targets = self.targets.into_iter().map(map).collect();
        Dataset { inputs: self.inputs, targets, class_names: None, words: self.words }
    }

    /// Changes every input in place, even if it is larger than the stack.
    ///
    /// ```
    /// # use nn::data::Dataset;
    /// let mut data = Dataset::new(vec![[0.0, 4.0]], vec![[1.0]])?;
    /// data.change_inputs(|input| input.iter_mut().for_each(|x| *x /= 2.0));
    /// assert_eq!(data.inputs(), &[[0.0, 2.0]]);
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn change_inputs(&mut self, change: impl FnMut(&mut X)) {
        self.inputs.iter_mut().for_each(change);
    }
}

impl<X, const N: usize> Dataset<X, Class<N>> {
    /// A data set whose targets are words. The distinct words are the classes, in alphabetical
    /// order, and remain their names; [`fit`](crate::fit) passes them to the network.
    ///
    /// A part of the data, such as a test set, may lack some words. Make one data set and
    /// [`split`](Self::split) it, or use the same classes with [`Dataset::from_words_of`].
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    ///
    /// let words = ["fox", "cat", "fox"];
    /// let animals: Dataset<[f32; 1], Class<2>> =
    ///     Dataset::from_words(vec![[3.0], [1.0], [2.5]], &words)?;
    /// assert_eq!(animals.targets()[0].index(), 1);
    ///
    /// let names = animals.class_names().expect("names");
    /// assert_eq!(names.names(), ["cat", "fox"]);
    /// let test: Dataset<[f32; 1], Class<2>> =
    ///     Dataset::from_words_of(names, vec![[2.0]], &["fox"])?;
    /// assert_eq!(test.targets()[0].index(), 1);
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the number of words is not that of the inputs, or the number of distinct words is not
    /// that of the classes.
    pub fn from_words<W: AsRef<str>>(inputs: Vec<X>, words: &[W]) -> Result<Self> {
        Self::from_words_of(&Labels::among(words.iter().map(AsRef::as_ref)), inputs, words)
    }

    /// Like [`from_words`](Self::from_words) with the classes of `names`, even if some do not occur
    /// in these rows.
    ///
    /// # Errors
    ///
    /// If the number of words is not that of the inputs, the number of names is not that of the
    /// classes, or a word is not a name.
    pub fn from_words_of<W: AsRef<str>>(
        names: &Labels,
        inputs: Vec<X>,
        words: &[W],
    ) -> Result<Self> {
        Ok(Dataset::new(inputs, names.classes(words)?)?.named(Some(names.clone())))
    }

    /// Sets the names of the classes.
    ///
    /// # Errors
    ///
    /// If the number of names is not that of the classes.
    pub fn with_class_names(self, names: &Labels) -> Result<Self> {
        names.check_count(N)?;
        Ok(self.named(Some(names.clone())))
    }
}

/// An iterator over the inputs and targets of a [`Dataset`], row by row.
pub type Rows<'d, X, Y> = iter::Zip<slice::Iter<'d, X>, slice::Iter<'d, Y>>;

impl<'d, X, Y> IntoIterator for &'d Dataset<X, Y> {
    type Item = (&'d X, &'d Y);
    type IntoIter = Rows<'d, X, Y>;

    fn into_iter(self) -> Self::IntoIter {
        self.inputs.iter().zip(&self.targets)
    }
}

impl<X, Y> IntoIterator for Dataset<X, Y> {
    type Item = (X, Y);
    type IntoIter = iter::Zip<vec::IntoIter<X>, vec::IntoIter<Y>>;

    fn into_iter(self) -> Self::IntoIter {
        self.inputs.into_iter().zip(self.targets)
    }
}

/// Collects pairs of input and target.
///
/// ```
/// use nn::data::Dataset;
/// let squares: Dataset<[f32; 1], [f32; 1]> =
///     (0..10_u8).map(f32::from).map(|x| ([x], [x * x])).collect();
/// assert_eq!(squares.get(3), Some((&[3.0], &[9.0])));
/// ```
impl<X, Y> FromIterator<(X, Y)> for Dataset<X, Y> {
    fn from_iter<I: IntoIterator<Item = (X, Y)>>(rows: I) -> Self {
        let (inputs, targets) = rows.into_iter().unzip();
        Dataset { inputs, targets, class_names: None, words: Words::default() }
    }
}

/// The same as [`Dataset::new`].
impl<X, Y> TryFrom<(Vec<X>, Vec<Y>)> for Dataset<X, Y> {
    type Error = Error;

    fn try_from((inputs, targets): (Vec<X>, Vec<Y>)) -> Result<Self> {
        Dataset::new(inputs, targets)
    }
}

/// Exchanges two rows as slices: [`slice::swap`] moves a row over the stack, for which it may be
/// too large.
fn swap<X>(rows: &mut [X], a: usize, b: usize) {
    let (first, second) = (a.min(b), a.max(b));
    if first < second {
        let (before, from) = rows.split_at_mut(second);
        before[first..=first].swap_with_slice(&mut from[..1]);
    }
}

/// Prints the number of rows, not the rows.
impl<X, Y> fmt::Debug for Dataset<X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(rows: usize) -> Dataset<usize, usize> {
        Dataset::new((0..rows).collect(), (0..rows).map(|row| row * 10).collect()).unwrap()
    }

    #[test]
    fn split_keeps_every_row_once_and_its_target_with_it() {
        let (first, second) = numbers(101).split(0.8, 3).unwrap();
        assert_eq!((first.len(), second.len()), (81, 20));
        let rows = || first.inputs().iter().chain(second.inputs());
        let targets = first.targets().iter().chain(second.targets());
        assert!(rows().zip(targets).all(|(row, target)| row * 10 == *target));
        let mut sorted: Vec<_> = rows().copied().collect();
        assert!(!sorted.is_sorted());
        sorted.sort_unstable();
        assert_eq!(sorted, (0..101).collect::<Vec<_>>());
    }

    #[test]
    fn split_depends_on_the_seed_alone() {
        assert_eq!(numbers(50).split(0.5, 1).unwrap().0, numbers(50).split(0.5, 1).unwrap().0);
        assert_ne!(numbers(50).split(0.5, 1).unwrap().0, numbers(50).split(0.5, 2).unwrap().0);
    }

    #[test]
    fn split_refuses_fractions_that_leave_a_part_empty() {
        for fraction in [0.0, 1.0, -0.5, 2.0, f64::NAN, f64::INFINITY, 0.001, 0.999] {
            assert!(numbers(10).split(fraction, 0).is_err(), "{fraction}");
        }
        assert!(numbers(0).split(0.5, 0).is_err());
        assert!(numbers(1).split(0.5, 0).is_err());
        assert!(numbers(2).split(0.5, 0).is_ok());
    }

    #[test]
    fn take_gives_the_first_rows_and_never_more_than_there_are() {
        assert_eq!(numbers(5).take(2).inputs(), &[0, 1]);
        assert_eq!(numbers(5).take(2).targets(), &[0, 10]);
        assert_eq!(numbers(5).take(9).len(), 5);
        assert!(numbers(5).take(0).is_empty());
    }

    #[test]
    fn debug_prints_no_rows() {
        assert_eq!(format!("{:?}", numbers(3)), "Dataset { len: 3, .. }");
    }
}
