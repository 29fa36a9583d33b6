//! Splits into any number of parts, as views.

use std::fmt;

use tensor::random::Random;

use super::super::dataset::SPLIT_STREAM;
use super::super::{Source, View};
use super::arrange::Arrangement;
use crate::error::{Error, Result};

/// Splits `source` into parts of these fractions: shuffled by default, with seed 0. No row is
/// copied.
///
/// ```
/// use nn::data::{Class, Dataset, Source, split};
///
/// let labels: Vec<u8> = (0..100).map(|row| u8::from(row % 10 == 0)).collect();
/// let data = Dataset::new(vec![[0.5_f32]; 100], Class::<2>::from_labels(&labels)?)?;
/// let [train, validation, test] = split(&data, [0.6, 0.2, 0.2]).stratified().seed(7).views()?;
/// assert_eq!([train.len(), validation.len(), test.len()], [60, 20, 20]);
/// let rare =
///     |view: &nn::data::View<'_, _, _>| view.rows().iter().filter(|&row| row % 10 == 0).count();
/// assert_eq!([rare(&train), rare(&validation), rare(&test)], [6, 2, 2]);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn split<X, Y, const PARTS: usize>(
    source: &dyn Source<X, Y>,
    shares: [f64; PARTS],
) -> Split<'_, X, Y, PARTS> {
    Split { source, shares, seed: 0, arrangement: Ok(Arrangement::Shuffled) }
}

/// A builder of a split; see [`split`].
#[must_use = "nothing is split before `views` is called"]
pub struct Split<'d, X, Y, const PARTS: usize> {
    source: &'d dyn Source<X, Y>,
    shares: [f64; PARTS],
    seed: u64,
    arrangement: Result<Arrangement>,
}

impl<'d, X, Y, const PARTS: usize> Split<'d, X, Y, PARTS> {
    /// Sets the seed. The same seed gives the same parts; parts in order do not depend on it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Stratifies by class: every part has each class in proportion, within a row or two.
    pub fn stratified(self) -> Self
    where
        Y: Ord + Clone,
    {
        self.stratified_by(Y::clone)
    }

    /// Stratifies by a function of the target: every part has each of its values in proportion,
    /// within a row or two.
    pub fn stratified_by<K: Ord>(mut self, key: impl Fn(&Y) -> K) -> Self
    where
        Y: Clone,
    {
        self.arrangement = Arrangement::stratified(self.source, key);
        self
    }

    /// Puts all rows of a group into the same part. `groups` is the group of each row, such as the
    /// patient of an image. The parts have their fractions as far as the groups allow.
    pub fn by_group<G: Ord>(mut self, groups: &[G]) -> Self {
        self.arrangement = Arrangement::groups(groups, self.source.len());
        self
    }

    /// Leaves the rows in order: the first part has the first rows, the past if they are in order
    /// of time.
    pub fn in_order(mut self) -> Self {
        self.arrangement = Ok(Arrangement::InOrder);
        self
    }

    /// Returns the parts, each with its rows in the order of the source.
    ///
    /// # Errors
    ///
    /// If a fraction is not between 0 and 1, or their sum is not 1. If a part would have no rows,
    /// or lack a class that it is stratified by. If the numbers of groups and rows differ.
    pub fn views(self) -> Result<[View<'d, X, Y>; PARTS]> {
        let rows = parts(&self.arrangement?, self.source.len(), self.shares, self.seed)?;
        let source = self.source;
        let mut views = Vec::with_capacity(PARTS);
        for rows in rows {
            views.push(View::new(source, rows)?);
        }
        let count = views.len();
        views.try_into().map_err(|_| {
            Error::value("parts", count.to_string(), PARTS.to_string(), "report this as a bug")
        })
    }
}

/// The rows of each part, in order.
pub(in super::super) fn parts<const PARTS: usize>(
    arrangement: &Arrangement,
    rows: usize,
    shares: [f64; PARTS],
    seed: u64,
) -> Result<[Vec<usize>; PARTS]> {
    if let Some(part) = shares.iter().position(|share| !(*share > 0.0 && *share <= 1.0)) {
        return Err(Error::value(
            format!("fraction of part {part}"),
            shares[part].to_string(),
            "a number above 0, at most 1",
            "pass [0.8, 0.2] for four rows in five and one in five, for example",
        ));
    }
    let sum: f64 = shares.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Err(Error::value(
            "sum of the fractions",
            sum.to_string(),
            "1",
            "every row belongs to a part: also list a part for the rest",
        ));
    }
    let random = Random::new(seed, SPLIT_STREAM);
    let part_of = arrangement.parts(rows, &shares, &random, "part")?;
    let mut rows = [const { Vec::new() }; PARTS];
    part_of.iter().enumerate().for_each(|(row, &part)| rows[part].push(row));
    Ok(rows)
}

