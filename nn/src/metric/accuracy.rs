//! Accuracy.

use super::gathered::Mean;
use super::{Metric, Observation};
use crate::error::Result;

/// The fraction of rows predicted correctly, from 0 to 1; higher is better.
///
/// [`Head::is_right`](crate::head::Head::is_right) defines correctness. Exclusive classes: the
/// largest output, the first of several, is the target's. Events: all of them are on the correct
/// side of ½. Several heads: all of them are correct. An output of NaN is never correct. `None`
/// without rows, and where correctness is not defined.
///
/// As scikit-learn's `accuracy_score`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    right: Mean,
    undefined: bool,
}

impl Accuracy {
    /// Takes in one row, with the result of [`Head::is_right`](crate::head::Head::is_right) on it.
    pub(super) fn count(&mut self, is_right: Option<bool>, weight: f64) {
        self.right.add(f64::from(is_right == Some(true)), weight);
        self.undefined |= is_right.is_none();
    }

    /// The fraction of correct rows.
    pub(super) fn share(self) -> Option<f64> {
        self.right.value().filter(|_| !self.undefined)
    }
}

impl Metric for Accuracy {
    type Value = Option<f64>;
    const NAME: &'static str = "accuracy";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        self.count(row.is_right(), row.weight());
        Ok(())
    }

    fn finish(self) -> Option<f64> {
        self.share()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class, events, numbers};

    let all = Accuracy::default;
    // Correct, wrong, correct; of two equal outputs the first counts: wrong.
    let rows = [
        class(&[0.5, 0.2, 0.3], 0),
        class(&[0.2, 0.7, 0.1], 0),
        class(&[0.1, 0.3, 0.6], 2),
        class(&[0.2, 0.4, 0.4], 2),
    ];
    let weighed = [rows[0].clone().weighted(6.0).unwrap(), rows[1].clone()];
    vec![
        Example::new(all, &rows, Some(0.5)),
        Example::new(all, &weighed, Some(6.0 / 7.0)),
        Example::new(all, &[class(&[f64::NAN, 0.5], 0)], Some(0.0)),
        // A row is correct if all of its events are: correct, wrong, wrong.
        Example::new(
            all,
            &[
                events(&[0.6, 0.4], &[1.0, 0.0]),
                events(&[0.6, 0.6], &[1.0, 0.0]),
                events(&[0.4, 0.6], &[1.0, 0.0]),
            ],
            Some(1.0 / 3.0),
        ),
        Example::new(all, &[numbers(&[1.0], &[1.0])], None),
    ]
}
