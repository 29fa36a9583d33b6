//! Mean absolute error.

use super::gathered::{Columns, Mean};
use super::{Metric, Observation};
use crate::error::Result;

/// The mean absolute error, mean |y − t|, from 0; lower is better. The mean over several outputs.
/// `None` without rows.
///
/// As scikit-learn's `mean_absolute_error`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mae {
    columns: Columns<Mean>,
}

impl Metric for Mae {
    type Value = Option<f64>;
    const NAME: &'static str = "MAE";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.columns.observe(row, |mean, y, t, weight| mean.add((y - t).abs(), weight))
    }

    fn finish(self) -> Option<f64> {
        self.columns.mean(Mean::value)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, events, numbers};

    let rows = [numbers(&[1.0, 5.0], &[2.0, 1.0]), numbers(&[3.0, 0.0], &[0.0, 0.0])];
    vec![
        Example::new(Mae::default, &rows, Some(2.0)),
        Example::new(Mae::default, &[events(&[0.25], &[1.0])], Some(0.75)),
    ]
}
