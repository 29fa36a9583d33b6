//! Column statistics of the training rows, for encoders.

use std::fmt;

use tensor::Float;
use tensor::random::Random;

use crate::parameters::padded;

/// Largest number of rows for which quantiles are exact. Of more rows, a sample of this size is
/// drawn. The rank of a quantile is then off by less than 0.75 % of all rows, except with
/// probability 10⁻¹² (Dvoretzky, Kiefer and Wolfowitz; 2·exp(−2nε²)).
const EXACT_ROWS: usize = 1 << 18;

/// Numbers that are in memory at a time to compute quantiles.
const NUMBERS: usize = 1 << 22;

/// The random stream of the sample, separate from all others ("QUAN").
const STREAM: u64 = 0x5155_414E_0000_0000;

/// Passes rows to a function, some at a time, in order.
type Visit<'s, T> = &'s dyn Fn(&mut dyn FnMut(&[T]));

/// The training rows, restricted to an encoder's columns.
#[derive(Clone, Copy)]
pub struct Seen<'s, T> {
    /// Passes all rows, with all columns.
    visit: Visit<'s, T>,
    rows: usize,
    /// Width of a row with all columns.
    all: usize,
    first: usize,
    width: usize,
}

impl<'s, T: Float> Seen<'s, T> {
    /// `rows` rows of `width` numbers, which `visit` passes in order, some at a time.
    pub(crate) fn new(visit: Visit<'s, T>, rows: usize, width: usize) -> Self {
        Seen { visit, rows, all: width, first: 0, width }
    }

    /// The same rows, restricted to `width` of these columns from `first` on.
    pub(crate) fn part(&self, first: usize, width: usize) -> Self {
        Seen { first: self.first + first, width, ..*self }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Passes the index and these columns of each row.
    pub(crate) fn each(&self, mut see: impl FnMut(usize, &[T])) {
        let mut at = 0;
        (self.visit)(&mut |rows| {
            for row in rows.chunks_exact(self.all) {
                see(at, &row[self.first..][..self.width]);
                at += 1;
            }
        });
    }

    /// Returns mean, standard deviation, minimum and maximum of each column, computed in one pass
    /// in `f64`. NaN counts as missing.
    pub fn columns(&self) -> Vec<FoundColumn> {
        // Sums of distances from one value of the column. Sums of the numbers themselves would
        // suffer from cancellation.
        let mut near = vec![f64::NAN; self.width];
        let mut sums = vec![[0.0, 0.0]; self.width];
        let mut found = vec![FoundColumn::nothing(); self.width];
        self.each(|_, row| {
            for (((&x, near), sums), found) in
                row.iter().zip(&mut near).zip(&mut sums).zip(&mut found)
            {
                let x = x.as_f64();
                found.print.add(x);
                if x.is_nan() {
                    found.missing += 1;
                    continue;
                }
                if near.is_nan() {
                    *near = x;
                }
                let distance = x - *near;
                *sums = [sums[0] + distance, sums[1] + distance * distance];
                found.count += 1;
                found.least = found.least.min(x);
                found.most = found.most.max(x);
            }
        });
        for ((found, near), sums) in found.iter_mut().zip(near).zip(sums) {
            let count = found.count as f64;
            if found.count == 0 {
                (found.mean, found.least, found.most) = (0.0, 0.0, 0.0);
                continue;
            }
            let mean = sums[0] / count;
            found.mean = near + mean;
            let variance = (sums[1] / count - mean * mean).max(0.0);
            found.deviation = if found.least == found.most { 0.0 } else { variance.sqrt() };
        }
        found
    }

    /// Returns these quantiles of each column, with linear interpolation between the two nearest
    /// values. Those of a column without a number are 0.
    pub fn quantiles(&self, shares: &[f64]) -> Vec<Vec<f64>> {
        let is_drawn = self.drawn();
        let rows = self.rows.min(EXACT_ROWS);
        let at_a_time = (NUMBERS / rows.max(1)).clamp(1, self.width.max(1));
        let mut all = Vec::with_capacity(self.width);
        for first in (0..self.width).step_by(at_a_time) {
            let part = self.part(first, at_a_time.min(self.width - first));
            let mut columns = vec![Vec::with_capacity(rows); part.width];
            part.each(|at, row| {
                if is_drawn.as_ref().is_none_or(|drawn| drawn[at]) {
                    for (&x, column) in row.iter().zip(&mut columns) {
                        if !x.is_nan() {
                            column.push(x.as_f64());
                        }
                    }
                }
            });
            all.extend(columns.into_iter().map(|column| quantiles(column, shares)));
        }
        all
    }

    /// Returns which rows are in the sample, or `None` if all are. All samples are equally likely.
    fn drawn(&self) -> Option<Vec<bool>> {
        (self.rows > EXACT_ROWS).then(|| {
            let random = Random::new(0, STREAM);
            let mut is_drawn = vec![false; self.rows];
            // Floyd's algorithm: each step adds one row; the last row, if the drawn one is in the
            // sample already.
            for last in self.rows - EXACT_ROWS..self.rows {
                let row = random.below(last as u64, last as u64 + 1) as usize;
                let free = if is_drawn[row] { last } else { row };
                is_drawn[free] = true;
            }
            is_drawn
        })
    }
}

/// Shows the size, not the rows.
impl<T> fmt::Debug for Seen<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("rows", &self.rows)
            .field("columns", &self.width)
            .finish_non_exhaustive()
    }
}

