//! The pinball loss of a quantile.

use super::gathered::{Columns, Mean};
use super::{Metric, Observation};
use crate::error::Result;

/// The pinball loss of the quantile α: mean max(α·(t − y), (α − 1)·(t − y)), from 0; lower is
/// better. It is minimal where a fraction α of the targets lies below the outputs (Koenker and
/// Bassett, 1978). The mean over several outputs. `None` without rows.
///
/// As scikit-learn's `mean_pinball_loss`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinball {
    alpha: f64,
    columns: Columns<Mean>,
}

impl Pinball {
    /// The pinball loss of the quantile `alpha`, from 0 to 1: ½ is the median.
    ///
    /// # Panics
    ///
    /// If `alpha` is not from 0 to 1.
    #[track_caller]
    pub fn new(alpha: f64) -> Self {
        let allowed = (0.0..=1.0).contains(&alpha);
        assert!(allowed, "pinball loss: found α = {alpha}, expected a number from 0 to 1");
        Pinball { alpha, columns: Columns::default() }
    }
}

impl Metric for Pinball {
    type Value = Option<f64>;
    const NAME: &'static str = "pinball loss";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let alpha = self.alpha;
        self.columns.observe(row, |mean, y, t, weight| {
            let above = t - y;
            mean.add((alpha * above).max((alpha - 1.0) * above), weight);
        })
    }

    fn finish(self) -> Option<f64> {
        self.columns.mean(Mean::value)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, numbers};

    let rows = [numbers(&[1.0], &[2.0]), numbers(&[3.0], &[-1.0])];
    vec![
        Example::new(|| Pinball::new(0.75), &rows, Some((0.75 + 0.25 * 4.0) / 2.0)),
        Example::new(|| Pinball::new(0.0), &rows, Some(2.0)),
    ]
}
