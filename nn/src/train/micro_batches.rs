//! Micro-batches: a batch passes through the model in parts, with the bits of the whole batch.

use tensor::{Buffer, Float as _};

use super::model::{Batch, Model, Run, Whole};
use super::shards::{no_rows, rows_of};
use crate::error::{Error, Result};
use crate::layer::Sums;

/// Settings and buffers of a trainer for micro-batches.
pub(super) struct MicroBatches<M: Model> {
    /// [`MicroBatches::differentiate_all`]. A pointer, so that a program without micro-batches does
    /// not contain it.
    differentiate: Differentiate<M>,
    /// Maximum number of rows per micro-batch.
    rows: usize,
    /// Sums of weights over the whole batch, as the loss needs them.
    weight_sums: Vec<f64>,
}

type Differentiate<M> = fn(
    &mut MicroBatches<M>,
    &M,
    Batch<'_, M>,
    usize,
    How<'_, '_, M>,
    &mut Buffer<<M as Model>::Float>,
) -> Result<<M as Model>::Float>;

/// The loss, the settings of a pass, and the workspace.
type How<'h, 'r, M> = (&'h mut <M as Model>::Loss, &'h Run<'r>, &'h mut <M as Model>::Workspace);

impl<M: Model> MicroBatches<M> {
    pub(super) fn new(rows: usize) -> Self {
        MicroBatches { differentiate: Self::differentiate_all, rows, weight_sums: Vec::new() }
    }

    /// Whether a batch of `rows` rows has more than one micro-batch.
    pub(super) fn divides(&self, rows: usize) -> bool {
        rows > self.rows
    }

    /// Refuses micro-batches without rows, and models that do not support them; `shards`: whether
    /// shards are set, too.
    pub(super) fn check(&self, model: &M, shards: bool) -> Result<()> {
        if self.rows == 0 {
            let advice = "leave `micro_batches` out for batches that are passed through at once";
            return Err(Error::value("micro-batch", "0 rows", "at least 1", advice));
        }
        if shards {
            return Err(Error::value(
                "micro-batches",
                "batches in shards",
                "one of the two",
                "shards are passed through one after the other already: choose more of them",
            ));
        }
        model.check_micro_batches()
    }

    /// Returns the mean loss of a batch of `rows` rows, and computes its gradient.
    pub(super) fn differentiate(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        how: How<'_, '_, M>,
        gradient: &mut Buffer<M::Float>,
    ) -> Result<M::Float> {
        (self.differentiate)(self, model, batch, rows, how, gradient)
    }

    fn differentiate_all(
        &mut self,
        model: &M,
        batch: Batch<'_, M>,
        rows: usize,
        (loss, run, workspace): How<'_, '_, M>,
        gradient: &mut Buffer<M::Float>,
    ) -> Result<M::Float> {
        let [inputs, targets] = model.row_widths().map(|width| rows * width);
        if batch.inputs.len() != inputs || batch.targets.len() != targets {
            return Err(no_rows(model, batch, (loss, run)));
        }
        let len = model.flat().len();
        if gradient.len() != len {
            *gradient = Buffer::zeroed(len);
        }
        self.weight_sums.clear();
        model.weight_sums(batch, loss, &mut self.weight_sums);
        let whole = Some(Whole { rows, sums: &self.weight_sums, goes_on: true });
        let mut mean = M::Float::of(0.0);
        for first in (0..rows).step_by(self.rows) {
            let count = self.rows.min(rows - first);
            let batch = rows_of(model, batch, first..first + count);
            let run = Run { first_row: first as u64, whole, ..*run };
            mean = model.differentiate(batch, loss, workspace, &run)?;
            model.sum_gradient(batch, workspace, gradient, Sums::of_rows(first, count, rows));
        }
        Ok(mean)
    }
}
