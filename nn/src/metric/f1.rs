//! F1: precision and recall in one number.

use super::gathered::{Average, Label, Labels, label_metric};
use super::{Metric, Observation};
use crate::error::Result;

label_metric! {
    /// 2·TP / (2·TP + FP + FN): the harmonic mean of precision and recall, from 0 to 1; higher is
    /// better. `None` for a class that is neither predicted nor a target.
    ///
    /// As scikit-learn's `f1_score`.
    F1, "F1", Label::f1
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, decisions};

    // Class 0: 2 TP, 1 FP, 1 FN; class 1: 1 TP, 1 FN, 1 FP; class 2 never occurs.
    let rows = decisions::<3>(&[(0, 0), (0, 0), (0, 1), (1, 0), (1, 1)]);
    let (zero, one) = (2.0 / 3.0, 0.5);
    vec![
        Example::new(|| F1::of_class(0), &rows, Some(zero)),
        Example::new(|| F1::of_class(2), &rows, None),
        Example::new(F1::macro_mean, &rows, Some((zero + one) / 2.0)),
        Example::new(F1::micro_mean, &rows, Some(0.6)),
        Example::new(F1::weighted_mean, &rows, Some((3.0 * zero + 2.0 * one) / 5.0)),
    ]
}
