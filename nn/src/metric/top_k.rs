//! Top-k accuracy.

use super::gathered::Mean;
use super::{Metric, Observation};
use crate::error::Result;
use crate::head::Target;

/// The fraction of rows whose class is among the `k` largest outputs, from 0 to 1; higher is
/// better. Of equal outputs the first counts as the larger, as in [`Accuracy`](super::Accuracy),
/// which is top-k with `k` = 1. `None` without rows.
///
/// As scikit-learn's `top_k_accuracy_score`, except for ties: of equal scores it takes the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TopK {
    k: usize,
    right: Mean,
}

impl TopK {
    /// The accuracy among the `k` largest outputs.
    ///
    /// # Panics
    ///
    /// If `k` is 0.
    #[track_caller]
    pub fn new(k: usize) -> Self {
        assert!(k > 0, "top-k: found k = 0, expected at least 1");
        TopK { k, right: Mean::default() }
    }
}

impl Metric for TopK {
    type Value = Option<f64>;
    const NAME: &'static str = "top-k accuracy";

    fn observe(&mut self, row: &Observation) -> Result<()> {
        let Target::Class(class) = row.target() else {
            return Err(row.other_than("a class"));
        };
        let outputs = row.outputs()?;
        let (before, from) = outputs.split_at(class);
        let better = before.iter().filter(|&&other| other >= from[0]).count()
            + from.iter().filter(|&&other| other > from[0]).count();
        self.right.add(f64::from(better < self.k), row.weight());
        Ok(())
    }

    fn finish(self) -> Option<f64> {
        self.right.value()
    }
}

#[cfg(test)]
pub(super) fn examples() -> Vec<super::checks::Example> {
    use super::checks::{Example, class};

    let outputs = [0.1, 0.3, 0.3, 0.3];
    let rows = [0, 1, 2, 3].map(|target| class(&outputs, target));
    vec![
        Example::new(|| TopK::new(1), &rows, Some(0.25)),
        Example::new(|| TopK::new(2), &rows, Some(0.5)),
        Example::new(|| TopK::new(3), &rows, Some(0.75)),
        Example::new(|| TopK::new(9), &rows, Some(1.0)),
    ]
}
