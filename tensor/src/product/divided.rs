//! A product on several threads: each computes some rows, or some columns, of the result.

use super::blocked::is_copied;
use super::matrix::Matrix;
use super::matrix_mut::MatrixMut;
use super::problem::{Start, or_small};
use super::{product, product_into};
use crate::float::Float;
use crate::threads::Threads;

/// Number of multiplications and additions below which waking a thread costs more than it saves.
const WORTH_THREADS: usize = or_small(2_000_000, 2000);

/// Whether a product of `[m, k]` and `[k, n]` is large enough for several threads.
pub(crate) fn worth_threads([m, k, n]: [usize; 3]) -> bool {
    2_usize.saturating_mul(m).saturating_mul(k).saturating_mul(n) >= WORTH_THREADS
}

/// The height of the tallest tile. Divide the rows of a product at multiples of it; otherwise each
/// part ends in lower tiles, which are slower.
pub const TILE_ROWS: usize = 8;

/// The number of `rows` for each thread, so that all have equal work: a multiple of [`TILE_ROWS`].
///
/// ```
/// use tensor::product::rows_per_thread;
/// use tensor::threads::Threads;
///
/// assert_eq!(rows_per_thread(100, &Threads::new(2)), 56);
/// ```
pub fn rows_per_thread(rows: usize, threads: &Threads) -> usize {
    rows.div_ceil(threads.count()).next_multiple_of(TILE_ROWS)
}

/// Columns are divided at multiples of this: three registers of AVX-512, or six of AVX2, of `f32`.
const TILE_COLS: usize = 48;

/// Columns per row from which division by columns is faster. With fewer, it costs more that each
/// thread reads all of the left operand and half a row of the result than that it copies all of the
/// right one (measured from 64×512×512 to 1024×2048×4096).
const COLS_PER_ROW: usize = 6;

/// Whether to divide the columns of a product instead of its rows: where each thread would copy all
/// of a large right operand for its few rows, or where there are too few rows to divide.
fn by_columns<T>([m, k, n]: [usize; 3]) -> bool {
    n / COLS_PER_ROW >= m && (m <= TILE_ROWS || is_copied::<T>([k, n], true))
}

/// [`product`](super::product()), divided among `threads` if it is large enough. The bits are the
/// same either way.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message.
///
/// ```
/// use tensor::product::{Matrix, Start, product_with};
/// use tensor::threads::Threads;
///
/// let ones = vec![1.0_f32; 200 * 200];
/// let ones = Matrix::new(&ones, 200, 200);
/// let mut c = vec![0.0; 200 * 200];
/// product_with(&Threads::all(), ones, ones, Start::Zero, &mut c);
/// assert!(c.iter().all(|&sum| sum == 200.0));
/// ```
#[track_caller]
pub fn product_with<T: Float>(
    threads: &Threads,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    start: Start<'_, T>,
    c: &mut [T],
) {
    let (m, k, n) = (a.rows(), a.cols(), b.cols());
    let rows = rows_per_thread(m, threads);
    let fits = k == b.rows()
        && m.checked_mul(n) == Some(c.len())
        && !matches!(start, Start::Bias(bias) if bias.len() != n);
    if !fits || !worth_threads([m, k, n]) {
        product(a, b, start, c, None);
    } else if b.col_stride == 1 && by_columns::<T>([m, k, n]) {
        divide_columns(threads, a, b, start, MatrixMut::new(c, m, n));
    } else if rows < m {
        threads.for_each(c.chunks_mut(rows * n).enumerate(), |(part, c)| {
            let first = part * rows;
            product(a.rows_between(first, first + c.len() / n), b, start, c, None);
        });
    } else {
        product(a, b, start, c, None);
    }
}

/// The product, where each thread computes some columns of `c`.
fn divide_columns<T: Float>(
    threads: &Threads,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    start: Start<'_, T>,
    c: MatrixMut<'_, T>,
) {
    let width = c.cols().div_ceil(threads.count()).next_multiple_of(TILE_COLS);
    let (mut rest, mut first) = (Some(c), 0);
    let parts = std::iter::from_fn(|| {
        let c = rest.take()?;
        let width = width.min(c.cols());
        let (part, others) = c.split_at_col(width);
        rest = (others.cols() > 0).then_some(others);
        first += width;
        Some((first - width, part))
    });
    threads.for_each(parts, |(first, c)| {
        let cols = first..first + c.cols();
        let start = match start {
            Start::Bias(bias) => Start::Bias(&bias[cols.clone()]),
            start => start,
        };
        product_into(a, b.cols_between(cols.start, cols.end), start, c, None);
    });
}
