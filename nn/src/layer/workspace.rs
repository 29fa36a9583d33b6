//! Workspace of a single layer: its outputs, their gradient, and the cached activations of a batch.
//!
//! A workspace owns nothing. It is a set of slices of one buffer that is reused from step to step.
//! It corresponds to what PyTorch's `ctx.save_for_backward` saves, with outputs and gradients
//! included.

/// Takes the first `len` elements from `memory`.
pub(super) fn take<'a, T>(memory: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (taken, rest) = std::mem::take(memory).split_at_mut(len);
    *memory = rest;
    taken
}

/// How many numbers a layer caches in addition to its outputs and their gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// Numbers per row.
    pub per_row: usize,
    /// Numbers shared by all rows of the batch.
    pub shared: usize,
}

/// The workspace of a layer for some consecutive rows of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub struct Workspace<'a, T> {
    /// Number of rows.
    pub rows: usize,
    /// The outputs y. `[rows, outputs]`
    pub y: &'a mut [T],
    /// The gradient dL/dy. `[rows, outputs]`
    pub dy: &'a mut [T],
    /// Cached activations. `[rows, per_row]`
    pub per_row: &'a mut [T],
    /// Values shared by all rows of the batch, such as batch statistics. After a split only the
    /// first part has them. `[shared]`
    pub shared: &'a mut [T],
    /// Whether the weighted sums have been computed already: see [`FirstSums`](super::FirstSums).
    pub has_sums: bool,
}

impl<'a, T> Workspace<'a, T> {
    /// The length for `rows` rows, in numbers.
    pub(crate) fn len(rows: usize, outputs: usize, extra: Extra) -> usize {
        rows * (2 * outputs + extra.per_row) + extra.shared
    }

    /// Takes the workspace for `rows` rows of `outputs` outputs from the front of `memory`.
    pub(crate) fn take(
        memory: &mut &'a mut [T],
        rows: usize,
        outputs: usize,
        extra: Extra,
    ) -> Self {
        Workspace {
            rows,
            y: take(memory, rows * outputs),
            dy: take(memory, rows * outputs),
            per_row: take(memory, rows * extra.per_row),
            shared: take(memory, extra.shared),
            has_sums: false,
        }
    }

    /// Splits into the first `at` rows and the others.
    pub(crate) fn split(self, at: usize, outputs: usize, extra: Extra) -> (Self, Self) {
        let Workspace { rows, has_sums, .. } = self;
        let (y, y_rest) = self.y.split_at_mut(at * outputs);
        let (dy, dy_rest) = self.dy.split_at_mut(at * outputs);
        let (per_row, per_row_rest) = self.per_row.split_at_mut(at * extra.per_row);
        (
            Workspace { rows: at, y, dy, per_row, shared: self.shared, has_sums },
            Workspace {
                rows: rows - at,
                y: y_rest,
                dy: dy_rest,
                per_row: per_row_rest,
                shared: &mut [],
                has_sums,
            },
        )
    }
}
