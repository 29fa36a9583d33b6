//! Cross-validation folds: every row is tested by a model that was not trained on it.

use std::fmt;

use tensor::random::Random;

use super::super::{Source, View};
use super::arrange::Arrangement;
use crate::error::{Error, Result};

/// Separates the random numbers of the folds from all others with the same seed ("FOLD"); the
/// number of the repetition is added.
const FOLD_STREAM: u64 = 0x464F_4C44_0000_0000;

/// Splits `source` into `count` cross-validation folds: shuffled by default, with seed 0. No row is
/// copied.
///
/// ```
/// use nn::data::{Dataset, Source, folds};
///
/// let data: Dataset<u32, u32> = (0..10).map(|x| (x, x * x)).collect();
/// for fold in folds(&data, 5).repeated(2).views()? {
///     assert_eq!((fold.train.len(), fold.test.len()), (8, 2));
/// }
/// # Ok::<(), nn::Error>(())
/// ```
pub fn folds<X, Y>(source: &dyn Source<X, Y>, count: usize) -> Folds<'_, X, Y> {
    let arrangement = Ok(Arrangement::Shuffled);
    Folds { source, count, repeats: 1, seed: 0, arrangement, is_forward: false }
}

/// A builder of folds; see [`folds`].
#[must_use = "nothing is split before `views` is called"]
pub struct Folds<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    count: usize,
    repeats: usize,
    seed: u64,
    arrangement: Result<Arrangement>,
    /// Whether a fold is tested after all that it trains on.
    is_forward: bool,
}

impl<'d, X, Y> Folds<'d, X, Y> {
    /// Sets the seed. The same seed gives the same folds; folds in order do not depend on it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Repeats the split this many times, each time with other folds.
    pub fn repeated(mut self, repeats: usize) -> Self {
        self.repeats = repeats;
        self
    }

    /// Stratifies by class: every fold has each class in proportion, within a row.
    pub fn stratified(self) -> Self
    where
        Y: Ord + Clone,
    {
        self.stratified_by(Y::clone)
    }

    /// Stratifies by a function of the target: every fold has each of its values in proportion,
    /// within a row.
    pub fn stratified_by<K: Ord>(mut self, key: impl Fn(&Y) -> K) -> Self
    where
        Y: Clone,
    {
        self.arrangement = Arrangement::stratified(self.source, key);
        self.is_forward = false;
        self
    }

    /// Puts all rows of a group into the same fold. `groups` is the group of each row.
    pub fn by_group<G: Ord>(mut self, groups: &[G]) -> Self {
        self.arrangement = Arrangement::groups(groups, self.source.len());
        self.is_forward = false;
        self
    }

    /// Leaves the rows in order: each fold is a contiguous range.
    pub fn in_order(mut self) -> Self {
        self.arrangement = Ok(Arrangement::InOrder);
        self.is_forward = false;
        self
    }

    /// For rows in order of time: of `count + 1` contiguous ranges each except the first is tested,
    /// after training on all that come before it. The first range also has the remainder.
    pub fn by_time(mut self) -> Self {
        self.arrangement = Ok(Arrangement::InOrder);
        self.is_forward = true;
        self
    }

    /// Returns the folds, one after the other.
    ///
    /// # Errors
    ///
    /// If there are fewer than two folds (by time, fewer than one), no repetition, or several
    /// repetitions of rows in order. If a fold would have no rows, or lack a class that it is
    /// stratified by. If the numbers of groups and rows differ.
    pub fn views(self) -> Result<FoldViews<'d, X, Y>> {
        let Folds { source, count, repeats, seed, arrangement, is_forward } = self;
        let arrangement = arrangement?;
        let least = if is_forward { 1 } else { 2 };
        if count < least {
            return Err(Error::value(
                "number of folds",
                count.to_string(),
                format!("at least {least}"),
                "5 or 10 are usual",
            ));
        }
        let is_fixed = arrangement == Arrangement::InOrder;
        if repeats == 0 || (repeats > 1 && is_fixed) {
            let expected = if is_fixed { "1, for rows in order" } else { "at least 1" };
            return Err(Error::value(
                "repetitions of the folds",
                repeats.to_string(),
                expected,
                "rows in order are the same every time: leave `repeated` out, or shuffle them",
            ));
        }
        if is_forward && source.len() / (count + 1) == 0 {
            return Err(Error::value(
                "number of folds by time",
                count.to_string(),
                format!("fewer than the number of rows, {}", source.len()),
                "make fewer folds or give more rows",
            ));
        }
        let mut views = FoldViews {
            source,
            count,
            repeats,
            seed,
            arrangement,
            is_forward,
            next: FoldNumber { repeat: 0, fold: 0 },
            fold_of: Vec::new(),
        };
        if !is_forward {
            // All repetitions, so that no error can occur later.
            for repeat in (0..repeats).rev() {
                views.fold_of = views.arranged(repeat)?;
            }
        }
        Ok(views)
    }
}

