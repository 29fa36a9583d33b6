//! Activations at ±∞: infinity times zero, and infinity by infinity.

use crate::float::Float;

/// x, or the least finite number for −∞: multiplied by a closed gate, it gives 0 and not NaN.
#[inline(always)]
pub(super) fn finite_below<T: Float>(x: T) -> T {
    if x < T::min_value() { T::min_value() } else { x }
}

/// Clamps x at both ends, where a slope is 0.
#[inline(always)]
pub(super) fn finite<T: Float>(x: T) -> T {
    let x = finite_below(x);
    if x > T::max_value() { T::max_value() } else { x }
}
