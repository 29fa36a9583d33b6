//! Precision: the fraction of positive predictions that are correct.

use super::gathered::{Average, Label, Labels, label_metric};
use super::{Metric, Observation};
use crate::error::Result;

label_metric! {
    /// TP / (TP + FP): of the rows for which a class was predicted, the fraction whose target it
    /// is, from 0 to 1; higher is better. `None` for a class that was never predicted.
    ///
    /// As scikit-learn's `precision_score`.
    Precision, "precision", Label::precision
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions, events};

    // Class 0: 2 TP of 3; class 1: 1 TP of 1; class 2: never predicted, once the target.
    let rows = decisions::<3>(&[(0, 0), (0, 0), (0, 2), (1, 1)]);
    let two = [events(&[0.9, 0.9], &[1.0, 0.0]), events(&[0.9, 0.1], &[0.0, 0.0])];
    vec![
        Example::new(|| Precision::of_class(0), &rows, Some(2.0 / 3.0)),
        Example::new(|| Precision::of_class(2), &rows, None),
        Example::new(Precision::macro_mean, &rows, Some((2.0 / 3.0 + 1.0) / 3.0)),
        Example::new(Precision::micro_mean, &rows, Some(0.75)),
        Example::new(Precision::weighted_mean, &rows, Some((2.0 * 2.0 / 3.0 + 1.0) / 4.0)),
        Example::new(|| Precision::of_class(0), &two, Some(0.5)),
        Example::new(Precision::micro_mean, &two, Some(1.0 / 3.0)),
    ]
}
