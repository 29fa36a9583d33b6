//! Cutting a product into tiles.
//!
//! The right operand is read in place while it is small enough to stay in the second-level cache
//! and its rows are contiguous; otherwise it is copied, block by block, into panels as wide as a tile.
//! The left operand is always read in place: it is only ever broadcast, one element at a time.
//!
//! The loops, outermost first, after "Anatomy of High-Performance Matrix Multiplication" (Goto and
//! van de Geijn 2008): blocks of columns, slabs of k, tiles of rows, tiles of columns.

use super::tile::{Left, Right, Tiles, into};
use super::{Into, Problem, Start};
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
pub(super) fn product<T, K, const MR: usize, const W: usize, const H: usize>(
    problem: &mut Problem<'_, '_, T>,
) where
    T: Float,
    K: Tiles<T>,
{
    let (m, k, n) = (problem.a.rows, problem.a.cols, problem.b.cols);
    let contiguous_rows = problem.b.col_stride == 1;
    let few_rows = m < 2 * MR;
    let in_place = contiguous_rows && (few_rows || k * n * size_of::<T>() <= IN_PLACE);
    let (slab, block) = match problem.into {
        _ if in_place => (k, n),
        Into::Start(_) => (SLAB, BLOCK),
        // A sum is scaled when it is complete, so that it cannot be cut into slabs.
        Into::Scaled(_) => (k, (SLAB * BLOCK / k.max(1)).next_multiple_of(W)),
    };
    let mut panels =
        Buffer::stale(if in_place { 0 } else { slab.min(k) * block.min(n).next_multiple_of(W) });

    let mut first_col = 0;
    while first_col < n {
        let cols = block.min(n - first_col);
        let mut first_k = 0;
        loop {
            let depth = slab.min(k - first_k);
            if !in_place {
                let (rows, cols) = (first_k..first_k + depth, first_col..first_col + cols);
                K::pack::<W>(&problem.b, rows, cols, &mut panels);
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
                step.start(problem, i, rows);
                match rows {
                    4 if MR != 4 => step.rows::<K, 4, W, H>(problem, i),
                    2 => step.rows::<K, 2, W, H>(problem, i),
                    1 => step.rows::<K, 1, W, H>(problem, i),
                    _ => step.rows::<K, MR, W, H>(problem, i),
                }
                step.finish(problem, i, rows);
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
    /// Writes the bias into `rows` rows of c, from row `i` on, if that is what their sums begin with.
    #[inline(always)]
    fn start(&self, problem: &mut Problem<'_, '_, T>, i: usize, rows: usize) {
        if let Into::Start(Start::Bias(bias)) = problem.into
            && self.begins
        {
            let (n, columns) = (problem.b.cols, self.first_col..self.first_col + self.cols);
            for row in problem.c[i * n..(i + rows) * n].chunks_exact_mut(n) {
                row[columns.clone()].copy_from_slice(&bias[columns.clone()]);
            }
        }
    }

    /// Shows the finished stretches of `rows` rows of c, from row `i` on, to who asked for it.
    #[inline(always)]
    fn finish(&self, problem: &mut Problem<'_, '_, T>, i: usize, rows: usize) {
        let n = problem.b.cols;
        let Some(finish) = problem.finish.filter(|_| self.ends) else { return };
        if self.cols == n {
            finish(i * n, &mut problem.c[i * n..(i + rows) * n]);
        } else {
            for row in i..i + rows {
                let first = row * n + self.first_col;
                finish(first, &mut problem.c[first..first + self.cols]);
            }
        }
    }

    /// Adds the products to `ROWS` rows from row `i` on, all columns of the block.
    #[inline(always)]
    fn rows<K: Tiles<T>, const ROWS: usize, const W: usize, const H: usize>(
        &self,
        problem: &mut Problem<'_, '_, T>,
        i: usize,
    ) {
        let a = &problem.a;
        let left = if a.col_stride == 1 {
            let data = a.data.get(i * a.row_stride + self.first_k..).unwrap_or(&[]);
            Left::Rows { data, stride: a.row_stride }
        } else {
            let data = a.data.get(i + self.first_k * a.col_stride..).unwrap_or(&[]);
            Left::Columns { data, stride: a.col_stride }
        };
        let into = match problem.into {
            Into::Start(Start::Zero) if self.begins => into::NEW,
            Into::Start(_) => into::CHAIN,
            Into::Scaled(_) => into::SCALED,
        };
        let scale = if let Into::Scaled(scale) = problem.into { scale } else { T::one() };
        let mut j = 0;
        while j < self.cols {
            let width = self.cols - j;
            let n = problem.b.cols;
            let right = self.right(problem, j, W);
            let c = &mut problem.c[i * n + self.first_col + j..];
            let depth = self.depth;
            match into {
                _ if width <= H => {
                    self.edge::<K, ROWS, H>(left, right, c, [n, width], into, scale);
                }
                _ if width < W => self.edge::<K, ROWS, W>(left, right, c, [n, width], into, scale),
                into::NEW => K::tile::<ROWS, W, { into::NEW }>(left, right, depth, scale, c, n),
                into::CHAIN => K::tile::<ROWS, W, { into::CHAIN }>(left, right, depth, scale, c, n),
                _ => K::tile::<ROWS, W, { into::SCALED }>(left, right, depth, scale, c, n),
            }
            j += W;
        }
    }

    /// The right operand of the tile at column `j` of the block.
    #[inline(always)]
    fn right<'p>(&'p self, problem: &Problem<'p, '_, T>, j: usize, panel: usize) -> Right<'p, T> {
        match self.panels {
            Some(panels) => {
                let data = &panels[j * self.depth..][..self.depth * panel];
                Right { data, stride: panel }
            }
            None => {
                let b = &problem.b;
                let first = self.first_k * b.row_stride + self.first_col + j;
                Right { data: b.data.get(first..).unwrap_or(&[]), stride: b.row_stride }
            }
        }
    }

    /// A tile of which only `width` columns exist: computed in a tile of its own.
    ///
    /// Columns beyond the right operand's width are made of whatever lies there, or of zeros where memory
    /// ends, and are dropped.
    #[inline(always)]
    fn edge<K: Tiles<T>, const ROWS: usize, const WIDE: usize>(
        &self,
        left: Left<'_, T>,
        right: Right<'_, T>,
        c: &mut [T],
        [stride, width]: [usize; 2],
        into: u8,
        scale: T,
    ) {
        // How many rows of the right operand can be read as wide as the tile is; a stride of 0 repeats
        // one row.
        let whole = right.data.len().checked_sub(WIDE).map_or(0, |room| {
            room.checked_div(right.stride).map_or(self.depth, |rows| self.depth.min(rows + 1))
        });
        let mut own = [[T::zero(); WIDE]; ROWS];
        if into == into::CHAIN {
            for (r, row) in own.iter_mut().enumerate() {
                row[..width].copy_from_slice(&c[r * stride..][..width]);
            }
        }
        let sums = own.as_flattened_mut();
        K::tile::<ROWS, WIDE, { into::CHAIN }>(left, right, whole, scale, sums, WIDE);
        for k in whole..self.depth {
            let mut b = [T::zero(); WIDE];
            let row = &right.data[k * right.stride..];
            let there = row.len().min(WIDE);
            b[..there].copy_from_slice(&row[..there]);
            let left = match left {
                Left::Rows { data, stride } => Left::Rows { data: &data[k..], stride },
                Left::Columns { data, stride } => {
                    Left::Columns { data: &data[k * stride..], stride }
                }
            };
            let right = Right { data: &b, stride: WIDE };
            K::tile::<ROWS, WIDE, { into::CHAIN }>(left, right, 1, scale, sums, WIDE);
        }
        for (r, row) in own.iter().enumerate() {
            let c = &mut c[r * stride..][..width];
            if into == into::SCALED {
                for (c, &sum) in c.iter_mut().zip(row) {
                    *c = sum.mul_add(scale, *c);
                }
            } else {
                c.copy_from_slice(&row[..width]);
            }
        }
    }
}
