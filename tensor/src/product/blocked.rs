//! Cutting a product into tiles.
//!
//! The columns of C are cut into strips as wide as a tile. While the right operand is small enough
//! it is read in place; otherwise the part that one strip needs is copied into a panel, which the
//! tiles of all rows then read from one end to the other. The left operand is always read in place: it
//! is only ever broadcast, one element at a time.
//!
//! The loops around the panels, outermost first, after "Anatomy of High-Performance Matrix
//! Multiplication" (Goto and van de Geijn 2008): blocks of rows, slabs of k, strips of columns, tiles.

use std::ops::Range;

use super::tile::{Left, Right, Tiles};
use super::{Into, Problem};
use crate::buffer::Buffer;
use crate::float::Float;

/// Most steps of k in a slab.
const SLAB: usize = 512;

/// Bytes of left operand in a block of rows and a slab of k: half of a second-level cache of 1 MiB.
const BLOCK: usize = 512 * 1024;

/// Bytes of right operand up to which it is read in place.
const IN_PLACE: usize = 512 * 1024;

/// The whole product in tiles of `MR` rows and `W` columns, or `H` or `Q` columns where no more remain.
#[inline(always)]
pub(super) fn product<T, K, const MR: usize, const W: usize, const H: usize, const Q: usize>(
    problem: &mut Problem<'_, '_, T>,
) where
    T: Float,
    K: Tiles<T>,
{
    let (m, k, n) = (problem.a.rows, problem.a.cols, problem.b.cols);
    let few_rows = m < 2 * MR;
    if problem.b.col_stride == 1 && (few_rows || k * n * size_of::<T>() <= IN_PLACE) {
        for rows in parts(m, MR) {
            strips::<T, K, MR, W, H, Q>(problem, rows.clone(), 0..k, None);
            finish(problem, rows);
        }
        return;
    }
    // A sum is scaled when it is complete, so that it cannot be cut into slabs.
    let slab = if let Into::Scaled(_) = problem.into { k } else { SLAB };
    let block = (BLOCK / size_of::<T>() / slab.clamp(1, k.max(1))).max(MR) / MR * MR;
    let mut panel = Buffer::stale(slab.min(k) * W);
    for rows in parts(m, block) {
        for depth in parts(k, slab) {
            strips::<T, K, MR, W, H, Q>(problem, rows.clone(), depth, Some(&mut panel));
        }
        finish(problem, rows);
    }
}

/// 0..`whole` in parts of at most `size`; one part if there is nothing to cut.
fn parts(whole: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..whole.max(1)).step_by(size.max(1)).map(move |first| first..whole.min(first + size))
}

/// Shows finished rows of c to who asked for them.
#[inline(always)]
fn finish<T>(problem: &mut Problem<'_, '_, T>, rows: Range<usize>) {
    if let Some(finish) = problem.finish {
        let n = problem.b.cols;
        finish(rows.start * n, &mut problem.c[rows.start * n..rows.end * n]);
    }
}

/// Some rows, all columns, over some `depth` of k; copied into `panel` strip by strip, if there is one.
#[inline(always)]
fn strips<T, K, const MR: usize, const W: usize, const H: usize, const Q: usize>(
    problem: &mut Problem<'_, '_, T>,
    rows: Range<usize>,
    depth: Range<usize>,
    mut panel: Option<&mut [T]>,
) where
    T: Float,
    K: Tiles<T>,
{
    let n = problem.b.cols;
    let mut first = 0;
    while first < n {
        let left = n - first;
        let width = match () {
            () if left <= Q => Q,
            // Two halves rather than a whole strip and a rest.
            () if left <= H || (left > W && left <= 2 * H) => H,
            () => W,
        };
        let (rows, cols) = (rows.clone(), first..n.min(first + width));
        let (depth, panel) = (depth.clone(), panel.as_deref_mut());
        match width {
            _ if width == Q => strip::<T, K, MR, Q>(problem, rows, cols, depth, panel),
            _ if width == H => strip::<T, K, MR, H>(problem, rows, cols, depth, panel),
            _ => strip::<T, K, MR, W>(problem, rows, cols, depth, panel),
        }
        first += width;
    }
}

