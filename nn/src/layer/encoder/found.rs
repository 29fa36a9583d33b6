//! What is found of the columns of the training rows.

use std::fmt;

use tensor::Float;
use tensor::random::Random;

use crate::parameters::padded;

/// Rows of which quantiles are exact. Of more, as many are drawn: the rank of a quantile is then off by less than 0.75 % of
/// all rows, but for one time in 10¹² (Dvoretzky, Kiefer and Wolfowitz; 2·exp(−2nε²)).
const EXACT_ROWS: usize = 1 << 18;

/// Numbers that are in memory at a time for quantiles.
const NUMBERS: usize = 1 << 22;

/// Keeps the rows that are drawn apart from other random numbers ("QUAN").
const STREAM: u64 = 0x5155_414E_0000_0000;

/// Shows rows, some at a time, in order.
type Visit<'s, T> = &'s dyn Fn(&mut dyn FnMut(&[T]));

/// The training rows, as an encoder sees them: its own columns of them.
#[derive(Clone, Copy)]
pub struct Seen<'s, T> {
    /// Shows all rows, whole.
    visit: Visit<'s, T>,
    rows: usize,
    /// Of a whole row.
    all: usize,
    first: usize,
    width: usize,
}

impl<'s, T: Float> Seen<'s, T> {
    /// So many rows of `width` numbers, which `visit` shows in order, some at a time.
    pub(crate) fn new(visit: Visit<'s, T>, rows: usize, width: usize) -> Self {
        Seen { visit, rows, all: width, first: 0, width }
    }

    /// The same rows, but only these columns of them.
    pub(crate) fn part(&self, first: usize, width: usize) -> Self {
        Seen { first: self.first + first, width, ..*self }
    }

    /// Columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Shows the columns at hand of each row.
    pub(crate) fn each(&self, mut see: impl FnMut(usize, &[T])) {
        let mut at = 0;
        (self.visit)(&mut |rows| {
            for row in rows.chunks_exact(self.all) {
                see(at, &row[self.first..][..self.width]);
                at += 1;
            }
        });
    }

    /// Mean, deviation and ends of each column, in one pass in `f64`. What is no number counts as missing.
    pub fn columns(&self) -> Vec<FoundColumn> {
        // Sums of the distances from a value of the column: of its numbers themselves they would cancel.
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

    /// These quantiles of each column: between two values as far as the quantile is between their places. Of a column
    /// without a number they are 0.
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

    /// Which rows are drawn, if not all are taken: each set of them is as likely as any other.
    fn drawn(&self) -> Option<Vec<bool>> {
        (self.rows > EXACT_ROWS).then(|| {
            let random = Random::new(0, STREAM);
            let mut is_drawn = vec![false; self.rows];
            // Floyd's: each step adds one row, the last one if the other is there.
            for last in self.rows - EXACT_ROWS..self.rows {
                let row = random.below(last as u64, last as u64 + 1) as usize;
                let free = if is_drawn[row] { last } else { row };
                is_drawn[free] = true;
            }
            is_drawn
        })
    }
}

/// Of which size, not the rows.
impl<T> fmt::Debug for Seen<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("rows", &self.rows)
            .field("columns", &self.width)
            .finish_non_exhaustive()
    }
}

/// The quantiles of some numbers.
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

/// What was found of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FoundColumn {
    /// Rows with a number.
    pub count: usize,
    /// Rows without one.
    pub missing: usize,
    /// The mean of the numbers.
    pub mean: f64,
    /// √ of the mean of (x − mean)².
    pub deviation: f64,
    /// The least number.
    pub least: f64,
    /// The largest.
    pub most: f64,
    /// The median, where it was asked for.
    pub median: Option<f64>,
    /// Of a category: how many different words there are. Of its other figures only the counts mean anything.
    pub words: Option<usize>,
    /// By which a column with the same values is known.
    pub(crate) print: Print,
}

/// A number that values one after the other make, which others hardly do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Print(u64);

impl Print {
    /// The next value; all that are missing are alike.
    pub(crate) fn add(&mut self, x: f64) {
        let bits = if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
        let mixed = (self.0 ^ bits).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 29);
    }

    /// That of two columns together.
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

    /// Whether all values are equal, so that the column says nothing.
    pub fn is_constant(&self) -> bool {
        match self.words {
            Some(words) => words == 1,
            None => self.least == self.most,
        }
    }
}

/// 1 by a distance; of none, 1.
pub(super) fn rate(distance: f64) -> f64 {
    if distance > 0.0 && (1.0 / distance).is_finite() { 1.0 / distance } else { 1.0 }
}

/// Writes two numbers of a column, where a state has one of each for every column.
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
        // As many as need a draw, in an order that a regular choice would be misled by.
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
