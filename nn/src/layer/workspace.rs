//! What most layers keep of some rows: the outputs and the gradient there, and perhaps more.

/// Cuts the first `len` elements off `memory`.
pub(super) fn take<'a, T>(memory: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    let (taken, rest) = std::mem::take(memory).split_at_mut(len);
    *memory = rest;
    taken
}

/// What a layer without an activation keeps of some rows.
pub struct Kept<'a, T> {
    pub(super) rows: usize,
    /// The outputs. `[rows, OUTPUTS]`
    pub(super) y: &'a mut [T],
    /// The gradient there. `[rows, OUTPUTS]`
    pub(super) dy: &'a mut [T],
    /// What else is kept of each row.
    pub(super) more: &'a mut [T],
    /// What is kept once for the batch.
    pub(super) once: &'a mut [T],
}

impl<'a, T> Kept<'a, T> {
    /// For `rows` rows of `outputs` outputs and `more` other numbers each, and `once` for all.
    pub(super) fn carve(
        memory: &mut &'a mut [T],
        rows: usize,
        [outputs, more, once]: [usize; 3],
    ) -> Self {
        Kept {
            rows,
            y: take(memory, rows * outputs),
            dy: take(memory, rows * outputs),
            more: take(memory, rows * more),
            once: take(memory, once),
        }
    }

    /// The first `at` rows and the others.
    pub(super) fn split(self, at: usize, [outputs, more, _]: [usize; 3]) -> (Self, Self) {
        let (y, y_rest) = self.y.split_at_mut(at * outputs);
        let (dy, dy_rest) = self.dy.split_at_mut(at * outputs);
        let (more, more_rest) = self.more.split_at_mut(at * more);
        (
            Kept { rows: at, y, dy, more, once: self.once },
            Kept { rows: self.rows - at, y: y_rest, dy: dy_rest, more: more_rest, once: &mut [] },
        )
    }
}

/// Writes, inside `impl Layer`, what follows from the numbers that are kept: `$more` of each row beside
/// outputs and gradient, and `$once` for all.
macro_rules! keeps {
    ($more:expr, $once:expr) => {
        const KEPT: usize = 2 * Self::OUTPUTS + $more;
        const KEPT_ONCE: usize = $once;

        type Rows<'a, T: Float> = $crate::layer::workspace::Kept<'a, T>;

        fn carve<'a, T: Float>(memory: &mut &'a mut [T], rows: usize) -> Self::Rows<'a, T> {
            Self::Rows::carve(memory, rows, [Self::OUTPUTS, $more, $once])
        }

        fn split<'a, T: Float>(
            rows: Self::Rows<'a, T>,
            at: usize,
        ) -> (Self::Rows<'a, T>, Self::Rows<'a, T>) {
            rows.split(at, [Self::OUTPUTS, $more, $once])
        }

        fn outputs<'r, T: Float>(rows: &'r Self::Rows<'_, T>) -> &'r [T] {
            rows.y
        }
    };
}
pub(super) use keeps;
