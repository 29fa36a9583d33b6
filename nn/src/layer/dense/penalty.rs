//! The penalty l2·Σw² on a layer's weights, and its gradient 2·l2·w.

use tensor::Float;
use tensor::simd::vectorize;

/// Returns l2·Σw².
pub(crate) fn penalty<T: Float>(l2: f64, weights: &[T]) -> T {
    /// Number of partial sums. It is fixed, so that the bits do not depend on the vector width.
    const LANES: usize = 16;
    let mut sums = [T::zero(); LANES];
    vectorize(|| {
        let (blocks, rest) = weights.as_chunks::<LANES>();
        for block in blocks {
            for lane in 0..LANES {
                sums[lane] = block[lane].mul_add(block[lane], sums[lane]);
            }
        }
        for (sum, &w) in sums.iter_mut().zip(rest) {
            *sum = w.mul_add(w, *sum);
        }
    });
    T::of(l2) * sums.iter().fold(T::zero(), |total, &sum| total + sum)
}

/// Adds 2·l2·w to each element of the gradient. The product is rounded before it is added, as on a
/// tape.
pub(crate) fn add_penalty_gradient<T: Float>(l2: f64, weights: &[T], gradient: &mut [T]) {
    let slope = T::of(2.0 * l2);
    vectorize(|| {
        for (g, &w) in gradient.iter_mut().zip(weights) {
            *g = *g + slope * w;
        }
    });
}