/// The number of a fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct FoldNumber {
    /// The repetition, counted from 0.
    pub repeat: usize,
    /// The fold, counted from 0.
    pub fold: usize,
}

/// One fold: its training rows and its test rows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fold<'d, X, Y> {
    /// The number of the fold.
    pub number: FoldNumber,
    /// The training rows: all rows of the other folds; by time, those before.
    pub train: View<'d, X, Y>,
    /// The test rows: those of this fold.
    pub test: View<'d, X, Y>,
}

/// The iterator of [`folds`].
pub struct FoldViews<'d, X, Y> {
    source: &'d dyn Source<X, Y>,
    count: usize,
    repeats: usize,
    seed: u64,
    arrangement: Arrangement,
    is_forward: bool,
    next: FoldNumber,
    /// The fold of each row in this repetition.
    fold_of: Vec<usize>,
}

impl<X, Y> FoldViews<'_, X, Y> {
    /// The fold of each row in one repetition.
    fn arranged(&self, repeat: usize) -> Result<Vec<usize>> {
        let shares = vec![1.0 / self.count as f64; self.count];
        let random = Random::new(self.seed, FOLD_STREAM.wrapping_add(repeat as u64));
        self.arrangement.parts(self.source.len(), &shares, &random, "fold")
    }
}

impl<'d, X, Y> Iterator for FoldViews<'d, X, Y> {
    type Item = Fold<'d, X, Y>;

