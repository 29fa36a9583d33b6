//! A boxed loss, so that a trainer's type does not name it.

use std::fmt;

use tensor::Float;

use super::{Loss, LossRows, weighted_targets};
use crate::head::Head;

/// A loss that fits the head `H`, used for one batch after another.
pub(crate) trait DynLoss<T: Float, H: Head<T>>: fmt::Debug + Send + Sync {
    /// As [`Loss::weight_sums`], for rows with these weights; `weights` is empty if all rows count
    /// the same.
    fn weight_sums(&self, targets: &[H::Target], weights: &[f64], sums: &mut Vec<f64>);

    /// As [`Loss::for_batch`].
    fn begin_part(&mut self, rows: usize, sums: &[f64]);

    /// Both for a whole batch, with memory that is reused.
    fn begin_batch(&mut self, targets: &[H::Target], weights: &[f64]);

    /// [`Loss::label_smoothing`].
    fn label_smoothing(&self) -> Option<f64>;

    /// [`Loss::evaluate`] for the current batch.
    fn evaluate(&self, rows: LossRows<'_, T, H::Target>);
}

/// The loss as set, and its form for the current batch.
struct ForBatch<L> {
    loss: L,
    for_batch: L,
    name: &'static str,
    /// Buffer.
    sums: Vec<f64>,
}

/// Boxes `loss`.
pub(crate) fn boxed<T: Float, H: Head<T>, L: Loss<T, H>>(loss: L) -> Box<dyn DynLoss<T, H>> {
    Box::new(ForBatch { for_batch: loss.clone(), loss, name: L::NAME, sums: Vec::new() })
}

impl<T: Float, H: Head<T>, L: Loss<T, H>> DynLoss<T, H> for ForBatch<L> {
    fn weight_sums(&self, targets: &[H::Target], weights: &[f64], sums: &mut Vec<f64>) {
        self.loss.weight_sums(weighted_targets(targets, weights), sums);
    }

    fn begin_part(&mut self, rows: usize, mut sums: &[f64]) {
        self.for_batch = self.loss.for_batch(rows, &mut sums);
    }

    fn begin_batch(&mut self, targets: &[H::Target], weights: &[f64]) {
        let mut sums = std::mem::take(&mut self.sums);
        sums.clear();
        self.weight_sums(targets, weights, &mut sums);
        self.begin_part(targets.len(), &sums);
        self.sums = sums;
    }

    fn label_smoothing(&self) -> Option<f64> {
        self.loss.label_smoothing()
    }

    fn evaluate(&self, rows: LossRows<'_, T, H::Target>) {
        self.for_batch.evaluate(rows);
    }
}

impl<L> fmt::Debug for ForBatch<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
