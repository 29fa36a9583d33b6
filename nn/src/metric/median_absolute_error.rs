//! Median absolute error.

use super::gathered::Columns;
use super::{Metric, Observation};
use crate::error::Result;

/// The median of |y − t|, from 0; lower is better. A few outliers do not change it. With an even
/// number of rows it is the mean of the two in the middle; with weights, the error below which half
/// of the weight lies. The mean over several outputs. `None` without rows.
///
/// As scikit-learn's `median_absolute_error`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MedianAbsoluteError {
    columns: Columns<Vec<(f64, f64)>>,
}

impl Metric for MedianAbsoluteError {
    type Value = Option<f64>;
    const NAME: &'static str = "median absolute error";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.columns.observe(row, |rows, y, t, weight| {
            if weight > 0.0 {
                rows.push(((y - t).abs(), weight));
            }
        })
    }

    fn finish(self) -> Option<f64> {
        self.columns.mean(|rows| median(rows.clone()))
    }
}

/// The value below which half of the weight lies; if exactly half does, its mean with the next
/// value.
pub(super) fn median(mut rows: Vec<(f64, f64)>) -> Option<f64> {
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = rows.iter().map(|row| row.1).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (at, &(value, weight)) in rows.iter().enumerate() {
        below += weight;
        if below >= half {
            let next = rows.get(at + 1).map_or(value, |next| next.0);
            let is_between = below - half <= f64::EPSILON;
            return Some(if is_between { value + (next - value) / 2.0 } else { value });
        }
    }
    None
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let all = MedianAbsoluteError::default;
    let rows = [3.0, -1.0, 100.0, 0.0].map(|error| numbers(&[error], &[0.0]));
    let weighed =
        rows.clone().map(|row| row.clone().weighted(1.0 + row.numbers().unwrap().0[0].abs()));
    vec![
        Example::new(all, &rows, Some(2.0)),
        Example::new(all, &rows[..3], Some(3.0)),
        Example::new(all, &weighed.map(|row| row.unwrap()), Some(100.0)),
    ]
}
