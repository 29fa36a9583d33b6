//! A loss behind a pointer, so that a trainer's type does not name it.

use std::fmt;

use tensor::Float;

use super::Loss;
use crate::head::Head;

/// A loss that fits the head `H`, for batch after batch.
pub(crate) trait Chosen<T: Float, H: Head<T>>: fmt::Debug + Send + Sync {
    /// What [`Loss::for_batch`] does, without memory of its own.
    fn begin_batch(&mut self, targets: &[H::Target]);

    /// [`Loss::rows`] for the batch that was begun.
    fn rows(
        &self,
        logits: &[T],
        targets: &[H::Target],
        scale: T,
        losses: &mut [T],
        gradient: &mut [T],
    );
}

/// `loss` as it was chosen, and as it is for the batch at hand.
struct ForBatch<L> {
    loss: L,
    for_batch: L,
    name: &'static str,
}

/// `loss` behind a pointer.
pub(crate) fn chosen<T: Float, H: Head<T>, L: Loss<T, H>>(loss: L) -> Box<dyn Chosen<T, H>> {
    Box::new(ForBatch { for_batch: loss.clone(), loss, name: L::NAME })
}

impl<T: Float, H: Head<T>, L: Loss<T, H>> Chosen<T, H> for ForBatch<L> {
    fn begin_batch(&mut self, targets: &[H::Target]) {
        self.for_batch = self.loss.for_batch(targets.iter());
    }

    fn rows(
        &self,
        logits: &[T],
        targets: &[H::Target],
        scale: T,
        losses: &mut [T],
        gradient: &mut [T],
    ) {
        self.for_batch.rows(logits, targets, scale, losses, gradient);
    }
}

impl<L> fmt::Debug for ForBatch<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
