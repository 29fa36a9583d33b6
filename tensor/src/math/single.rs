//! The elementary functions of `f32`; `super` documents their guarantees.
#![allow(clippy::excessive_precision)] // constants keep the digits of their sources

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `mul_add`, which `core` lacks

/// ln 2 in two parts; n·[`LN2_HIGH`] is exact for every exponent n that occurs.
const LN2_HIGH: f32 = 0.693_359_375;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// The limits beyond which eˣ overflows or underflows, and below which eˣ − 1 is −1.
const ZERO_BELOW: f32 = -104.0;
const INFINITE_ABOVE: f32 = 89.0;
const MINUS_ONE_BELOW: f32 = -43.0;
/// From here on, the nearest float to the hyperbolic tangent is 1.
const TANH_IS_ONE: f32 = 9.1;

/// 1/k!, from k = 7 down to 3.
const TAYLOR: [f32; 5] = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0];
/// 2/(2k + 1), from k = 5 down to 1.
const ARTANH: [f32; 5] = [2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0];

super::formulas::formulas!(f32, i32, u32);

/// Computed in `f64`: half as many lanes, but no second set of coefficients that needs an error
/// bound.
#[inline(always)]
pub(super) fn erf(x: f32) -> f32 {
    super::double::erf(f64::from(x)) as f32
}

/// In `f64`, as [`erf`].
#[inline(always)]
pub(super) fn normal_cdf(x: f32) -> f32 {
    super::double::normal_cdf(f64::from(x)) as f32
}

#[inline(always)]
pub(super) fn reciprocal(x: f32) -> f32 {
    /// Twice the bits of 1, less a constant that makes the guess's error equal on both sides.
    const GUESS: u32 = 0x7EF3_4000;
    let y = f32::from_bits(GUESS.wrapping_sub(x.to_bits()));
    let e = (-x).mul_add(y, 1.0);
    let y = e.mul_add(e, e).mul_add(y, y);
    let e = (-x).mul_add(y, 1.0);
    e.mul_add(y, y)
}