/// Prints the settings, not the rows.
impl<X, Y, const PARTS: usize> fmt::Debug for Split<'_, X, Y, PARTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Split")
            .field("rows", &self.source.len())
            .field("shares", &self.shares)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Class, Dataset};
    use super::*;

    fn data(rows: usize) -> Dataset<usize, Class<3>> {
        // One half, three tenths, one fifth.
        let class = |row| [0, 0, 0, 0, 0, 1, 1, 1, 2, 2][row * 7 % 10];
        (0..rows).map(|row| (row, Class::new(class(row)).unwrap())).collect()
    }

    fn says<T>(result: Result<T>, start: &str) {
        let error = result.err().expect("an error").to_string();
        assert!(error.starts_with(start), "{error}");
    }

    fn in_all<const N: usize>(parts: &[View<'_, usize, Class<3>>; N]) -> Vec<usize> {
        let mut all: Vec<usize> = parts.iter().flat_map(|part| part.rows()).copied().collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn every_row_is_in_one_part_and_the_seed_decides_in_which() {
        let data = data(101);
        let of = |seed| split(&data, [0.5, 0.3, 0.2]).seed(seed).views().unwrap();
        let parts = of(1);
        assert_eq!(parts.each_ref().map(|part| part.len()), [51, 30, 20]);
        assert_eq!(in_all(&parts), (0..101).collect::<Vec<_>>());
        assert_eq!(of(1)[2].rows(), parts[2].rows());
        assert_ne!(of(2)[2].rows(), parts[2].rows());
        assert!(parts[0].rows().is_sorted());
        // The same rows as `Dataset::split`.
        let [first, _] = split(&data, [0.8, 0.2]).seed(3).views().unwrap();
        let mut rows = data.clone().split(0.8, 3).unwrap().0.inputs().to_vec();
        rows.sort_unstable();
        assert_eq!(first.rows(), rows);
    }

    #[test]
    fn in_order_the_past_comes_first() {
        let data = data(10);
        let [past, now, future] = split(&data, [0.5, 0.2, 0.3]).in_order().views().unwrap();
        assert_eq!(past.rows(), [0, 1, 2, 3, 4]);
        assert_eq!(now.rows(), [5, 6]);
        assert_eq!(future.rows(), [7, 8, 9]);
    }

    #[test]
    fn stratified_parts_have_every_class_in_its_share() {
        for rows in [40, 97, 1000] {
            let data = data(rows);
            let shares = [0.6, 0.25, 0.15];
            let parts = split(&data, shares).stratified().seed(5).views().unwrap();
            assert_eq!(in_all(&parts), (0..rows).collect::<Vec<_>>());
            let count = |rows: &[usize], class: usize| {
                rows.iter().filter(|&&row| data.targets()[row].index() == class).count() as f64
            };
            let all: Vec<usize> = (0..rows).collect();
            for (part, share) in parts.iter().zip(shares) {
                assert!((part.len() as f64 - share * rows as f64).abs() < 1.0);
                for class in 0..3 {
                    let wanted = share * count(&all, class);
                    let found = count(part.rows(), class);
                    assert!((found - wanted).abs() < 2.0, "{found} instead of {wanted}");
                }
            }
        }
        let one = Dataset::new(vec![0; 3], Class::<2>::from_labels(&[0, 0, 1]).unwrap()).unwrap();
        says(
            split(&one, [0.5, 0.5]).stratified().views(),
            "class 1 (counted from 0, of those that occur): found 1 rows, none of them in part",
        );
    }

    #[test]
    fn a_group_is_in_one_part() {
        let data = data(60);
        let groups: Vec<String> = (0..60).map(|row| format!("patient {}", row % 13)).collect();
        for seed in 0..5 {
            let parts = split(&data, [0.7, 0.3]).by_group(&groups).seed(seed).views().unwrap();
            assert_eq!(in_all(&parts), (0..60).collect::<Vec<_>>());
            let [train, test] = parts;
            let both = train.rows().iter().any(|&a| test.rows().iter().any(|&b| a % 13 == b % 13));
            assert!(!both);
            assert!((13..24).contains(&test.len()), "{}", test.len());
        }
        says(
            split(&data, [0.7, 0.3]).by_group(&groups[1..]).views(),
            "number of groups: found 59, expected 60, one for each row",
        );
        says(
            split(&data, [0.7, 0.3]).by_group(&[0; 60]).views(),
            "part 1 (counted from 0) of 2: found no rows, of 1 groups",
        );
    }

    #[test]
    fn shares_that_are_none_are_refused() {
        let data = data(10);
        says(split(&data, [1.5, -0.5]).views(), "fraction of part 0: found 1.5");
        says(split(&data, [f64::NAN, 0.5]).views(), "fraction of part 0: found NaN");
        says(split(&data, [0.5, 0.0]).views(), "fraction of part 1: found 0");
        says(split(&data, [0.5, 0.4]).views(), "sum of the fractions: found 0.9, expected 1");
        says(
            split(&data, [0.99, 0.01]).views(),
            "part 1 (counted from 0) of 2: found no rows, of 10 rows",
        );
        let none = Dataset::<usize, Class<3>>::new(Vec::new(), Vec::new()).unwrap();
        says(split(&none, [1.0]).views(), "part 0 (counted from 0) of 1: found no rows");
        assert!(split(&data, [0.1; 10]).views().is_ok());
    }
}
