//! The norm of a tensor, with the same bits on every CPU.

use tensor::Float;
use tensor::simd::{Inline, vectorize_inline};

/// √Σ f(x)², where x are the numbers of all `slices` at one index. The order of the sum is fixed,
/// so that its bits do not depend on the CPU.
pub(super) fn norm<T: Float, const N: usize>(
    slices: [&[T]; N],
    f: impl Fn([T; N]) -> T + Copy,
) -> T {
    vectorize_inline(Squares { slices, f }).sqrt()
}

struct Squares<'s, T, F, const N: usize> {
    slices: [&'s [T]; N],
    f: F,
}

impl<T: Float, F: Fn([T; N]) -> T + Copy, const N: usize> Inline for Squares<'_, T, F, N> {
    type Output = T;

    #[inline(always)]
    fn run(self) -> T {
        /// Number of partial sums: several vectors on every CPU.
        const LANES: usize = 32;
        let Squares { slices, f } = self;
        let split = slices.map(|slice| slice.as_chunks::<LANES>());
        let mut sums = [T::zero(); LANES];
        for row in 0..split[0].0.len() {
            let rows = split.map(|(rows, _)| &rows[row]);
            for lane in 0..LANES {
                let x = f(rows.map(|row| row[lane]));
                sums[lane] = x.mul_add(x, sums[lane]);
            }
        }
        for at in 0..split[0].1.len() {
            let x = f(split.map(|(_, rest)| rest[at]));
            sums[at] = x.mul_add(x, sums[at]);
        }
        sums.into_iter().fold(T::zero(), |all, sum| all + sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_any_number_of_elements() {
        for len in [0, 1, 31, 32, 33, 100] {
            let (a, b): (Vec<f64>, Vec<f64>) =
                (0..len).map(|i| (f64::from(i), 0.5 * f64::from(i))).unzip();
            let exact: f64 = a.iter().map(|x| 2.25 * x * x).sum();
            let found = norm([&a[..], &b[..]], |[a, b]| a + b);
            assert!((found - exact.sqrt()).abs() <= 1e-14 * found, "{len}: {found}");
        }
    }
}
