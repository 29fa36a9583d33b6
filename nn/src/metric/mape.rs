//! Mean absolute percentage error.

use super::gathered::{Columns, Mean};
use super::{Metric, Observation};
use crate::error::Result;

/// The mean absolute percentage error as a fraction, mean |y − t| / |t|, from 0 (0.05 is five
/// percent); lower is better. The mean over several outputs. `None` without rows, and where a
/// target of a row with a weight is 0, since the relative error is undefined there.
///
/// As scikit-learn's `mean_absolute_percentage_error`, which divides by 2⁻⁵² where a target is 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mape {
    columns: Columns<Mean>,
    has_zero: bool,
}

impl Metric for Mape {
    type Value = Option<f64>;
    const NAME: &'static str = "MAPE";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let has_zero = &mut self.has_zero;
        self.columns.observe(row, |mean, y, t, weight| {
            // As scikit-learn: a target closer to 0 than 2⁻⁵² counts as 2⁻⁵².
            mean.add((y - t).abs() / t.abs().max(f64::EPSILON), weight);
            *has_zero |= t == 0.0 && weight > 0.0;
        })
    }

    fn finish(self) -> Option<f64> {
        self.columns.mean(Mean::value).filter(|_| !self.has_zero)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let rows = [numbers(&[1.0], &[2.0]), numbers(&[3.0], &[-1.0]), numbers(&[5.0], &[5.0])];
    vec![
        Example::new(Mape::default, &rows, Some(1.5)),
        Example::new(Mape::default, &[numbers(&[1.0], &[0.0])], None),
    ]
}
