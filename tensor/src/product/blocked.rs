//! Cache blocking: splits a product into tiles.
//!
//! Rows of tiles go over strips of columns as wide as a tile. So a few rows of the left operand
//! stay in the first-level cache, and the part of the right one that all strips need stays in the
//! second. The right operand is read in place while it, or a sufficient number of its rows, fits
//! there. Otherwise it is copied, block by block, into panels that a tile reads sequentially; also
//! where a strip is as narrow as a cache line, because a tile would read a line of each of many
//! distant rows. The left operand is only ever broadcast, one element at a time, and so read in
//! place. But where its rows or columns are at distances that few sets of the cache hold, and many
//! strips go over the same rows, these are copied, too.
//!
//! The loops, outermost first, after "Anatomy of High-Performance Matrix Multiplication" (Goto and
//! van de Geijn 2008) with left and right exchanged: blocks of columns, slabs of k, rows, strips.

use std::ops::Range;

use super::matrix::Matrix;
use super::matrix_mut::MatrixMut;
use super::pack::{copy_rows, pack_left, transpose};
use super::problem::{Accumulation, Problem, or_small};
use super::tile::{Left, Right, Tiles};
use super::transpose::SIDE;
use crate::buffer::Buffer;
use crate::cache::{LINE, in_line};
use crate::float::Float;

/// Bytes of the right operand that all rows reuse: most of a second-level cache of 1 MiB.
const IN_CACHE: usize = or_small(768 * 1024, 1024);

/// Least steps of k that make reading and writing C again worth it: with fewer, a right operand
/// read in place is split no further.
const LEAST_SLAB: usize = or_small(300, 3);

/// Most steps of k in a panel.
const PANEL: usize = or_small(512, 8);

/// Bytes between the columns of a left operand from which on they are, one or two to a page, in few
/// sets of the caches.
const FAR: usize = or_small(2048, 64);

/// Distance between rows, in bytes, whose lines are all in the same set of a first-level cache.
const SAME_SET: usize = or_small(4096, 64);

/// Number of strips from which such rows or columns are worth copying.
const MANY_STRIPS: usize = 4;

/// Bytes of the right operand that all rows read, each of them the whole, from which copying it
/// into panels is worth its time where strips are narrow.
const OFTEN_READ: usize = or_small(3 << 20, 4096);

/// Least tiles, one below the other, that are to share such panels.
const SHARING: usize = 8;

/// Rows of the right operand that are copied into all of the panels before the next ones, where
/// strips are narrow: each row is then read from its beginning to its end.
const COPIED_TOGETHER: usize = 16;

/// Bytes of a result that is no longer in a cache of the core when it is written.
const AWAY: usize = 2 * 1024 * 1024;

/// Computes the whole product in tiles of `MR` rows and `W` columns, or `H` or `Q` columns where no
/// more remain.
#[inline(always)]
pub(super) fn product<T, K, const MR: usize, const W: usize, const H: usize, const Q: usize>(
    problem: &mut Problem<'_, '_, T>,
) where
    T: Float,
    K: Tiles<T>,
{
    let Problem { a, b, into, .. } = *problem;
    let mut sums =
        Buffer::stale(if exchanged_is_quicker(problem, W) { a.rows * b.cols } else { 0 });
    if sums.is_empty() {
        return tiles::<T, K, MR, W, H, Q>(problem);
    }
    let c = MatrixMut::new(&mut sums, b.cols, a.rows);
    let (a, b) = (b.transposed(), a.transposed());
    tiles::<T, K, MR, W, H, Q>(&mut Problem { a, b, into, c, finish: None });
    take_transposed::<T, K>(&sums, problem);
}

/// Whether cᵀ = bᵀ·aᵀ, which has the same sums, is faster. A large right operand whose columns are
/// contiguous, such as the weights for the gradient of a layer's input, would be copied as a whole
/// for few rows; as the left one it is read in place.
fn exchanged_is_quicker<T: Float>(problem: &mut Problem<'_, '_, T>, strip: usize) -> bool {
    let (m, k, n) = (problem.a.rows, problem.a.cols, problem.b.cols);
    // Copied then: a, and finally the result. Each takes longer than b, which is read once.
    let copied = or_small(2, 1) * m * (k + n);
    problem.b.col_stride != 1
        && problem.b.row_stride == 1
        && problem.a.col_stride == 1
        && m >= strip
        && copied <= k * n
        && matches!(problem.into, Accumulation::New)
        && problem.c.contiguous().is_some()
}

/// c ← sumsᵀ, after the exchanged product.
fn take_transposed<T: Float, K: Tiles<T>>(sums: &[T], problem: &mut Problem<'_, '_, T>) {
    let (m, n) = (problem.a.rows, problem.b.cols);
    for rows in parts(m, 2 * SIDE, SIDE) {
        let mut c = problem.c.block(rows.clone(), 0..n);
        let Some(c) = c.contiguous() else { unreachable!("c has been found to be contiguous") };
        transpose::<T, K>(&sums[rows.start..], m, [n, rows.len()], c, n);
        problem.finish(rows, 0..n);
    }
}