/// The tiles of some rows in one strip of at most `W` columns.
#[inline(always)]
fn strip<T: Float, K: Tiles<T>, const MR: usize, const W: usize>(
    problem: &mut Problem<'_, '_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    depth: Range<usize>,
    panel: Option<&mut [T]>,
) {
    let (a, b) = (problem.a, problem.b);
    let right = match panel {
        Some(panel) => {
            let panel = &mut panel[..depth.len() * W];
            K::pack::<W>(&b, depth.clone(), cols.clone(), panel);
            Right { data: panel, stride: W }
        }
        None => {
            let first = depth.start * b.row_stride + cols.start;
            Right { data: b.data.get(first..).unwrap_or(&[]), stride: b.row_stride }
        }
    };
    // The bias as wide as a tile.
    let mut bias = [T::zero(); W];
    let into = match problem.into {
        Into::Scaled(scale) => Into::Scaled(scale),
        _ if depth.start > 0 => Into::Chain,
        Into::Row(row) => {
            bias[..cols.len()].copy_from_slice(&row[cols.clone()]);
            Into::Row(&bias)
        }
        into => into,
    };
    let mut i = rows.start;
    while i < rows.end {
        // The last rows go in tiles that are as equal as there are heights for.
        let height = match rows.end - i {
            left if left >= MR => MR,
            7 => 4,
            5 | 6 => 3,
            left => left,
        };
        let left = if a.col_stride == 1 {
            let data = a.data.get(i * a.row_stride + depth.start..).unwrap_or(&[]);
            Left::Rows { data, stride: a.row_stride }
        } else {
            let data = a.data.get(i + depth.start * a.col_stride..).unwrap_or(&[]);
            Left::Columns { data, stride: a.col_stride }
        };
        let stride = problem.b.cols;
        let c = &mut problem.c[i * stride + cols.start..];
        let width = cols.len();
        let depth = depth.len();
        match height {
            4 if MR != 4 => place::<T, K, 4, W>(left, right, depth, into, c, [stride, width]),
            3 => place::<T, K, 3, W>(left, right, depth, into, c, [stride, width]),
            2 => place::<T, K, 2, W>(left, right, depth, into, c, [stride, width]),
            1 => place::<T, K, 1, W>(left, right, depth, into, c, [stride, width]),
            _ => place::<T, K, MR, W>(left, right, depth, into, c, [stride, width]),
        }
        i += height;
    }
}

/// A tile of which `width` columns exist. If that is not all, it is computed in a place of its own: columns
/// beyond the right operand's width are made of whatever lies there, or of zeros where memory ends,
/// and are dropped.
#[inline(always)]
fn place<T: Float, K: Tiles<T>, const ROWS: usize, const W: usize>(
    left: Left<'_, T>,
    right: Right<'_, T>,
    depth: usize,
    into: Into<'_, T>,
    c: &mut [T],
    [stride, width]: [usize; 2],
) {
    if width == W {
        return K::tile::<ROWS, W>(left, right, depth, into, c, stride);
    }
    let mut own = [[T::zero(); W]; ROWS];
    if let Into::Chain = into {
        for (own, c) in own.iter_mut().zip(c.chunks(stride)) {
            own[..width].copy_from_slice(&c[..width]);
        }
    }
    let begin = if let Into::Scaled(_) = into { Into::New } else { into };
    // How many rows of the right operand can be read as wide as the tile is; a stride of 0 repeats
    // one row.
    let whole =
        right.data.len().checked_sub(W).map_or(0, |room| {
            room.checked_div(right.stride).map_or(depth, |rows| depth.min(rows + 1))
        });
    K::tile::<ROWS, W>(left, right, whole, begin, own.as_flattened_mut(), W);
    for k in whole..depth {
        let row = &right.data[k * right.stride..];
        let mut wide = [T::zero(); W];
        let there = row.len().min(W);
        wide[..there].copy_from_slice(&row[..there]);
        let left = match left {
            Left::Rows { data, stride } => Left::Rows { data: &data[k..], stride },
            Left::Columns { data, stride } => Left::Columns { data: &data[k * stride..], stride },
        };
        let right = Right { data: &wide, stride: W };
        K::tile::<ROWS, W>(left, right, 1, Into::Chain, own.as_flattened_mut(), W);
    }
    for (sums, c) in own.iter().zip(c.chunks_mut(stride)) {
        let c = &mut c[..width];
        if let Into::Scaled(scale) = into {
            // As a tile of one row, c + scale·sums: compiled for the instruction set, unlike this.
            let mut wide = [T::zero(); W];
            wide[..width].copy_from_slice(c);
            let (left, right) =
                (Left::Rows { data: &[scale], stride: 1 }, Right { data: sums, stride: W });
            K::tile::<1, W>(left, right, 1, Into::Chain, &mut wide, W);
            c.copy_from_slice(&wide[..width]);
        } else {
            c.copy_from_slice(&sums[..width]);
        }
    }
}
