//! Packing: copies an operand into a panel that the tiles read sequentially.

use std::ops::Range;

use super::matrix::{Matrix, first};
use super::transpose::SIDE;
use super::vector::Vectors;
use crate::cache::LINE;
use crate::float::Float;

/// Copies some rows and columns of b into a panel of `W` columns: row k, column j goes to
/// `k * W + j`. Missing columns become zeros.
#[inline(always)]
pub(super) fn pack<T: Float, K: Vectors<T>, const W: usize>(
    b: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    panel: &mut [T],
) {
    let width = cols.len();
    let data = b.data.get(rows.start * b.row_stride + cols.start * b.col_stride..).unwrap_or(&[]);
    let to = panel.as_chunks_mut::<W>().0;
    if width < W {
        to.as_flattened_mut().fill(T::zero());
    }
    if b.col_stride == 1 && width == W {
        for (k, row) in to.iter_mut().enumerate() {
            *row = *first(&data[k * b.row_stride..]);
        }
    } else if b.col_stride == 1 {
        for (k, row) in to.iter_mut().enumerate() {
            row[..width].copy_from_slice(&data[k * b.row_stride..][..width]);
        }
    } else if b.row_stride == 1 {
        transpose::<T, K>(data, b.col_stride, [width, rows.len()], panel, W);
    } else {
        for (k, row) in to.iter_mut().enumerate() {
            for (j, to) in row[..width].iter_mut().enumerate() {
                *to = data[k * b.row_stride + j * b.col_stride];
            }
        }
    }
}

/// Copies some columns of some rows of a, whose rows are contiguous, into rows that are `stride`
/// apart.
pub(super) fn copy_rows<T: Float>(
    a: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    to: &mut [T],
    stride: usize,
) {
    for (i, row) in rows.enumerate() {
        let from = &a.data[row * a.row_stride + cols.start..][..cols.len()];
        to[i * stride..][..cols.len()].copy_from_slice(from);
    }
}

/// Copies some columns of a into a panel of `MR` rows: row i, column k goes to `k * MR + i`. There
/// are at most `MR` rows, and each column is contiguous; the elements of missing rows are not
/// written.
#[inline(always)]
pub(super) fn pack_left<T: Float, const MR: usize>(
    a: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    panel: &mut [T],
) {
    for (to, k) in panel.as_chunks_mut::<MR>().0.iter_mut().zip(cols) {
        let column = &a.data[k * a.col_stride + rows.start..];
        match column.first_chunk() {
            Some(column) if rows.len() == MR => *to = *column,
            _ => to[..rows.len()].copy_from_slice(&column[..rows.len()]),
        }
    }
}

/// Copies `width` contiguous columns of `depth` elements, `stride` apart, into rows that are
/// `to_stride` apart.
#[inline(always)]
pub(super) fn transpose<T: Float, K: Vectors<T>>(
    columns: &[T],
    stride: usize,
    [width, depth]: [usize; 2],
    to: &mut [T],
    to_stride: usize,
) {
    if width < SIDE || depth < SIDE {
        for k in 0..depth {
            for j in 0..width {
                to[k * to_stride + j] = columns[j * stride + k];
            }
        }
        return;
    }
    // Where the blocks begin; the last one may overlap the one before it.
    let place = |block: usize, len: usize| (block * SIDE).min(len - SIDE);
    let (across, along) = (width.div_ceil(SIDE), depth.div_ceil(SIDE));
    // As much of each column as a cache line has: columns far apart evict each other soon.
    let together = (LINE / (SIDE * size_of::<T>()).max(1)).max(1);
    for first in (0..along).step_by(together) {
        for j in (0..across).map(|block| place(block, width)) {
            for block in first..along.min(first + together) {
                let k = place(block, depth);
                let to = &mut to[k * to_stride + j..];
                K::transpose(&columns[j * stride + k..], stride, to, to_stride);
            }
        }
    }
}
