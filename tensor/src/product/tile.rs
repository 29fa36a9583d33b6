//! The microkernel: a tile of C, a few rows by a few vectors, held in registers for all of k.
//!
//! One source serves every instruction set. The accumulators are arrays of constant size, which the
//! compiler holds in vector registers when this code is inlined into a function compiled for an
//! instruction set; `vector.rs` has the operations on their rows. It does so as long as nothing in
//! the loop over k can panic. Therefore a tile checks once, before the loop, that its operands are
//! long enough, and then reads them unchecked.

use std::ops::Range;

use super::matrix::{Matrix, check, first};
use super::matrix_mut::MatrixMut;
use super::problem::Accumulation;
use super::vector::Vectors;
use crate::cache::{fetch_line, in_line};
use crate::float::Float;

/// The left operand's elements for one tile, and their layout.
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

impl<T> Right<'_, T> {
    /// How many of `depth` rows can be read `width` elements wide, regardless of the data after
    /// their ends.
    pub(super) fn readable(&self, depth: usize, width: usize) -> usize {
        let Some(room) = self.data.len().checked_sub(width) else { return 0 };
        // A stride of 0 repeats one row.
        room.checked_div(self.stride).map_or(depth, |rows| depth.min(rows + 1))
    }
}

/// The functions that are compiled for one instruction set. Each size of [`tile`] is a separate
/// function: inlined into the loops around it, the tile would compete with them for registers.
pub(super) trait Tiles<T: Float>: Vectors<T> {
    /// [`pack`](super::pack::pack).
    fn pack<const W: usize>(
        b: &Matrix<'_, T>,
        rows: Range<usize>,
        cols: Range<usize>,
        panel: &mut [T],
    );

    /// [`tile`].
    fn tile<const MR: usize, const W: usize>(
        left: Left<'_, T>,
        right: Right<'_, T>,
        depth: usize,
        into: Accumulation<'_, T>,
        c: &mut MatrixMut<'_, T>,
    );

    /// [`row`](super::row::row).
    fn row<const V: usize, const L: usize>(
        left: &[T],
        right: Right<'_, T>,
        head: usize,
        into: Accumulation<'_, T>,
        c: &mut [T],
    );
}

/// Repeats a statement for every row of a tile, unrolled: the compiler unrolls a loop over rows
/// only while the tile is small, and an accumulator in a loop that is not unrolled is stored in
/// memory.
macro_rules! each_row {
    ($i:ident of $rows:ident: $body:expr) => {
        each_row!(@ 0 1 2 3 4 5 6 7, $i, $rows, $body)
    };
    (@ $($n:literal)*, $i:ident, $rows:ident, $body:expr) => {{
        const { assert!($rows <= 8, "each_row! writes out eight rows") };
        $(if $n < $rows {
            let $i = $n;
            $body;
        })*
    }};
}

/// `MR` rows and up to `W` columns of a·b `into` c; the sums run over `depth` values of k.
///
/// Where c ends within the tile, the data after the columns of the right operand is computed with,
/// and discarded.
///
/// # Panics
///
/// If an operand ends before c does, or c has another number of rows or is wider than the tile.
#[inline(always)]
pub(super) fn tile<T: Float, K: Vectors<T>, const MR: usize, const W: usize>(
    left: Left<'_, T>,
    right: Right<'_, T>,
    depth: usize,
    into: Accumulation<'_, T>,
    c: &mut MatrixMut<'_, T>,
) {
    let width = c.cols();
    assert!(c.rows() == MR && width <= W, "a tile of another size than its place");
    let is_whole = width == W;
    let some = if is_whole { K::some(W) } else { K::some(width) };
    let mut sums = [[T::zero(); W]; MR];
    match into {
        Accumulation::New | Accumulation::Scaled { .. } => {}
        Accumulation::Row(row) => sums = [load_row::<T, K, W>(row, some); MR],
        Accumulation::Chain => sums = load::<T, K, MR, W>(c, some),
    }
    check(right.data, depth, right.stride, width);
    let whole = if is_whole { depth } else { right.readable(depth, W) };
    // SAFETY: `chains` asks for k < `whole`; so many rows of `W` elements are there: either `check`
    // has found them, or `readable`.
    #[allow(unsafe_code)]
    let b = |k: usize| unsafe { right.data.get_unchecked(k * right.stride..k * right.stride + W) };
    // SAFETY: `chains` asks for k < `depth`; `check` has found so many rows of `width` elements.
    #[allow(unsafe_code)]
    let last =
        |k: usize| unsafe { right.data.get_unchecked(k * right.stride..k * right.stride + width) };
    let last = |k| K::load_some(last(k), some);
    match left {
        Left::Rows { data, stride } => {
            check(data, MR, stride, depth);
            // SAFETY: i < `MR` and k < `depth` in `chains`; that much has just been found to be
            // there.
            #[allow(unsafe_code)]
            let a = |i: usize, k: usize| unsafe { *data.get_unchecked(i * stride + k) };
            chains::<T, K, MR, W>(&mut sums, whole, depth, a, b, last, in_line::<T>(), |k| {
                fetch_next(data, MR * stride + k, stride, MR);
            });
        }
        Left::Columns { data, stride } => {
            check(data, depth, stride, MR);
            // SAFETY: as above.
            #[allow(unsafe_code)]
            let a = |i: usize, k: usize| unsafe { *data.get_unchecked(k * stride + i) };
            let is_far = size_of_val(data) > FAR;
            let steps = if is_far { in_line::<T>() } else { depth };
            chains::<T, K, MR, W>(&mut sums, whole, depth, a, b, last, steps, |k| {
                if is_far {
                    fetch_next(data, k * stride + 2 * MR - 1, stride, steps);
                }
            });
        }
    }
    if let Accumulation::Scaled { scale, wrong } = into {
        // x·0 is 0, or NaN if x is not finite; NaN stays.
        let mut zeros = [T::zero(); W];
        each_row!(i of MR: {
            // SAFETY: i < `MR`, and c has been found to have so many rows.
            #[allow(unsafe_code)]
            let mut row = load_row::<T, K, W>(unsafe { c.row_unchecked(i) }, some);
            K::add_multiple(&mut row, scale, &sums[i]);
            sums[i] = row;
            // The elements after the end of c may have any value.
            let written = if is_whole { row } else { K::only_some(&row, some) };
            K::add_multiple(&mut zeros, T::zero(), &written);
        });
        if !K::are_zero(&zeros) {
            wrong.set(true);
        }
    }
    each_row!(i of MR: {
        // SAFETY: i < `MR`, and c has been found to have so many rows.
        #[allow(unsafe_code)]
        let row = unsafe { c.row_unchecked(i) };
        if is_whole {
            row.copy_from_slice(&sums[i]);
        } else {
            K::store_some(&sums[i], some, row);
        }
    });
}

