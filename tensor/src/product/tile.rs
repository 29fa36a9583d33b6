//! The arithmetic: a tile of C, a few rows by a few vectors, held in registers for all of k.
//!
//! No intrinsics: the accumulators are arrays of constant size, which the compiler keeps in vector
//! registers when this code is inlined into a function compiled for a vector instruction set.

use std::ops::Range;

use super::Matrix;
#[cfg(doc)]
use super::pack::pack;
use super::pack::{Block, transposed};
use crate::float::Float;

/// Where the left operand's elements for one tile lie.
#[derive(Clone, Copy)]
pub(super) enum Left<'a, T> {
    /// Element (i, k) at `i * stride + k`: each row is contiguous.
    Rows {
        /// From the tile's first element on.
        data: &'a [T],
        /// Distance between rows.
        stride: usize,
    },
    /// Element (i, k) at `k * stride + i`: each column is contiguous, as in a transposed matrix.
    Columns {
        /// From the tile's first element on.
        data: &'a [T],
        /// Distance between columns.
        stride: usize,
    },
}

/// The right operand's elements for one tile: (k, j) at `k * stride + j`.
#[derive(Clone, Copy)]
pub(super) struct Right<'a, T> {
    pub(super) data: &'a [T],
    pub(super) stride: usize,
}

/// What is compiled for one instruction set: [`tile`], each size a function of its own (inlined into the
/// loops around it, the tile would compete with them for registers), and [`pack`].
pub(super) trait Tiles<T: Float> {
    /// A block with rows and columns exchanged.
    #[inline(always)]
    fn transposed(rows: Block<T>) -> Block<T> {
        transposed(rows)
    }

    /// [`pack`].
    fn pack<const W: usize>(
        b: &Matrix<'_, T>,
        rows: Range<usize>,
        cols: Range<usize>,
        panels: &mut [T],
    );

    /// [`tile`].
    fn tile<const MR: usize, const W: usize, const FROM_ZERO: bool>(
        left: Left<'_, T>,
        right: Right<'_, T>,
        depth: usize,
        c: &mut [T],
        stride: usize,
    );
}

/// Repeats a statement for every row of a tile, written out: the compiler unrolls a loop over rows only
/// while the tile is small, and an accumulator that is not unrolled lives in memory.
macro_rules! each_row {
    ($i:ident of $rows:ident: $body:expr) => {
        each_row!(@ 0 1 2 3 4 5 6 7, $i, $rows, $body)
    };
    (@ $($n:literal)*, $i:ident, $rows:ident, $body:expr) => {
        const { assert!($rows <= 8, "each_row! writes out eight rows") };
        $(if $n < $rows {
            let $i = $n;
            $body;
        })*
    };
}

/// c\[i\]\[j\] += Σₖ a\[i, k\]·b\[k, j\] for `depth` values of k, `MR` rows and `W` columns; the rows of c are
/// `stride` apart. What they hold counts as zero if the sums begin `FROM_ZERO`: not writing and reading
/// zeros is worth 5 % at a depth of 64. (Beginning with a bias is not a third way, since the compiler
/// then gives up keeping the sums in vector registers.)
///
/// # Panics
///
/// If an operand ends before the tile does.
#[inline(always)]
pub(super) fn tile<T: Float, const MR: usize, const W: usize, const FROM_ZERO: bool>(
    left: Left<'_, T>,
    right: Right<'_, T>,
    depth: usize,
    c: &mut [T],
    stride: usize,
) {
    let mut sums = [[T::zero(); W]; MR];
    if !FROM_ZERO {
        each_row!(i of MR: sums[i] = *first::<T, W>(&c[i * stride..]));
    }
    match left {
        Left::Rows { data, stride } => {
            let rows: [&[T]; MR] = std::array::from_fn(|i| &data[i * stride..][..depth]);
            for k in 0..depth {
                let b = first::<T, W>(&right.data[k * right.stride..]);
                each_row!(i of MR: add_multiple(&mut sums[i], rows[i][k], b));
            }
        }
        Left::Columns { data, stride } => {
            for k in 0..depth {
                let b = first::<T, W>(&right.data[k * right.stride..]);
                let a = first::<T, MR>(&data[k * stride..]);
                each_row!(i of MR: add_multiple(&mut sums[i], a[i], b));
            }
        }
    }
    each_row!(i of MR: c[i * stride..][..W].copy_from_slice(&sums[i]));
}

/// sums += a·b, element by element.
#[inline(always)]
fn add_multiple<T: Float, const W: usize>(sums: &mut [T; W], a: T, b: &[T; W]) {
    for j in 0..W {
        sums[j] = a.mul_add(b[j], sums[j]);
    }
}

/// The first `N` elements as an array.
#[inline(always)]
fn first<T, const N: usize>(data: &[T]) -> &[T; N] {
    match data.first_chunk() {
        Some(first) => first,
        None => panic!("a tile reads beyond its operand"),
    }
}
