//! What a layer without others inside it keeps of a batch between forward and backward.

/// Cuts the first `len` elements off `memory`.
pub(super) fn take<'a, T>(memory: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (taken, rest) = std::mem::take(memory).split_at_mut(len);
    *memory = rest;
    taken
}

/// How much a layer keeps beside its outputs and the gradient there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// Numbers for each row.
    pub per_row: usize,
    /// Numbers for all rows together.
    pub shared: usize,
}

/// The workspace of a layer for some consecutive rows of a batch.
#[derive(Debug)]
#[non_exhaustive]
pub struct Workspace<'a, T> {
    /// How many rows.
    pub rows: usize,
    /// The outputs. `[rows, outputs]`
    pub y: &'a mut [T],
    /// The gradient there. `[rows, outputs]`
    pub dy: &'a mut [T],
    /// What else is kept of each row. `[rows, per_row]`
    pub per_row: &'a mut [T],
    /// What is kept once, of all rows of the batch; only the first part of a batch that was split has it. `[shared]`
    pub shared: &'a mut [T],
    /// Whether the weighted sums are there already: see [`FirstSums`](super::FirstSums).
    pub has_sums: bool,
}

impl<'a, T> Workspace<'a, T> {
    /// How many numbers `rows` rows need.
    pub(crate) fn len(rows: usize, outputs: usize, extra: Extra) -> usize {
        rows * (2 * outputs + extra.per_row) + extra.shared
    }

    /// For `rows` rows of `outputs` outputs, off the front of `memory`.
    pub(crate) fn workspace(
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

    /// The first `at` rows and the others.
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
