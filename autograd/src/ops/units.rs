//! Scale factors with which squares neither overflow nor vanish.

use tensor::Float;

/// Returns 1, or `size` if squares of numbers of this size would overflow or vanish.
pub(super) fn unit_of_squares<T: Float>(size: T) -> T {
    // With a margin for sums of a million squares.
    let largest = T::max_value().sqrt() / T::of(1024.0);
    let ordinary = size <= largest && size >= largest.recip();
    if ordinary || size.is_zero() || !size.is_finite() { T::one() } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_numbers_stay_as_they_are() {
        for size in [0.0_f32, 1e-15, 1.0, 1e15, f32::INFINITY, f32::NAN] {
            assert_eq!(unit_of_squares(size), 1.0, "{size}");
        }
        for size in [1e-30_f32, 1e-45, 1e20, f32::MAX] {
            assert_eq!(unit_of_squares(size), size);
        }
    }
}
