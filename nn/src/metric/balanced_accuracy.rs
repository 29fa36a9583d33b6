//! Accuracy where some classes are rare.

use super::gathered::Labels;
use super::{Metric, Observation};
use crate::error::Result;

/// The mean of the classes' recalls, from 0 to 1; higher is better. Classes that are no row's
/// target are left out.
///
/// Chance level is 1/classes, however rare a class is. `None` without rows.
///
/// As scikit-learn's `balanced_accuracy_score`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BalancedAccuracy {
    labels: Labels,
}

impl Metric for BalancedAccuracy {
    type Value = Option<f64>;
    const NAME: &'static str = "balanced accuracy";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        row.decision()?; // exclusive classes, not several events
        self.labels.observe(row)
    }

    fn finish(self) -> Option<f64> {
        let recalls: Vec<f64> =
            self.labels.0.into_iter().filter_map(|label| label.recall()).collect();
        (!recalls.is_empty()).then(|| recalls.iter().sum::<f64>() / recalls.len() as f64)
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions};

    let all = BalancedAccuracy::default;
    vec![
        // 3 of 4 of the first, none of the one of the second; the third is no target.
        Example::new(all, &decisions::<3>(&[(0, 0), (0, 0), (0, 0), (2, 0), (0, 1)]), Some(0.375)),
        Example::new(all, &decisions::<2>(&[(0, 0)]), Some(1.0)),
    ]
}
