//! The area under the ROC curve.

use super::gathered::{Rankings, Scored, steps};
use super::{Metric, Observation};
use crate::error::Result;

/// The area under the receiver operating characteristic, from 0 to 1; higher is better, and ½ is
/// chance level.
///
/// It is the probability that a positive row has a higher score than a negative one, a tie counting
/// half (Hanley and McNeil, 1982). With two classes the second is the positive one, and its output
/// the score. With more classes, and with several events, it is the mean over each class against
/// all others. `None` if a class or an event has no positive or no negative rows.
///
/// As scikit-learn's `roc_auc_score`, with `multi_class="ovr"`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RocAuc {
    rankings: Rankings,
}

impl Metric for RocAuc {
    type Value = Option<f64>;
    const NAME: &'static str = "ROC-AUC";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.rankings.observe(row)
    }

    fn finish(self) -> Option<f64> {
        self.rankings.mean(area)
    }
}

/// The area under the curve of a ranking.
pub(super) fn area(ranking: &[Scored]) -> Option<f64> {
    let (mut above, mut below, mut area) = (0.0, 0.0, 0.0);
    for (_, positive, negative) in steps(ranking) {
        area += negative * (above + positive / 2.0);
        above += positive;
        below += negative;
    }
    (above > 0.0 && below > 0.0).then(|| area / above / below)
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events};

    let all = RocAuc::default;
    let event = |p, t| events(&[p], &[t]);
    // Of 2·3 pairs 4 are in order, and one is a tie.
    let rows =
        [event(0.9, 1.0), event(0.8, 0.0), event(0.5, 1.0), event(0.5, 0.0), event(0.1, 0.0)];
    let of_class = |p, t| class(&[1.0 - p, p], t);
    let three = [
        class(&[0.5, 0.4, 0.1], 0),
        class(&[0.6, 0.3, 0.1], 1), // of the first class one pair of two, of the others all
        class(&[0.1, 0.1, 0.8], 2),
    ];
    vec![
        Example::new(all, &rows, Some(4.5 / 6.0)),
        Example::new(all, &[of_class(0.3, 1), of_class(0.6, 0)], Some(0.0)),
        Example::new(all, &[of_class(0.5, 1), of_class(0.5, 0)], Some(0.5)),
        Example::new(all, &three, Some((0.5 + 0.5 + 1.0) / 3.0)),
        Example::new(all, &three[..2], None),
        Example::new(all, &[event(0.4, 1.0)], None),
    ]
}
