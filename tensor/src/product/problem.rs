//! A product that is to be computed: its operands, where its sums begin, and which function sees them when they are
//! complete.

use std::cell::Cell;
use std::ops::Range;

use super::matrix::Matrix;
use super::matrix_mut::MatrixMut;

/// What each element of the result is before the first product is added to it.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// Zero.
    Zero,
    /// The element of this row vector in the same column.
    Bias(&'a [T]),
    /// What the output holds already.
    Accumulate,
}

/// Called on finished stretches of the output: where in the output the stretch begins, and its values.
///
/// A `dyn` function and not a type parameter: it is called once for eight rows or so, and a product compiled for each
/// function made a training step of 784→128→10 with a batch of 64 no quicker (1.01 of the time), but the machine
/// code of a program with many networks a quarter larger.
pub type Finish<'a, T> = &'a dyn Fn(usize, &mut [T]);

/// Under Miri, some thousand times slower, small products are cut and packed as large ones are otherwise.
pub(super) const fn or_small(large: usize, small: usize) -> usize {
    if cfg!(miri) { small } else { large }
}

/// A product whose shapes have been checked.
pub(super) struct Problem<'a, 'f, T> {
    pub(super) a: Matrix<'a, T>,
    pub(super) b: Matrix<'a, T>,
    pub(super) into: Accumulation<'a, T>,
    pub(super) c: MatrixMut<'a, T>,
    pub(super) finish: Option<Finish<'f, T>>,
}

impl<T> Problem<'_, '_, T> {
    /// Shows finished rows, in columns that are finished, to who asked for them.
    pub(super) fn finish(&mut self, rows: Range<usize>, cols: Range<usize>) {
        let Some(finish) = self.finish else { return };
        let n = self.c.cols();
        let mut c = self.c.block(rows.clone(), cols.clone());
        if let Some(c) = c.contiguous() {
            return finish(rows.start * n + cols.start, c);
        }
        for (i, row) in rows.enumerate() {
            finish(row * n + cols.start, c.row_mut(i));
        }
    }
}

/// How the sums come into c.
#[derive(Clone, Copy)]
pub(super) enum Accumulation<'a, T> {
    /// c ← a·b
    New,
    /// c ← a·b, where the chains of each row begin with the elements of this one.
    Row(&'a [T]),
    /// c ← a·b, where the chains begin with c.
    Chain,
    /// c ← fma(a·b, scale, c), where the chains begin with zero.
    Scaled {
        /// A factor.
        scale: T,
        /// Becomes true if c is anywhere not finite then.
        wrong: &'a Cell<bool>,
    },
}