/// The tile that c, which has `some` columns, holds.
///
/// # Panics
///
/// If c has another number of rows or is wider than the tile.
#[inline(always)]
fn load<T: Float, K: Vectors<T>, const MR: usize, const W: usize>(
    c: &mut MatrixMut<'_, T>,
    some: K::Some,
) -> [[T; W]; MR] {
    assert!(c.rows() == MR && c.cols() <= W, "a tile of another size than its place");
    let mut tile = [[T::zero(); W]; MR];
    each_row!(i of MR: {
        // SAFETY: i < `MR`, and c has just been found to have so many rows.
        #[allow(unsafe_code)]
        let row = unsafe { c.row_unchecked(i) };
        tile[i] = load_row::<T, K, W>(row, some);
    });
    tile
}

/// A row of a tile, followed by zeros; `some` are all of its columns.
#[inline(always)]
fn load_row<T: Float, K: Vectors<T>, const W: usize>(row: &[T], some: K::Some) -> [T; W] {
    if row.len() == W { *first(row) } else { K::load_some(row, some) }
}

/// Steps of the loop over k from which prefetching for the next tile is worth it.
const WORTH_FETCHING: usize = 4;

/// sums\[i\] += a(i, k)·b(k) for all k below `depth`, in order, from `whole` on with `last(k)`
/// instead of b(k); calls `fetch(k)` before every `steps` of them.
///
/// The loop is not unrolled: on Zen 4 that made no product faster, and the machine code of the
/// tiles a fifth larger.
#[inline(always)]
fn chains<'b, T: Float, K: Vectors<T>, const MR: usize, const W: usize>(
    sums: &mut [[T; W]; MR],
    whole: usize,
    depth: usize,
    a: impl Fn(usize, usize) -> T,
    b: impl Fn(usize) -> &'b [T],
    last: impl Fn(usize) -> [T; W],
    steps: usize,
    fetch: impl Fn(usize),
) {
    let mut k = 0;
    while k < whole {
        if MR > 4 && k + WORTH_FETCHING <= whole {
            fetch(k);
        }
        let end = whole.min(k + steps);
        while k < end {
            let b = first::<T, W>(b(k));
            each_row!(i of MR: K::add_multiple(&mut sums[i], a(i, k), b));
            k += 1;
        }
    }
    while k < depth {
        let b = last(k);
        each_row!(i of MR: K::add_multiple(&mut sums[i], a(i, k), &b));
        k += 1;
    }
}

/// Bytes of a left operand from which it may have been evicted from the second-level cache since
/// its last use.
const FAR: usize = 512 * 1024;

/// Prefetches lines that are `stride` elements apart, of the left operand of the next tile. That
/// begins in rows that are far from those that have been read, so the CPU cannot predict them.
/// Prefetched while this tile is computed, they have arrived from memory in time. The memory after
/// the last rows is often needed next: it is the next part of a batch.
#[inline(always)]
fn fetch_next<T>(data: &[T], first: usize, stride: usize, lines: usize) {
    let mut next = data.as_ptr().wrapping_add(first);
    for _ in 0..lines {
        fetch_line(next);
        next = next.wrapping_add(stride);
    }
}
