//! The arithmetic: a tile of C, a few rows by a few vectors, held in registers for all of k.
//!
//! No intrinsics: the accumulators are arrays of constant size, which the compiler keeps in vector
//! registers when this code is inlined into a function compiled for a vector instruction set.

use crate::float::Float;

/// Where the left operand's elements for one tile lie.
#[derive(Clone, Copy)]
pub(super) enum Left<'a, T> {
    /// Element (i, k) at `i * stride + k`: each row is contiguous.
    Rows {
        /// From the first element of the tile's first row.
        data: &'a [T],
        /// Distance between rows.
        stride: usize,
    },
    /// Element (i, k) at `k * stride + i`: each column is contiguous, as in a transposed matrix.
    Columns {
        /// From the first element of the tile's first row.
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

/// sums += a·b, element by element.
#[inline(always)]
fn add_multiple<T: Float, const W: usize>(sums: &mut [T; W], a: T, b: &[T; W]) {
    for j in 0..W {
        sums[j] = a.mul_add(b[j], sums[j]);
    }
}

/// acc\[i\]\[j\] += Σₖ a\[i, k\]·b\[k, j\] for `depth` values of k, `MR` rows and `W` columns.
///
/// Columns beyond the right operand's width read whatever lies there, or zero where memory ends;
/// the caller does not store them.
#[inline(always)]
pub(super) fn accumulate<T: Float, const MR: usize, const W: usize>(
    acc: &mut [[T; W]; MR],
    left: Left<'_, T>,
    right: Right<'_, T>,
    depth: usize,
) {
    if depth == 0 {
        return;
    }
    // Rows of the right operand that can be read as whole vectors. The others are the last ones of
    // a matrix whose width is no multiple of W.
    let whole = match right.data.len().checked_sub(W) {
        // A stride of 0 repeats one row, so that all are whole.
        Some(room) => room.checked_div(right.stride).map_or(depth, |rows| depth.min(rows + 1)),
        None => 0,
    };
    match left {
        Left::Rows { data, stride } => {
            let rows: [&[T]; MR] = std::array::from_fn(|i| &data[i * stride..][..depth]);
            let mut sums = *acc;
            for k in 0..whole {
                let b = row::<T, W>(&right.data[k * right.stride..]);
                let a: [T; MR] = std::array::from_fn(|i| rows[i][k]);
                each_row!(i of MR: add_multiple(&mut sums[i], a[i], b));
            }
            *acc = sums;
            for k in whole..depth {
                let b = padded::<T, W>(right.data.get(k * right.stride..).unwrap_or(&[]));
                for i in 0..MR {
                    for j in 0..W {
                        acc[i][j] = rows[i][k].mul_add(b[j], acc[i][j]);
                    }
                }
            }
        }
        Left::Columns { data, stride } => {
            let mut sums = *acc;
            for k in 0..whole {
                let b = row::<T, W>(&right.data[k * right.stride..]);
                let a = row::<T, MR>(&data[k * stride..]);
                each_row!(i of MR: add_multiple(&mut sums[i], a[i], b));
            }
            *acc = sums;
            for k in whole..depth {
                let b = padded::<T, W>(right.data.get(k * right.stride..).unwrap_or(&[]));
                let a = row::<T, MR>(&data[k * stride..]);
                for i in 0..MR {
                    for j in 0..W {
                        acc[i][j] = a[i].mul_add(b[j], acc[i][j]);
                    }
                }
            }
        }
    }
}

/// The first `N` elements as an array.
#[inline(always)]
fn row<T, const N: usize>(data: &[T]) -> &[T; N] {
    match data.first_chunk() {
        Some(row) => row,
        None => panic!("a tile reads beyond its operand"),
    }
}

/// The first elements, with zeros where there are fewer than `W`.
#[inline(always)]
fn padded<T: Float, const W: usize>(data: &[T]) -> [T; W] {
    let mut row = [T::zero(); W];
    let filled = data.len().min(W);
    row[..filled].copy_from_slice(&data[..filled]);
    row
}
