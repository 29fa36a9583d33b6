//! The receiver operating characteristic.

use std::fmt;

use super::gathered::{Rankings, steps};
use super::picture::Grid;
use super::roc_auc::area;
use super::{Metric, Observation};
use crate::error::{Error, Result};

/// The receiver operating characteristic of two classes, or of one event: at every threshold of the
/// score, the true positive rate over the false positive rate. A [`Metric`] whose value is the
/// curve: `None` if there are no positive or no negative rows.
///
/// As scikit-learn's `roc_curve`, with `drop_intermediate=False`. It prints as a picture of at most
/// 80 columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roc {
    rankings: Rankings,
}

/// The curve that [`Roc`] computes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RocCurve {
    /// From (0, 0) to (1, 1).
    pub points: Vec<RocPoint>,
    /// The area under the curve.
    pub area: f64,
}

/// A point of a [`RocCurve`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RocPoint {
    /// Scores from this value up count as positive: ∞ at the first point.
    pub threshold: f64,
    /// The fraction of the negative rows that do.
    pub false_positives: f64,
    /// The fraction of the positive rows that do.
    pub true_positives: f64,
}

impl RocCurve {
    /// The point with the largest difference of true and false positives (W. J. Youden, 1950), the
    /// first of several.
    pub fn best(&self) -> RocPoint {
        let gain = |point: &RocPoint| point.true_positives - point.false_positives;
        let better =
            |best: RocPoint, &next: &RocPoint| if gain(&next) > gain(&best) { next } else { best };
        self.points.iter().fold(START, better)
    }
}

const START: RocPoint =
    RocPoint { threshold: f64::INFINITY, false_positives: 0.0, true_positives: 0.0 };

impl Metric for Roc {
    type Value = Option<RocCurve>;
    const NAME: &'static str = "ROC curve";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        if row.decision()?.classes != 2 {
            return Err(Error::value(
                "number of classes",
                row.decision()?.classes.to_string(),
                "2",
                "measure `RocAuc`, which is the mean over more classes",
            ));
        }
        self.rankings.observe(row)
    }

    fn finish(self) -> Option<RocCurve> {
        let ranking = self.rankings.sorted().next()?;
        let area = area(&ranking)?;
        let weight = |positive: bool| {
            let rows = ranking.iter().filter(move |row| row.is_positive == positive);
            rows.map(|row| row.weight).sum::<f64>()
        };
        let (positive, negative) = (weight(true), weight(false));
        let (mut found, mut wrong) = (0.0, 0.0);
        let mut points = vec![START];
        for (threshold, right, other) in steps(&ranking) {
            found += right;
            wrong += other;
            points.push(RocPoint {
                threshold,
                false_positives: wrong / negative,
                true_positives: found / positive,
            });
        }
        Some(RocCurve { points, area })
    }
}

/// A picture of at most 80 columns.
impl fmt::Display for RocCurve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut grid = Grid::new(60, 20);
        grid.line((0.0, 0.0), (1.0, 1.0), '·');
        for pair in self.points.windows(2) {
            let at = |point: &RocPoint| (point.false_positives, point.true_positives);
            grid.line(at(&pair[0]), at(&pair[1]), '●');
        }
        let best = self.best();
        writeln!(f, "ROC curve, area {:.4}", self.area)?;
        grid.show(f, "true positives", "false positives")?;
        write!(
            f,
            "best threshold {:.4}: {:.1} % true positives, {:.1} % false positives",
            best.threshold,
            100.0 * best.true_positives,
            100.0 * best.false_positives
        )
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, events};

    let event = |p, t| events(&[p], &[t]);
    let rows = [event(0.9, 1.0), event(0.8, 0.0), event(0.5, 1.0), event(0.5, 0.0)];
    let third = |curve: Option<RocCurve>| Some(curve?.points[3].true_positives);
    vec![
        Example::of(Roc::default, &rows, |curve| Some(curve?.area), Some(0.625)),
        Example::of(Roc::default, &rows, third, Some(1.0)),
        Example::of(Roc::default, &rows, |curve| Some(curve?.best().threshold), Some(0.9)),
        Example::of(Roc::default, &rows[..1], |curve| Some(curve?.area), None),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::checks::{events, fits_80_columns};
    use super::*;

    #[test]
    fn it_is_a_picture() {
        let mut roc = Roc::default();
        for i in 0..200_u32 {
            let p = f64::from(i * 37 % 200) / 200.0;
            let t = f64::from(u8::from(p + f64::from(i % 7) / 10.0 > 0.7));
            roc.observe(&events(&[p], &[t])).unwrap();
        }
        let curve = roc.finish().unwrap();
        fits_80_columns(&curve);
        let text = curve.to_string();
        assert!(text.starts_with("ROC curve, area 0.9"), "{text}");
        assert_eq!(text.lines().count(), 25, "{text}");
        assert!(text.matches('●').count() > 20, "{text}");
        let last = curve.points.last().unwrap();
        assert_eq!((last.false_positives, last.true_positives), (1.0, 1.0));
    }
}