    fn next(&mut self) -> Option<Self::Item> {
        // `Folds::views` has computed all repetitions, so this cannot fail.
        let FoldNumber { repeat, fold } = self.next;
        if repeat == self.repeats {
            return None;
        }
        let (train, test) = if self.is_forward {
            let rows = self.source.len();
            let stretch = rows / (self.count + 1);
            let start = rows - (self.count - fold) * stretch;
            ((0..start).collect(), (start..start + stretch).collect())
        } else {
            if repeat > 0 && fold == 0 {
                self.fold_of = self.arranged(repeat).ok()?;
            }
            (0..self.source.len()).partition(|&row| self.fold_of[row] != fold)
        };
        self.next = match fold + 1 {
            end if end == self.count => FoldNumber { repeat: repeat + 1, fold: 0 },
            fold => FoldNumber { repeat, fold },
        };
        Some(Fold {
            number: FoldNumber { repeat, fold },
            train: View::new(self.source, train).ok()?,
            test: View::new(self.source, test).ok()?,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.repeats - self.next.repeat) * self.count - self.next.fold;
        (left, Some(left))
    }
}

impl<X, Y> ExactSizeIterator for FoldViews<'_, X, Y> {}

/// Prints the settings, not the rows.
impl<X, Y> fmt::Debug for Folds<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folds")
            .field("rows", &self.source.len())
            .field("count", &self.count)
            .field("repeats", &self.repeats)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Prints the settings, not the rows.
impl<X, Y> fmt::Debug for FoldViews<'_, X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoldViews")
            .field("rows", &self.source.len())
            .field("count", &self.count)
            .field("repeats", &self.repeats)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Class, Dataset};
    use super::*;

    fn data(rows: usize) -> Dataset<usize, Class<2>> {
        (0..rows).map(|row| (row, Class::new(usize::from(row % 5 == 0)).unwrap())).collect()
    }

    fn says<T>(result: Result<T>, start: &str) {
        let error = result.err().expect("an error").to_string();
        assert!(error.starts_with(start), "{error}");
    }

    #[test]
    fn every_row_is_tested_once_in_each_repetition() {
        let data = data(23);
        let made: Vec<_> = folds(&data, 4).repeated(3).seed(9).views().unwrap().collect();
        assert_eq!(made.len(), 12);
        for repeat in made.chunks(4) {
            let mut tested: Vec<usize> =
                repeat.iter().flat_map(|fold| fold.test.rows()).copied().collect();
            tested.sort_unstable();
            assert_eq!(tested, (0..23).collect::<Vec<_>>());
            for fold in repeat {
                assert!((5..=6).contains(&fold.test.len()));
                assert_eq!(fold.train.len() + fold.test.len(), 23);
                assert!(fold.train.rows().iter().all(|row| !fold.test.rows().contains(row)));
            }
        }
        assert_ne!(made[0].test.rows(), made[4].test.rows());
        assert_eq!(made[5].number, FoldNumber { repeat: 1, fold: 1 });
        let mut again = folds(&data, 4).repeated(3).seed(9).views().unwrap();
        assert_eq!(again.len(), 12);
        assert_eq!(again.next().unwrap().test.rows(), made[0].test.rows());
        assert_eq!(again.len(), 11);
        let other = folds(&data, 4).seed(8).views().unwrap().next().unwrap();
        assert_ne!(other.test.rows(), made[0].test.rows());
    }

    #[test]
    fn stratified_folds_have_every_class_in_its_share() {
        let data = data(103); // 21 of one class
        for fold in folds(&data, 10).stratified().repeated(2).views().unwrap() {
            let rare = fold.test.rows().iter().filter(|&row| row % 5 == 0).count();
            assert!((2..=3).contains(&rare), "{rare}");
            assert!((10..=11).contains(&fold.test.len()));
        }
        says(folds(&data, 22).stratified().views(), "class 1 (counted from 0, of those");
    }

    #[test]
    fn a_group_is_tested_at_once() {
        let data = data(40);
        let groups: Vec<usize> = (0..40).map(|row| row % 9).collect();
        for fold in folds(&data, 3).by_group(&groups).views().unwrap() {
            let in_test = |row: &usize| fold.test.rows().iter().any(|other| other % 9 == row % 9);
            assert!(!fold.train.rows().iter().any(in_test));
            assert!((9..=18).contains(&fold.test.len()), "{}", fold.test.len());
        }
        says(folds(&data, 10).by_group(&groups).views(), "fold ");
    }

    #[test]
    fn in_order_folds_are_stretches_and_by_time_the_past_is_trained_on() {
        let data = data(11);
        let rows = |folds: Folds<'_, usize, Class<2>>| -> Vec<(Vec<usize>, Vec<usize>)> {
            let views = folds.views().unwrap();
            views.map(|fold| (fold.train.rows().to_vec(), fold.test.rows().to_vec())).collect()
        };
        let stretches = rows(folds(&data, 3).in_order());
        assert_eq!(stretches[1], (vec![0, 1, 2, 3, 7, 8, 9, 10], vec![4, 5, 6]));
        // As scikit-learn's `TimeSeriesSplit(3)`.
        let forward = rows(folds(&data, 3).by_time());
        assert_eq!(forward.len(), 3);
        assert_eq!(forward[0], ((0..5).collect(), vec![5, 6]));
        assert_eq!(forward[2], ((0..9).collect(), vec![9, 10]));
    }

    #[test]
    fn folds_that_cannot_be_are_refused() {
        let data = data(5);
        says(folds(&data, 1).views(), "number of folds: found 1, expected at least 2");
        says(folds(&data, 6).views(), "fold ");
        says(folds(&data, 2).repeated(0).views(), "repetitions of the folds: found 0");
        says(folds(&data, 2).repeated(2).in_order().views(), "repetitions of the folds: found 2");
        says(folds(&data, 5).by_time().views(), "number of folds by time: found 5");
        assert!(folds(&data, 4).by_time().views().is_ok());
        assert!(folds(&data, 5).views().is_ok());
    }
}