/// [`product`] without exchanging its operands.
#[inline(never)]
fn tiles<T, K, const MR: usize, const W: usize, const H: usize, const Q: usize>(
    problem: &mut Problem<'_, '_, T>,
) where
    T: Float,
    K: Tiles<T>,
{
    let (m, k, n) = (problem.a.rows, problem.a.cols, problem.b.cols);
    // A sum is scaled when it is complete, so it cannot be split into slabs.
    let divisible = !matches!(problem.into, Accumulation::Scaled { .. });
    let in_cache = IN_CACHE / size_of::<T>();
    let few_rows = m < 2 * MR;
    let narrow_and_often = is_narrow::<T, W>()
        && m >= SHARING * MR
        && n > MANY_STRIPS * W
        && (k * n * size_of::<T>()).saturating_mul(m) >= OFTEN_READ;
    let (in_place, slab, block) = if problem.b.col_stride != 1 {
        (false, PANEL, 0)
    } else if few_rows {
        (true, k, n)
    } else if narrow_and_often || is_copied::<T>([k, n], divisible) {
        (false, PANEL, 0)
    } else {
        (true, in_cache / n, n)
    };
    let slab = if divisible { slab.min(k) } else { k };
    let block = if in_place { block } else { (in_cache / slab.max(1)).clamp(W, n.max(W)) };
    let mut panels = Buffer::stale(if in_place { 0 } else { slab * (block + W) });
    let copy_left = block >= MANY_STRIPS * W
        && match problem.a.col_stride {
            1 => {
                is_narrow::<T, W>()
                    && (problem.a.row_stride * size_of::<T>()).is_multiple_of(SAME_SET)
            }
            stride => stride * size_of::<T>() >= FAR,
        };
    let mut left = Buffer::stale(if copy_left { MR * row_distance::<T>(slab) } else { 0 });
    for cols in parts(n, block, W) {
        for depth in parts(k, slab, 8) {
            let area = Area { depth, cols: cols.clone() };
            if !in_place {
                area.pack::<T, K, W, H, Q>(problem, &mut panels);
            }
            let panels = (!in_place).then_some(&*panels);
            for rows in heights(m, MR) {
                let left = copy_left.then(|| {
                    copied::<T, MR>(&problem.a, rows.clone(), area.depth.clone(), &mut left)
                });
                area.rows::<T, K, MR, W, H, Q>(problem, rows.clone(), left, panels);
                if area.depth.end == k {
                    problem.finish(rows, area.cols.clone());
                }
            }
        }
    }
}

/// Whether a row of a strip is no longer than a cache line.
const fn is_narrow<T, const W: usize>() -> bool {
    W * size_of::<T>() <= LINE
}

/// Distance between the rows of a copied left operand: a multiple of a cache line, and an odd one
/// for the lengths of whole slabs, so that the rows are in different sets of the cache.
fn row_distance<T>(slab: usize) -> usize {
    let line = in_line::<T>();
    slab.next_multiple_of(2 * line) + line
}

/// A copy of the left operand of some rows, at most `MR`, in some columns.
fn copied<'a, T: Float, const MR: usize>(
    a: &Matrix<'_, T>,
    rows: Range<usize>,
    cols: Range<usize>,
    to: &'a mut [T],
) -> Left<'a, T> {
    if a.col_stride == 1 {
        let stride = row_distance::<T>(cols.len());
        copy_rows(a, rows, cols, to, stride);
        Left::Rows { data: to, stride }
    } else {
        pack_left::<T, MR>(a, rows, cols, to);
        Left::Columns { data: to, stride: MR }
    }
}

/// Whether a right operand is copied, if its rows are contiguous and many rows reuse it: neither
/// all of it nor sufficiently large slabs stay in the cache in place. Only a `divisible` one may be
/// split into slabs.
pub(super) fn is_copied<T>([k, n]: [usize; 2], divisible: bool) -> bool {
    let slab = (IN_CACHE / size_of::<T>()).checked_div(n).unwrap_or(k);
    slab < k && (slab < LEAST_SLAB || !divisible)
}

/// Splits 0..`whole` into parts of about the same size, a multiple of `unit` if possible and `most`
/// at most; one empty part if `whole` is 0.
fn parts(whole: usize, most: usize, unit: usize) -> impl Iterator<Item = Range<usize>> {
    let most = most.max(1);
    let number = whole.div_ceil(most).max(1);
    let size = whole.div_ceil(number).next_multiple_of(unit).clamp(1, most);
    (0..whole.max(1)).step_by(size).map(move |first| first..whole.min(first + size))
}

/// Splits `m` rows into tiles of at most `most` rows. The last two share the remainder, since a low
/// tile takes nearly as long as a high one.
fn heights(m: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let mut first = 0;
    std::iter::from_fn(move || {
        let height = match m - first {
            0 => return None,
            left if left > most && left < 2 * most => left.div_ceil(2),
            left => left.min(most),
        };
        first += height;
        Some(first - height..first)
    })
}

