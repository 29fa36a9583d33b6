//! A pipelined product on several threads, each of which caches some rows of the right operand.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::divided::TILE_ROWS;
use super::matrix::Matrix;
use super::problem::Start;
use super::product;
use crate::float::Float;
use crate::simd::Isa;
use crate::threads::{Threads, wait_while};

/// Most blocks of rows in the pipeline, and most threads.
const MOST: usize = 16;

/// A [`Finish`](super::Finish) that several threads may call.
pub type SharedFinish<'a, T> = &'a (dyn Fn(usize, &mut [T]) + Sync);

/// [`product()`] as a pipeline over threads: one thread multiplies by the first `depth` rows of
/// `b`, another one by the next, and so on. Blocks of rows of `c` go through all stages in turn, so
/// that the sums are added in order and the bits are the same.
///
/// The same thread always has the same rows of `b`. If it also changes them, as in gradient
/// descent, they stay in its core's cache. A product that is divided otherwise has to fetch most of
/// `b` from the caches of other cores. The cost: the last thread waits for the first block, and the
/// first one for the last. Threads without a stage are idle.
///
/// # Panics
///
/// If the shapes do not fit, with both of them in the message, or `depth` is 0.
///
/// ```
/// use tensor::product::{Matrix, Start, product_in_stages};
/// use tensor::threads::Threads;
///
/// let ones = vec![1.0_f32; 200 * 200];
/// let ones = Matrix::new(&ones, 200, 200);
/// let mut c = vec![0.0; 200 * 200];
/// product_in_stages(&Threads::all(), ones, ones, 100, Start::Zero, &mut c, None);
/// assert!(c.iter().all(|&sum| sum == 200.0));
/// ```
#[track_caller]
pub fn product_in_stages<T: Float>(
    threads: &Threads,
    a: Matrix<'_, T>,
    b: Matrix<'_, T>,
    depth: usize,
    start: Start<'_, T>,
    c: &mut [T],
    finish: Option<SharedFinish<'_, T>>,
) {
    let (m, k, n) = (a.rows(), a.cols(), b.cols());
    assert!(depth > 0, "product: stages need a depth of 1 or more");
    let stages = k.div_ceil(depth);
    let fits = k == b.rows() && m.checked_mul(n) == Some(c.len()) && !c.is_empty();
    // Without FMA, `matrixmultiply` determines the order of the sums.
    if !fits || !(2..=MOST).contains(&stages) || threads.count() < 2 || !Isa::best().has_fma() {
        let finish = finish.map(|finish| finish as &dyn Fn(usize, &mut [T]));
        return product(a, b, start, c, finish);
    }
    let rows = m.div_ceil(MOST).next_multiple_of(TILE_ROWS);
    let blocks = m.div_ceil(rows);
    let mut parts = c.chunks_mut(rows * n);
    let parts: [_; MOST] = std::array::from_fn(|_| Mutex::new(parts.next().unwrap_or_default()));
    let done = [const { AtomicUsize::new(0) }; MOST];
    // A thread that has done its stage may take a later one whose thread is missing. So every stage
    // that another waits for is computed.
    threads.for_each_stage(0..stages, blocks, |stage| {
        let k = stage * depth..k.min((stage + 1) * depth);
        let (a, b) = (a.cols_between(k.start, k.end), b.rows_between(k.start, k.end));
        let progress = Progress(&done[stage], blocks);
        for (block, c) in parts[..blocks].iter().enumerate() {
            if stage > 0 {
                wait_while(|| done[stage - 1].load(Ordering::Acquire) <= block);
            }
            let mut c = c.lock().unwrap_or_else(PoisonError::into_inner);
            let first = block * rows;
            let a = a.rows_between(first, first + c.len() / n);
            let start = if stage == 0 { start } else { Start::Accumulate };
            match finish.filter(|_| stage + 1 == stages) {
                None => product(a, b, start, &mut c, None),
                Some(finish) => {
                    product(a, b, start, &mut c, Some(&|at, c| finish(first * n + at, c)));
                }
            }
            progress.0.store(block + 1, Ordering::Release);
        }
    });
}

/// How many blocks have left a stage.
struct Progress<'a>(&'a AtomicUsize, usize);

impl Drop for Progress<'_> {
    /// If a stage panics, those after it must not wait for its remaining blocks.
    fn drop(&mut self) {
        self.0.store(self.1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::random::Random;

    fn check<T: Float>() {
        let random = Random::new(1, 2);
        let numbers = |len: usize, from: u64| -> Vec<T> {
            (0..len).map(|i| random.normal(from + i as u64)).collect()
        };
        let mut counts = vec![1, 2, 3, 8];
        let mut sizes = vec![
            [64, 78, 33],
            [1, 9, 5],
            [7, 30, 16],
            [131, 17, 1],
            [0, 4, 3],
            [3, 0, 2],
            [9, 5, 0],
        ];
        let mut depths = vec![1, 3, 8, 16, 40];
        if cfg!(miri) {
            // A thousand times slower.
            (counts, sizes, depths) = (vec![1, 3], vec![[17, 3, 5], [3, 0, 2]], vec![1, 8]);
        }
        for threads in counts.into_iter().map(Threads::new) {
            for &[m, k, n] in &sizes {
                for &depth in &depths {
                    let (a, b, bias) = (numbers(m * k, 0), numbers(k * n, 9999), numbers(n, 7));
                    let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
                    let add = |at: usize, values: &mut [T]| {
                        for (i, value) in values.iter_mut().enumerate() {
                            *value = *value + T::of((at + i) as f64);
                        }
                    };
                    let mut expected = vec![T::nan(); m * n];
                    product(a, b, Start::Bias(&bias), &mut expected, Some(&add));
                    let mut c = vec![T::nan(); m * n];
                    let start = Start::Bias(&bias);
                    product_in_stages(&threads, a, b, depth, start, &mut c, Some(&add));
                    assert_eq!(c, expected, "{m}×{k}×{n} in stages of {depth} on {threads:?}");
                }
            }
        }
    }

    #[test]
    fn stages_give_the_bits_of_the_whole() {
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn a_panic_in_a_stage_reaches_the_caller() {
        const SIDE: usize = if cfg!(miri) { 16 } else { 64 };
        let ones = [1.0; SIDE * SIDE];
        let ones = Matrix::new(&ones, SIDE, SIDE);
        let threads = Threads::new(2);
        let mut c = [0.0; SIDE * SIDE];
        // A CPU without fused multiply-adds finishes all rows at once.
        let fail = |at: usize, c: &mut [f64]| assert!(at + c.len() < SIDE * SIDE / 4, "no more");
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            product_in_stages(&threads, ones, ones, SIDE / 2, Start::Zero, &mut c, Some(&fail));
        }));
        outcome.expect_err("the panic must arrive");
        product_in_stages(&threads, ones, ones, SIDE / 2, Start::Zero, &mut c, None);
        assert_eq!(c, [SIDE as f64; SIDE * SIDE]);
    }
}