/// Returns the quantiles of some numbers.
fn quantiles(mut numbers: Vec<f64>, shares: &[f64]) -> Vec<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let Some(last) = numbers.len().checked_sub(1) else { return vec![0.0; shares.len()] };
    let quantile = |&share: &f64| {
        let place = share * last as f64;
        let (below, above) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
        below + (above - below) * place.fract()
    };
    shares.iter().map(quantile).collect()
}

/// Statistics of a column of the training rows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundColumn {
    /// Number of rows with a value.
    pub count: usize,
    /// Number of rows without a value.
    pub missing: usize,
    /// The mean.
    pub mean: f64,
    /// The standard deviation: √ of the mean of (x − mean)².
    pub deviation: f64,
    /// The minimum.
    pub least: f64,
    /// The maximum.
    pub most: f64,
    /// The median, if it was computed.
    pub median: Option<f64>,
    /// The number of different words of a category. Of its other statistics, only the counts are
    /// meaningful.
    pub words: Option<usize>,
    /// A fingerprint of the values, to detect equal columns.
    pub(crate) print: Print,
}

/// A hash of a sequence of values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Print(u64);

impl Print {
    /// Adds the next value. All missing values are equal.
    pub(crate) fn add(&mut self, x: f64) {
        let bits = if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
        let mixed = (self.0 ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// Returns the hash of two columns together.
    pub(crate) fn with(self, other: Print) -> Print {
        Print(self.0.rotate_left(1) ^ other.0)
    }
}

impl FoundColumn {
    fn nothing() -> Self {
        FoundColumn {
            count: 0,
            missing: 0,
            mean: 0.0,
            deviation: 0.0,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
            median: None,
            words: None,
            print: Print::default(),
        }
    }

    /// Whether all values are equal, so that the column has no information.
    pub fn is_constant(&self) -> bool {
        match self.words {
            Some(words) => words == 1,
            None => self.least == self.most,
        }
    }
}

/// Returns 1/distance; 1 for a distance of 0.
pub(super) fn rate(distance: f64) -> f64 {
    if distance > 0.0 && (1.0 / distance).is_finite() { 1.0 / distance } else { 1.0 }
}

/// Writes two numbers of each column to a state of two tensors.
pub(super) fn write<T: Float>(
    state: &mut [T],
    width: usize,
    column: usize,
    [center, scale]: [f64; 2],
) {
    state[column] = T::of(center);
    state[padded(width) + column] = T::of(scale);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_quantiles_by_hand() {
        let rows = [1.0, 5.0, f64::NAN, 5.0, 2.0, 5.0, 4.0, 5.0, 9.0, 5.0];
        let visit = |see: &mut dyn FnMut(&[f64])| {
            see(&rows[..4]);
            see(&rows[4..]);
        };
        let seen = Seen::new(&visit, 5, 2);
        let columns = seen.columns();
        assert_eq!((columns[0].count, columns[0].missing, columns[0].mean), (4, 1, 4.0));
        assert_eq!((columns[0].least, columns[0].most), (1.0, 9.0));
        assert!((columns[0].deviation - 9.5_f64.sqrt()).abs() < 1e-12);
        assert!(columns[1].is_constant() && columns[1].deviation == 0.0);
        assert_eq!(seen.quantiles(&[0.0, 0.5, 1.0]), [[1.0, 3.0, 9.0], [5.0; 3]]);
        assert_eq!(seen.part(1, 1).columns(), columns[1..]);
    }

    #[test]
    fn quantiles_of_many_rows_are_within_their_bound() {
        // Enough rows for a sample, in an order that would mislead a regular choice.
        let rows = 3 * EXACT_ROWS;
        let visit = |see: &mut dyn FnMut(&[f64])| {
            for row in 0..rows {
                see(&[((row * 7919) % rows) as f64]);
            }
        };
        let found = Seen::new(&visit, rows, 1).quantiles(&[0.1, 0.5, 0.9]);
        for (found, share) in found[0].iter().zip([0.1, 0.5, 0.9]) {
            assert!((found / rows as f64 - share).abs() < 0.0075, "{share}: {found}");
        }
    }
}
