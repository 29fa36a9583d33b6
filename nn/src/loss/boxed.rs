//! A loss behind a pointer, so that a trainer's type does not name it.

use std::fmt;

use tensor::Float;

use super::{Loss, LossRows};
use crate::head::Head;

/// A loss that fits the head `H`, for batch after batch.
pub(crate) trait DynLoss<T: Float, H: Head<T>>: fmt::Debug + Send + Sync {
    /// What [`Loss::for_batch`] does, without memory of its own.
    fn begin_batch(&mut self, targets: &[H::Target]);

    /// [`Loss::evaluate`] for the batch that was begun.
    fn evaluate(&self, rows: LossRows<'_, T, H::Target>);
}

/// `loss` as it was chosen, and as it is for the batch at hand.
struct ForBatch<L> {
    loss: L,
    for_batch: L,
    name: &'static str,
}

/// `loss` behind a pointer.
pub(crate) fn boxed<T: Float, H: Head<T>, L: Loss<T, H>>(loss: L) -> Box<dyn DynLoss<T, H>> {
    Box::new(ForBatch { for_batch: loss.clone(), loss, name: L::NAME })
}

impl<T: Float, H: Head<T>, L: Loss<T, H>> DynLoss<T, H> for ForBatch<L> {
    fn begin_batch(&mut self, targets: &[H::Target]) {
        self.for_batch = self.loss.for_batch(targets.iter());
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
