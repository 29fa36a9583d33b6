//! Explained variance of regression outputs.

use super::gathered::Spread;
use super::{Metric, Observation};
use crate::error::Result;

/// Explained variance: 1 − Var(t − y) / Var(t), up to 1; higher is better. It equals
/// [`R2`](super::R2) except that the mean error is subtracted first. The mean over several outputs.
/// `None` without rows, and where all targets are the same.
///
/// As scikit-learn's `explained_variance_score`, which returns 1 or 0 where all targets are the
/// same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExplainedVariance {
    spread: Spread,
}

impl Metric for ExplainedVariance {
    type Value = Option<f64>;
    const NAME: &'static str = "explained variance";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.spread.observe(row)
    }

    fn finish(self) -> Option<f64> {
        self.spread.explained(1.0)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let all = ExplainedVariance::default;
    let rows = |off: f64| [1.0, 2.0, 6.0].map(|t| numbers(&[t + off], &[t]));
    vec![
        Example::new(all, &rows(1.0), Some(1.0)),
        Example::new(all, &[1.0, 5.0].map(|t| numbers(&[t / 2.0], &[t])), Some(0.75)),
        Example::new(all, &[numbers(&[1.0], &[1.0]), numbers(&[2.0], &[1.0])], None),
    ]
}
