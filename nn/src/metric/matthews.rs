//! Matthews' correlation of predicted and true classes.

use super::gathered::{Label, Labels};
use super::{Metric, Observation};
use crate::error::Result;

/// Matthews' correlation coefficient, from −1 to 1; higher is better, and 0 is chance level.
///
/// (c·s − Σ pₖ·tₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²)), where s is the weight of all rows, c that of the
/// rows predicted correctly, pₖ that of the rows predicted as class k, and tₖ that of the rows
/// whose target is class k (J. Gorodkin, 2004; for two classes B. W. Matthews, 1975). `None` where
/// all rows are of one class, or only one was predicted; scikit-learn's `matthews_corrcoef`,
/// otherwise the same, returns 0 there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matthews {
    labels: Labels,
}

impl Metric for Matthews {
    type Value = Option<f64>;
    const NAME: &'static str = "Matthews correlation";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        row.decision()?; // exclusive classes, not several events
        self.labels.observe(row)
    }

    fn finish(self) -> Option<f64> {
        let labels = &self.labels.0;
        let sum = |of: &dyn Fn(&Label) -> f64| labels.iter().map(of).sum::<f64>();
        let (right, all) = (sum(&|label| label.hits), sum(&|label| label.support()));
        let chosen = |label: &Label| label.hits + label.false_alarms;
        // Fractions, so that no square overflows.
        let of = |x: f64| x / all;
        let covariance = of(right) - sum(&|label| of(chosen(label)) * of(label.support()));
        let few = |count: &dyn Fn(&Label) -> f64| {
            labels.iter().filter(|label| count(label) > 0.0).count() < 2
        };
        if few(&chosen) || few(&|label| label.support()) {
            return None;
        }
        // 1 − Σ x², without cancellation.
        let variance = |count: &dyn Fn(&Label) -> f64| {
            sum(&|label| of(count(label)) * (of(all) - of(count(label))))
        };
        let (of_chosen, of_targets) = (variance(&chosen), variance(&|label| label.support()));
        Some(covariance / (of_chosen.sqrt() * of_targets.sqrt()))
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions};

    let all = Matthews::default;
    // TP 3, TN 2, FP 1, FN 2: (6 − 2)/√(4·5·3·4).
    let rows = decisions::<2>(&[(1, 1), (1, 1), (1, 1), (0, 0), (0, 0), (1, 0), (0, 1), (0, 1)]);
    vec![
        Example::new(all, &rows, Some(4.0 / 240.0_f64.sqrt())),
        Example::new(all, &decisions::<3>(&[(0, 0), (1, 1), (2, 2)]), Some(1.0)),
        Example::new(all, &decisions::<2>(&[(0, 1), (1, 0)]), Some(-1.0)),
        Example::new(all, &decisions::<2>(&[(0, 0), (0, 1)]), None),
        Example::new(all, &decisions::<2>(&[(0, 0), (1, 0)]), None),
    ]
}
