//! R², the coefficient of determination.

use super::gathered::Spread;
use super::{Metric, Observation};
use crate::error::Result;

/// R², the coefficient of determination: 1 − Σ (t − y)² / Σ (t − t̄)², up to 1; higher is better.
/// Always predicting the mean of the targets scores 0; lower values exist. The mean over several
/// outputs. `None` without rows, and where all targets are the same.
///
/// As scikit-learn's `r2_score`, which returns 1 or 0 where all targets are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct R2 {
    spread: Spread,
}

impl Metric for R2 {
    type Value = Option<f64>;
    const NAME: &'static str = "R²";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.spread.observe(row)
    }

    fn finish(self) -> Option<f64> {
        self.spread.explained(0.0)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let rows = |off: f64| [1.0, 2.0, 6.0].map(|t| numbers(&[t + off], &[t]));
    vec![
        Example::new(R2::default, &rows(0.0), Some(1.0)),
        Example::new(R2::default, &rows(1.0), Some(1.0 - 3.0 / 14.0)),
        Example::new(R2::default, &[numbers(&[1.0], &[1.0]), numbers(&[2.0], &[1.0])], None),
    ]
}
