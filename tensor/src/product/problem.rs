//! A product to be computed: its operands, the start of its sums, and the function that receives
//! the finished ones.

use std::cell::Cell;
use std::ops::Range;

use super::matrix::Matrix;
use super::matrix_mut::MatrixMut;

/// The start value of each element of the result.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a, T> {
    /// Zero.
    Zero,
    /// The element of this row vector in the same column.
    Bias(&'a [T]),
    /// The current value of the output.
    Accumulate,
}

/// A function that is called on finished slices of the output: with the index in the output at
/// which the slice begins, and its values.
///
/// A `dyn` function and not a type parameter: it is called about once per eight rows. A product
/// compiled for each function made a training step of 784→128→10 with a batch of 64 no faster
/// (1.01 of the time), but the machine code of a program with many networks a quarter larger.
pub type Finish<'a, T> = &'a dyn Fn(usize, &mut [T]);

/// Under Miri, which is some thousand times slower, small products are split and packed as large
/// ones are otherwise.
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
    /// Calls the finishing function on finished rows, in finished columns.
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

/// How the sums are written to c.
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
        /// Set to true if an element of c is not finite afterwards.
        wrong: &'a Cell<bool>,
    },
}
