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
    fn tile<const MR: usize, const W: usize, const INTO: u8>(
        left: Left<'_, T>,
        right: Right<'_, T>,
        depth: usize,
        scale: T,
        c: &mut [T],
        stride: usize,
    );
}

/// What a tile does with c, a constant in each of its compiled forms.
pub(super) mod into {
    /// c ← a·b. Not writing and reading zeros first is worth 5 % at a depth of 64.
    pub(in super::super) const NEW: u8 = 0;
    /// c ← c + a·b, each sum a chain that begins with c.
    pub(in super::super) const CHAIN: u8 = 1;
    /// c ← fma(scale, a·b, c), each sum a chain that begins with zero.
    pub(in super::super) const SCALED: u8 = 2;
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

/// Σₖ a\[i, k\]·b\[k, j\] for `depth` values of k, `MR` rows and `W` columns, `INTO` c, whose rows are
/// `stride` apart; `scale` is used by [`into::SCALED`] alone. (Beginning with a bias is not a way of its
/// own, since the compiler then gives up keeping the sums in vector registers.)
///
/// # Panics
///
/// If an operand ends before the tile does.
#[inline(always)]
pub(super) fn tile<T: Float, const MR: usize, const W: usize, const INTO: u8>(
    left: Left<'_, T>,
    right: Right<'_, T>,
    depth: usize,
    scale: T,
    c: &mut [T],
    stride: usize,
) {
    let mut sums = [[T::zero(); W]; MR];
    if INTO == into::CHAIN {
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
    if INTO == into::SCALED {
        each_row!(i of MR: {
            let sum = sums[i];
            sums[i] = *first::<T, W>(&c[i * stride..]);
            add_multiple(&mut sums[i], scale, &sum);
        });
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
