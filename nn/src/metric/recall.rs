//! Recall: the fraction of positive rows that are found.

use super::gathered::{Average, Label, Labels, label_metric};
use super::{Metric, Observation};
use crate::error::Result;

label_metric! {
    /// TP / (TP + FN): of the rows whose target is a class, the fraction for which it was
    /// predicted, from 0 to 1; higher is better. `None` for a class that is no row's target.
    ///
    /// As scikit-learn's `recall_score`.
    Recall, "recall", Label::recall
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions, events};

    // Class 0: 2 of 3 found; class 1: 1 of 1; class 2: predicted once, never the target.
    let rows = decisions::<3>(&[(0, 0), (0, 0), (2, 0), (1, 1)]);
    let one = [events(&[0.9], &[1.0]), events(&[0.2], &[1.0]), events(&[0.2], &[0.0])];
    vec![
        Example::new(|| Recall::of_class(0), &rows, Some(2.0 / 3.0)),
        Example::new(|| Recall::of_class(2), &rows, None),
        Example::new(Recall::macro_mean, &rows, Some((2.0 / 3.0 + 1.0) / 3.0)),
        Example::new(Recall::micro_mean, &rows, Some(0.75)),
        Example::new(Recall::weighted_mean, &rows, Some(0.75)),
        Example::new(|| Recall::of_class(1), &one, Some(0.5)),
        Example::new(|| Recall::of_class(0), &one, Some(1.0)),
    ]
}
