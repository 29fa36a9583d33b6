//! Root mean squared error.

use super::gathered::{Columns, Mean};
use super::{Metric, Observation};
use crate::error::Result;

/// The root mean squared error, √(mean (y − t)²), from 0; lower is better. The mean of the roots
/// over several outputs. `None` without rows.
///
/// As scikit-learn's `root_mean_squared_error`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rmse {
    columns: Columns<Mean>,
}

impl Metric for Rmse {
    type Value = Option<f64>;
    const NAME: &'static str = "RMSE";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.columns.observe(row, |mean, y, t, weight| mean.add((y - t) * (y - t), weight))
    }

    fn finish(self) -> Option<f64> {
        self.columns.mean(|mean| mean.value().map(f64::sqrt))
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let rows = [numbers(&[1.0, 2.0], &[2.0, 2.0]), numbers(&[7.0, 2.0], &[0.0, 2.0])];
    vec![Example::new(Rmse::default, &rows, Some(2.5))]
}
