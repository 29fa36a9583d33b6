//! A product on several threads: each computes some rows.

use super::matrix::Matrix;
use super::problem::{Start, or_small};
use super::product;
use crate::float::Float;
use crate::threads::Threads;

/// Multiplications and additions below which waking a thread costs more than it saves.
const WORTH_THREADS: usize = or_small(2_000_000, 2000);

/// Whether a product of `[m, k]` and `[k, n]` may gain by threads.
pub(crate) fn worth_threads([m, k, n]: [usize; 3]) -> bool {
    2_usize.saturating_mul(m).saturating_mul(k).saturating_mul(n) >= WORTH_THREADS
}

/// The height of the tallest tile. Parts of the rows of a product should be multiples of it, or each ends in lower
/// tiles, which compute more slowly.
pub const TILE_ROWS: usize = 8;

/// How many of `rows` each of the threads takes, so that all have as much to do: a multiple of [`TILE_ROWS`].
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

/// [`product`](super::product()), the rows divided among `threads` if that is worth it. The bits are the same either way.
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
    let (m, n) = (a.rows(), b.cols());
    let rows = rows_per_thread(m, threads);
    if !worth_threads([m, a.cols(), n]) || rows >= m || m.checked_mul(n) != Some(c.len()) {
        return product(a, b, start, c, None);
    }
    threads.for_each(c.chunks_mut(rows * n).enumerate(), |(part, c)| {
        let first = part * rows;
        product(a.rows_between(first, first + c.len() / n), b, start, c, None);
    });
}
