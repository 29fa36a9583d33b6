//! The elementary functions of `f32`; `super` states what they promise.
#![allow(clippy::excessive_precision)] // constants keep the digits of their sources

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `mul_add`, which `core` lacks

/// ln 2 in two parts; n·[`LN2_HIGH`] is exact for every exponent n that occurs.
const LN2_HIGH: f32 = 0.693_359_375;
const LN2_LOW: f32 = -2.121_944_4e-4;
const LOG2_E: f32 = core::f32::consts::LOG2_E;
/// 1.5·2^23: adding it rounds to an integer and leaves that integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// 1/k!, from k = 7 down to 3.
const TAYLOR: [f32; 5] = [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0];

/// The polynomial with these coefficients, highest power first (Horner's scheme).
#[inline(always)]
fn polynomial<const N: usize>(x: f32, coefficients: [f32; N]) -> f32 {
    let mut sum = coefficients[0];
    for c in &coefficients[1..] {
        sum = sum.mul_add(x, *c);
    }
    sum
}

/// x limited to low..=high; NaN passes, as `min` and `max` would not let it.
#[inline(always)]
fn limit(x: f32, low: f32, high: f32) -> f32 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// x = n·ln 2 + r with |r| ≤ ln 2 / 2: (n as an integer, eʳ − 1).
#[inline(always)]
fn reduce(x: f32) -> (i32, f32) {
    let rounded = x.mul_add(LOG2_E, ROUND);
    let n = rounded - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
    let tail = polynomial(r, TAYLOR).mul_add(r, 0.5);
    // The difference of the bits is n, since both lie in the binade where one unit is one bit.
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    (n, (r * r).mul_add(tail, r))
}

/// 2ⁿ for n in −126..=127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) << 23) as u32)
}

#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let (n, less_one) = reduce(limit(x, -104.0, 89.0));
    // Two factors: 2ⁿ itself may be subnormal or too large where the result is not.
    let half = n >> 1;
    (less_one + 1.0) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

#[inline(always)]
pub(super) fn expm1(x: f32) -> f32 {
    let (n, less_one) = reduce(limit(x, -43.0, 89.0));
    let half = n >> 1;
    let (first, second) = (power_of_two(half), power_of_two(n.wrapping_sub(half)));
    // (2ⁿ eʳ − 1) = 2^(n−h) (2ʰ (eʳ − 1) + (2ʰ − 2^−(n−h))); the second factor cannot overflow early.
    let sum = less_one.mul_add(first, first - 1.0 / second) * second;
    // n = 0 keeps the sign of zero and the digits of a tiny x.
    if n == 0 { if x == 0.0 { x } else { less_one } } else { sum }
}

#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    let subnormal = x < f32::MIN_POSITIVE;
    let scaled = if subnormal { x * 33_554_432.0 } else { x };
    // m in √½..√2: subtracting the bits of √½ makes the exponent's bits count from there.
    let bits = scaled.to_bits();
    let root = core::f32::consts::FRAC_1_SQRT_2.to_bits();
    let e = (bits.wrapping_sub(root) as i32) >> 23;
    let m = f32::from_bits(bits.wrapping_sub((e << 23) as u32));
    let e = e.wrapping_sub(if subnormal { 25 } else { 0 }) as f32;
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let half = 0.5 * f * f;
    // ln(1 + f) = f − (f²/2 − s·(f²/2 + R)), with R = Σ 2/(2k+1)·s²ᵏ
    let r = s2 * polynomial(s2, [2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0]);
    let small = s.mul_add(half + r, e * LN2_LOW);
    let y = e.mul_add(LN2_HIGH, f - (half - small));
    let y = if x == f32::INFINITY { x } else { y };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x < 0.0 || x.is_nan() { f32::NAN } else { y }
}

#[inline(always)]
pub(super) fn ln_1p(x: f32) -> f32 {
    // Kahan: u = 1 + x is rounded, and ln u · x/(u − 1) undoes that rounding.
    let u = 1.0 + x;
    let corrected = ln(u) * (x / (u - 1.0));
    let y = if u == f32::INFINITY { ln(u) } else { corrected };
    let y = if u == 0.0 { f32::NEG_INFINITY } else { y };
    if u == 1.0 { x } else { y }
}

#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    // From 9.1 on, the nearest float to tanh is 1.
    let size = limit(x.abs(), 0.0, 9.1);
    let (n, less_one) = reduce(size + size);
    let scale = power_of_two(n);
    let t = less_one.mul_add(scale, scale - 1.0);
    let y = t / (t + 2.0);
    // A tiny x is its own tanh (and keeps the sign of zero).
    let y = if size < f32::EPSILON { size } else { y };
    y.copysign(x)
}

#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    let small = exp(-x.abs());
    let above = if x < 0.0 { small } else { 1.0 };
    above / (1.0 + small)
}

#[inline(always)]
pub(super) fn softplus(x: f32) -> f32 {
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + ln_1p(exp(-x.abs()))
}

#[inline(always)]
pub(super) fn erf(x: f32) -> f32 {
    // Half as many lanes, but no second set of coefficients whose error would have to be shown.
    super::double::erf(f64::from(x)) as f32
}

#[inline(always)]
pub(super) fn reciprocal(x: f32) -> f32 {
    /// Twice the bits of 1, less what makes the guess's error equal on both sides.
    const GUESS: u32 = 0x7EF3_4000;
    let y = f32::from_bits(GUESS.wrapping_sub(x.to_bits()));
    let e = (-x).mul_add(y, 1.0);
    let y = e.mul_add(e, e).mul_add(y, y);
    let e = (-x).mul_add(y, 1.0);
    e.mul_add(y, y)
}
