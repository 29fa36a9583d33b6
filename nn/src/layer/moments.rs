//! Sums, means and variances, in an order that does not depend on the vector width.

use tensor::Float;
#[cfg(feature = "std")]
use tensor::simd::vectorize;

/// Number of partial sums.
const LANES: usize = 16;

/// Returns Σ f(a, b) over pairs of equal index.
#[inline(always)]
pub(crate) fn sum<T: Float>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut sums = [T::zero(); LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] = sums[lane] + f(a[lane], b[lane]);
        }
    }
    for ((sum, &a), &b) in sums.iter_mut().zip(a_rest).zip(b_rest) {
        *sum = *sum + f(a, b);
    }
    sums.iter().fold(T::zero(), |total, &sum| total + sum)
}

/// Sums the rows of `values`, each as long as `sums`, in their order.
#[cfg(feature = "std")] // for training
pub(crate) fn column_sums<T: Float>(values: &[T], sums: &mut [T]) {
    sums.fill(T::zero());
    add_column_sums(values, sums);
}

/// [`column_sums`] that continue from the values in `sums`.
#[cfg(feature = "std")] // for training
pub(crate) fn add_column_sums<T: Float>(values: &[T], sums: &mut [T]) {
    if sums.is_empty() {
        return;
    }
    vectorize(|| {
        for row in values.chunks_exact(sums.len()) {
            for (sum, &value) in sums.iter_mut().zip(row) {
                *sum = *sum + value;
            }
        }
    });
}

/// Returns mean m and 1/√(v + ε) of a row, with v the mean of (x − m)².
#[inline(always)]
pub(crate) fn mean_and_rate<T: Float>(x: &[T], epsilon: T) -> (T, T) {
    let share = T::one() / T::of(x.len() as f64);
    let mean = sum(x, x, |x, _| x) * share;
    let variance = sum(x, x, |x, _| (x - mean) * (x - mean)) * share;
    if variance.is_finite() { (mean, rate(variance, epsilon)) } else { of_large(x, epsilon) }
}

/// [`mean_and_rate`] in units of the largest number, for a row whose squares overflow.
#[cold]
#[inline(never)]
fn of_large<T: Float>(x: &[T], epsilon: T) -> (T, T) {
    let largest = x.iter().fold(T::zero(), |largest, x| largest.max(x.abs()));
    let share = T::one() / T::of(x.len() as f64);
    let mean = sum(x, x, |x, _| x / largest) * share;
    let variance = sum(x, x, |x, _| (x / largest - mean) * (x / largest - mean)) * share;
    (mean * largest, rate(variance, epsilon / largest / largest) / largest)
}

/// Returns 1/√(q + ε) of a row, with q the mean of x².
#[inline(always)]
pub(crate) fn rms_rate<T: Float>(x: &[T], epsilon: T) -> T {
    let share = T::one() / T::of(x.len() as f64);
    let square = sum(x, x, |x, _| x * x) * share;
    if square.is_finite() { rate(square, epsilon) } else { rms_rate_of_large(x, epsilon) }
}

/// [`rms_rate`] in units of the largest number, for a row whose squares overflow.
#[cold]
#[inline(never)]
fn rms_rate_of_large<T: Float>(x: &[T], epsilon: T) -> T {
    let largest = x.iter().fold(T::zero(), |largest, x| largest.max(x.abs()));
    let share = T::one() / T::of(x.len() as f64);
    let square = sum(x, x, |x, _| (x / largest) * (x / largest)) * share;
    rate(square, epsilon / largest / largest) / largest
}

/// Returns 1/√(v + ε).
#[inline(always)]
pub(crate) fn rate<T: Float>(variance: T, epsilon: T) -> T {
    T::one() / (variance + epsilon).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_whose_squares_overflow_are_standardised_all_the_same() {
        for size in [1.0_f32, 1e19, 1e20, 3e38] {
            let row = [size, -size, size, -size];
            let (mean, rate) = mean_and_rate(&row, 1e-5);
            for x in row {
                let y = (x - mean) * rate;
                assert!((y.abs() - 1.0).abs() < 1e-5 && y.signum() == x.signum(), "{x}: {y}");
            }
        }
        assert!(mean_and_rate(&[f32::NAN, 1.0], 1e-5).1.is_nan());
        for size in [1.0_f32, 1e20, 3e38] {
            assert!((rms_rate(&[size, -size, size], 1e-5) * size - 1.0).abs() < 1e-5, "{size}");
        }
        assert!(rms_rate(&[f32::NAN, 1.0], 1e-5).is_nan());
    }
}
