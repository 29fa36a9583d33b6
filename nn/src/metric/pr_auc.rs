//! Average precision, the area under the precision-recall curve.

use super::gathered::{Rankings, Scored, steps};
use super::{Metric, Observation};
use crate::error::Result;

/// Average precision, the area under the curve of precision over recall, from 0 to 1; higher is
/// better. Chance level is the fraction of positive rows.
///
/// Σ (Rₙ − Rₙ₋₁)·Pₙ over all thresholds n, where R is the recall and P the precision of the rows
/// above the threshold. The points are not joined by lines, which would be too optimistic (Davis
/// and Goadrich, 2006). With two classes the second is the positive one, and its output the score.
/// With more classes, and with several events, it is the mean over each class against all others.
/// `None` if a class or an event has no positive rows.
///
/// As scikit-learn's `average_precision_score`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrAuc {
    rankings: Rankings,
}

impl Metric for PrAuc {
    type Value = Option<f64>;
    const NAME: &'static str = "PR-AUC";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.rankings.observe(row)
    }

    fn finish(self) -> Option<f64> {
        self.rankings.mean(average_precision)
    }
}

fn average_precision(ranking: &[Scored]) -> Option<f64> {
    let (mut found, mut taken, mut sum) = (0.0, 0.0, 0.0);
    for (_, positive, negative) in steps(ranking) {
        found += positive;
        taken += positive + negative;
        if positive > 0.0 {
            sum += positive * found / taken;
        }
    }
    (found > 0.0).then(|| sum / found)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events};

    let all = PrAuc::default;
    let event = |p, t| events(&[p], &[t]);
    // The first half of the positives at precision 1, the other at that of 2 in 4 rows.
    let rows =
        [event(0.9, 1.0), event(0.8, 0.0), event(0.5, 1.0), event(0.5, 0.0), event(0.1, 0.0)];
    let of_class = |p, t| class(&[1.0 - p, p], t);
    vec![
        Example::new(all, &rows, Some(0.5 * 1.0 + 0.5 * 2.0 / 4.0)),
        Example::new(all, &[of_class(0.3, 1), of_class(0.6, 0)], Some(0.5)),
        Example::new(all, &[of_class(0.5, 1)], Some(1.0)),
        Example::new(all, &[event(0.4, 0.0)], None),
    ]
}
