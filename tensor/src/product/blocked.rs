//! Cutting a product into tiles.
//!
//! The right operand is read in place while it is small enough to stay in the second-level cache
//! and its rows are contiguous; otherwise it is copied, block by block, into panels as wide as a tile.
//! The left operand is always read in place: it is only ever broadcast, one element at a time.
//!
//! The loops, outermost first, after "Anatomy of High-Performance Matrix Multiplication" (Goto and
//! van de Geijn 2008): blocks of columns, slabs of k, tiles of rows, tiles of columns.

use super::tile::{Left, Right, accumulate};
use super::{Problem, Start};
use crate::buffer::Buffer;
use crate::float::Float;

/// Depth of a slab and width of a block when the right operand is copied: together they fill a
/// good half of a second-level cache of 1 MiB, and one panel's slab stays in the first level.
const SLAB: usize = 384;
const BLOCK: usize = 512;

/// Bytes of right operand up to which it is read in place.
const IN_PLACE: usize = 512 * 1024;

/// The whole product in tiles of `MR` × `W`, and of `MR` × `H` where `H` columns or fewer remain.
#[inline(always)]
pub(super) fn product<T: Float, const MR: usize, const W: usize, const H: usize>(
    problem: &mut Problem<'_, '_, T>,
) {
    let (m, k, n) = (problem.a.rows, problem.a.cols, problem.b.cols);
    let contiguous_rows = problem.b.col_stride == 1;
    let few_rows = m < 2 * MR;
    let in_place = contiguous_rows && (few_rows || k * n * size_of::<T>() <= IN_PLACE);
    let (slab, block) = if in_place { (k, n) } else { (SLAB, BLOCK) };
    let mut panels =
        Buffer::stale(if in_place { 0 } else { slab.min(k) * block.min(n).next_multiple_of(W) });

    let mut first_col = 0;
    while first_col < n {
        let cols = block.min(n - first_col);
        let mut first_k = 0;
        loop {
            let depth = slab.min(k - first_k);
            if !in_place {
                pack::<T, W>(problem, first_k, depth, first_col, cols, &mut panels);
            }
            let step = Step {
                first_k,
                depth,
                first_col,
                cols,
                panels: if in_place { None } else { Some(&panels) },
                begins: first_k == 0,
                ends: first_k + depth == k,
            };
            let mut i = 0;
            while i < m {
                // The last rows go in powers of two; MR itself is at most 8.
                let rows = match m - i {
                    left if left >= MR => MR,
                    left if left >= 4 => 4,
                    left if left >= 2 => 2,
                    _ => 1,
                };
                match rows {
                    4 if MR != 4 => step.rows::<4, W, H>(problem, i),
                    2 => step.rows::<2, W, H>(problem, i),
                    1 => step.rows::<1, W, H>(problem, i),
                    _ => step.rows::<MR, W, H>(problem, i),
                }
                i += rows;
            }
            first_k += depth;
            if first_k == k {
                break;
            }
        }
        first_col += cols;
    }
}

/// One slab of k in one block of columns.
struct Step<'a, T: Float> {
    first_k: usize,
    depth: usize,
    first_col: usize,
    cols: usize,
    panels: Option<&'a Buffer<T>>,
    begins: bool,
    ends: bool,
}

