//! How often the model is right.

use super::gathered::Mean;
use super::{Answer, Metric};
use crate::error::Result;

/// right rows / rows, from 0 to 1; higher is better.
///
/// What is right is what [`Head::is_right`](crate::head::Head::is_right) says: for exclusive classes that the largest output
/// is the target's, the first of several; for events that all of them are on the right side of ½; for several heads that all
/// of them are right. An answer of NaN is never right. `None` without rows, and where right and wrong are not defined.
///
/// As scikit-learn's `accuracy_score`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Accuracy {
    right: Mean,
    undefined: bool,
}

impl Accuracy {
    /// Takes in one row, of which [`Head::is_right`](crate::head::Head::is_right) has been asked.
    pub(super) fn count(&mut self, is_right: Option<bool>, weight: f64) {
        self.right.add(f64::from(is_right == Some(true)), weight);
        self.undefined |= is_right.is_none();
    }

    /// The share of right rows.
    pub(super) fn share(self) -> Option<f64> {
        self.right.value().filter(|_| !self.undefined)
    }
}

impl Metric for Accuracy {
    type Value = Option<f64>;
    const NAME: &'static str = "accuracy";

    fn observe(&mut self, row: &Answer) -> Result<()> {
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
    // right, wrong, right, and of two that are as large the first counts: wrong
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
        // A row is right if all of its events are: right, wrong, wrong.
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