/// A block of the right operand: some of k in some columns.
struct Area {
    depth: Range<usize>,
    cols: Range<usize>,
}

impl Area {
    /// Splits the columns into strips: the columns of each, the width of its tiles, and the start
    /// of its panel.
    #[inline(always)]
    fn strips<const W: usize, const H: usize, const Q: usize>(
        &self,
    ) -> impl Iterator<Item = (Range<usize>, usize, usize)> {
        let (depth, end) = (self.depth.len(), self.cols.end);
        let (mut first, mut panel) = (self.cols.start, 0);
        std::iter::from_fn(move || {
            let width = match end - first {
                0 => return None,
                left if left <= Q => Q,
                // Two halves instead of a whole strip and a remainder.
                left if left <= H || (left > W && left <= 2 * H) => H,
                _ => W,
            };
            let strip = (first..end.min(first + width), width, panel);
            (first, panel) = (strip.0.end, panel + width * depth);
            Some(strip)
        })
    }

    /// Copies the right operand.
    #[inline(always)]
    fn pack<T: Float, K: Tiles<T>, const W: usize, const H: usize, const Q: usize>(
        &self,
        problem: &Problem<'_, '_, T>,
        panels: &mut [T],
    ) {
        let b = &problem.b;
        let together = match is_narrow::<T, W>() && b.col_stride == 1 {
            true => COPIED_TOGETHER,
            false => self.depth.len().max(1),
        };
        for first in self.depth.clone().step_by(together) {
            let depth = first..self.depth.end.min(first + together);
            let above = first - self.depth.start;
            for (cols, width, start) in self.strips::<W, H, Q>() {
                let panel = &mut panels[start + above * width..][..width * depth.len()];
                match width {
                    _ if width == Q => K::pack::<Q>(b, depth.clone(), cols, panel),
                    _ if width == H => K::pack::<H>(b, depth.clone(), cols, panel),
                    _ => K::pack::<W>(b, depth.clone(), cols, panel),
                }
            }
        }
    }

    /// The tiles of some rows, at most `MR`.
    #[inline(always)]
    fn rows<T, K, const MR: usize, const W: usize, const H: usize, const Q: usize>(
        &self,
        problem: &mut Problem<'_, '_, T>,
        rows: Range<usize>,
        left: Option<Left<'_, T>>,
        panels: Option<&[T]>,
    ) where
        T: Float,
        K: Tiles<T>,
    {
        for (cols, width, start) in self.strips::<W, H, Q>() {
            let panel = panels.map(|panels| &panels[start..]);
            let area = Area { depth: self.depth.clone(), cols };
            match width {
                _ if width == Q => area.strip::<T, K, MR, Q>(problem, rows.clone(), left, panel),
                _ if width == H => area.strip::<T, K, MR, H>(problem, rows.clone(), left, panel),
                _ => area.strip::<T, K, MR, W>(problem, rows.clone(), left, panel),
            }
        }
    }

    /// The tiles of some rows, at most `MR`, in columns that are at most `W`.
    #[inline(always)]
    fn strip<T: Float, K: Tiles<T>, const MR: usize, const W: usize>(
        &self,
        problem: &mut Problem<'_, '_, T>,
        rows: Range<usize>,
        left: Option<Left<'_, T>>,
        panel: Option<&[T]>,
    ) {
        let (first_k, first_col) = (self.depth.start, self.cols.start);
        let (a, b) = (&problem.a, &problem.b);
        let right = match panel {
            Some(data) => Right { data, stride: W },
            None => {
                let data = b.data.get(first_k * b.row_stride + first_col..).unwrap_or(&[]);
                Right { data, stride: b.row_stride }
            }
        };
        let into = match problem.into {
            Accumulation::Scaled { .. } | Accumulation::New if first_k == 0 => problem.into,
            Accumulation::Row(bias) if first_k == 0 => Accumulation::Row(&bias[self.cols.clone()]),
            _ => Accumulation::Chain,
        };
        let left = if let Some(left) = left {
            left
        } else if a.col_stride == 1 {
            let data = a.data.get(rows.start * a.row_stride + first_k..).unwrap_or(&[]);
            Left::Rows { data, stride: a.row_stride }
        } else {
            let data = a.data.get(rows.start + first_k * a.col_stride..).unwrap_or(&[]);
            Left::Columns { data, stride: a.col_stride }
        };
        let height = rows.len();
        let away = size_of::<T>() * problem.c.rows() * problem.c.cols() > AWAY;
        let c = &mut problem.c.block(rows, self.cols.clone());
        let depth = self.depth.len();
        if away && !matches!(into, Accumulation::Chain) {
            c.fetch();
        }
        macro_rules! tile {
            ($($height:literal)*) => {
                match height {
                    $($height if const { $height < MR } => {
                        K::tile::<$height, W>(left, right, depth, into, c);
                    })*
                    _ => K::tile::<MR, W>(left, right, depth, into, c),
                }
            };
        }
        tile!(1 2 3 4 5 6 7);
    }
}
