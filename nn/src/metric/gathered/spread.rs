//! Outputs and targets of all rows, for fractions of a variance.

use super::columns::Columns;
use super::sum::Mean;
use crate::error::Result;
use crate::head::Observation;

/// Error, target and weight of every row, output by output. A variance is exact only if the mean is
/// known before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::metric) struct Spread {
    columns: Columns<Vec<[f64; 3]>>,
}

impl Spread {
    pub(in crate::metric) fn observe(&mut self, row: &Observation) -> Result<()> {
        self.columns.observe(row, |rows, y, t, weight| rows.push([t - y, t, weight]))
    }

    /// 1 − mean (e − c·ē)² / mean (t − t̄)², where e is the error and c is `centred`, the mean over
    /// all outputs: `None` where all targets of an output are the same.
    pub(in crate::metric) fn explained(&self, centred: f64) -> Option<f64> {
        self.columns.mean(|rows| {
            let mean = |of: &dyn Fn(&[f64; 3]) -> f64| {
                let mut mean = Mean::default();
                rows.iter().for_each(|row| mean.add(of(row), row[2]));
                mean.value()
            };
            let (error, target) = (mean(&|row| row[0])? * centred, mean(&|row| row[1])?);
            // The mean of equal numbers may have rounded.
            let mut targets = rows.iter().filter(|row| row[2] > 0.0).map(|row| row[1]);
            let first = targets.next()?;
            if targets.all(|t| t == first) {
                return None;
            }
            let errors = mean(&|row| (row[0] - error).powi(2))?;
            let spread = mean(&|row| (row[1] - target).powi(2))?;
            (spread > 0.0).then(|| 1.0 - errors / spread)
        })
    }
}