impl<T: Float> Step<'_, T> {
    /// `ROWS` rows from row `i` on, all columns of the block, and their finish.
    #[inline(always)]
    fn rows<const ROWS: usize, const W: usize, const H: usize>(
        &self,
        problem: &mut Problem<'_, '_, T>,
        i: usize,
    ) {
        let n = problem.b.cols;
        let mut j = 0;
        while j < self.cols {
            let width = self.cols - j;
            if width > H {
                self.tile::<ROWS, W>(problem, i, j, width.min(W), W);
                j += W;
            } else {
                self.tile::<ROWS, H>(problem, i, j, width, W);
                j += H;
            }
        }
        if self.ends
            && let Some(finish) = problem.finish
        {
            if self.cols == n {
                finish(i * n, &mut problem.c[i * n..(i + ROWS) * n]);
            } else {
                for row in i..i + ROWS {
                    let first = row * n + self.first_col;
                    finish(first, &mut problem.c[first..first + self.cols]);
                }
            }
        }
    }

    /// One tile at row `i` and column `j` of the block, of which `width` columns are stored.
    #[inline(always)]
    fn tile<const ROWS: usize, const WIDE: usize>(
        &self,
        problem: &mut Problem<'_, '_, T>,
        i: usize,
        j: usize,
        width: usize,
        panel_width: usize,
    ) {
        let (a, b, n) = (&problem.a, &problem.b, problem.b.cols);
        let at = i * n + self.first_col + j;
        let mut acc = [[T::zero(); WIDE]; ROWS];
        match problem.start {
            Start::Bias(bias) if self.begins => {
                let bias = &bias[self.first_col + j..][..width];
                for row in &mut acc {
                    row[..width].copy_from_slice(bias);
                }
            }
            Start::Zero if self.begins => {}
            _ => {
                for (r, row) in acc.iter_mut().enumerate() {
                    row[..width].copy_from_slice(&problem.c[at + r * n..][..width]);
                }
            }
        }
        let left = if a.col_stride == 1 {
            let data = a.data.get(i * a.row_stride + self.first_k..).unwrap_or(&[]);
            Left::Rows { data, stride: a.row_stride }
        } else {
            let data = a.data.get(i + self.first_k * a.col_stride..).unwrap_or(&[]);
            Left::Columns { data, stride: a.col_stride }
        };
        let right = match self.panels {
            Some(panels) => {
                let panel = (j / panel_width) * self.depth * panel_width;
                let data = &panels[panel..][..self.depth * panel_width];
                Right { data, stride: panel_width }
            }
            None => {
                let first = self.first_k * b.row_stride + self.first_col + j;
                Right { data: b.data.get(first..).unwrap_or(&[]), stride: b.row_stride }
            }
        };
        accumulate(&mut acc, left, right, self.depth);
        for (r, row) in acc.iter().enumerate() {
            problem.c[at + r * n..][..width].copy_from_slice(&row[..width]);
        }
    }
}

/// Copies a block of the right operand into panels of `W` columns: element (k, j) of panel p at
/// `p * depth * W + k * W + j`; the last panel is filled up with zeros.
#[inline(always)]
fn pack<T: Float, const W: usize>(
    problem: &Problem<'_, '_, T>,
    first_k: usize,
    depth: usize,
    first_col: usize,
    cols: usize,
    panels: &mut [T],
) {
    let b = &problem.b;
    for (p, panel) in panels.chunks_mut((depth * W).max(1)).take(cols.div_ceil(W)).enumerate() {
        let first = first_col + p * W;
        let width = W.min(first_col + cols - first);
        if width < W {
            panel.fill(T::zero());
        }
        if b.col_stride == 1 {
            for (k, row) in panel.chunks_exact_mut(W).enumerate() {
                let source = &b.data[(first_k + k) * b.row_stride + first..][..width];
                row[..width].copy_from_slice(source);
            }
        } else if b.row_stride == 1 {
            transpose::<T, W>(b.data, b.col_stride, first_k, first, width, depth, panel);
        } else {
            for (k, row) in panel.chunks_exact_mut(W).enumerate() {
                for (j, to) in row[..width].iter_mut().enumerate() {
                    *to = b.data[(first_k + k) * b.row_stride + (first + j) * b.col_stride];
                }
            }
        }
    }
}

/// Packs a panel of a transposed matrix, whose columns are contiguous, in small square blocks.
#[inline(always)]
fn transpose<T: Float, const W: usize>(
    data: &[T],
    col_stride: usize,
    first_k: usize,
    first_col: usize,
    width: usize,
    depth: usize,
    panel: &mut [T],
) {
    const SIDE: usize = 8;
    let mut k = 0;
    while k < depth {
        let side = SIDE.min(depth - k);
        let mut j = 0;
        while j < width {
            let across = SIDE.min(width - j);
            if side == SIDE && across == SIDE {
                let columns: [&[T; SIDE]; SIDE] = std::array::from_fn(|c| {
                    let column = &data[(first_col + j + c) * col_stride + first_k + k..];
                    column.first_chunk().unwrap_or_else(|| panic!("a column ends early"))
                });
                for r in 0..SIDE {
                    let row = &mut panel[(k + r) * W + j..][..SIDE];
                    for c in 0..SIDE {
                        row[c] = columns[c][r];
                    }
                }
            } else {
                for r in 0..side {
                    for c in 0..across {
                        panel[(k + r) * W + j + c] =
                            data[(first_col + j + c) * col_stride + first_k + k + r];
                    }
                }
            }
            j += across;
        }
        k += side;
    }
}
