//! The elementary functions of `f64`; `super` states what they promise.
#![allow(clippy::excessive_precision)] // constants keep the digits of their sources

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `mul_add`, which `core` lacks

/// ln 2 in two parts; n·[`LN2_HIGH`] is exact for every exponent n that occurs.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
const LOG2_E: f64 = core::f64::consts::LOG2_E;
/// 1.5·2^52: adding it rounds to an integer and leaves that integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// 1/k!, from k = 13 down to 3.
const TAYLOR: [f64; 11] = [
    1.0 / 6227020800.0,
    1.0 / 479001600.0,
    1.0 / 39916800.0,
    1.0 / 3628800.0,
    1.0 / 362880.0,
    1.0 / 40320.0,
    1.0 / 5040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
];

/// The polynomial with these coefficients, highest power first (Horner's scheme).
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[0];
    for c in &coefficients[1..] {
        sum = sum.mul_add(x, *c);
    }
    sum
}

/// x limited to low..=high; NaN passes, as `min` and `max` would not let it.
#[inline(always)]
fn limit(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// x = n·ln 2 + r with |r| ≤ ln 2 / 2: (n as an integer, eʳ − 1).
#[inline(always)]
fn reduce(x: f64) -> (i64, f64) {
    let rounded = x.mul_add(LOG2_E, ROUND);
    let n = rounded - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, x));
    let tail = polynomial(r, TAYLOR).mul_add(r, 0.5);
    // The difference of the bits is n, since both lie in the binade where one unit is one bit.
    let n = rounded.to_bits().wrapping_sub(ROUND.to_bits()) as i64;
    (n, (r * r).mul_add(tail, r))
}

/// 2ⁿ for n in −1022..=1023.
#[inline(always)]
fn power_of_two(n: i64) -> f64 {
    f64::from_bits((n.wrapping_add(1023) << 52) as u64)
}

#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    let (n, less_one) = reduce(limit(x, -746.0, 710.0));
    // Two factors: 2ⁿ itself may be subnormal or too large where the result is not.
    let half = n >> 1;
    (less_one + 1.0) * power_of_two(half) * power_of_two(n.wrapping_sub(half))
}

#[inline(always)]
pub(super) fn expm1(x: f64) -> f64 {
    let (n, less_one) = reduce(limit(x, -72.0, 710.0));
    let half = n >> 1;
    let (first, second) = (power_of_two(half), power_of_two(n.wrapping_sub(half)));
    // (2ⁿ eʳ − 1) = 2^(n−h) (2ʰ (eʳ − 1) + (2ʰ − 2^−(n−h))); the second factor cannot overflow early.
    let sum = less_one.mul_add(first, first - 1.0 / second) * second;
    // n = 0 keeps the sign of zero and the digits of a tiny x.
    if n == 0 { if x == 0.0 { x } else { less_one } } else { sum }
}

#[inline(always)]
pub(super) fn ln(x: f64) -> f64 {
    let subnormal = x < f64::MIN_POSITIVE;
    let scaled = if subnormal { x * 18_014_398_509_481_984.0 } else { x };
    // m in √½..√2: subtracting the bits of √½ makes the exponent's bits count from there.
    let bits = scaled.to_bits();
    let root = core::f64::consts::FRAC_1_SQRT_2.to_bits();
    let e = (bits.wrapping_sub(root) as i64) >> 52;
    let m = f64::from_bits(bits.wrapping_sub((e << 52) as u64));
    let e = e.wrapping_sub(if subnormal { 54 } else { 0 }) as f64;
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let half = 0.5 * f * f;
    // ln(1 + f) = f − (f²/2 − s·(f²/2 + R)), with R = Σ 2/(2k+1)·s²ᵏ
    let r = s2
        * polynomial(
            s2,
            [
                2.0 / 23.0,
                2.0 / 21.0,
                2.0 / 19.0,
                2.0 / 17.0,
                2.0 / 15.0,
                2.0 / 13.0,
                2.0 / 11.0,
                2.0 / 9.0,
                2.0 / 7.0,
                2.0 / 5.0,
                2.0 / 3.0,
            ],
        );
    let small = s.mul_add(half + r, e * LN2_LOW);
    let y = e.mul_add(LN2_HIGH, f - (half - small));
    let y = if x == f64::INFINITY { x } else { y };
    let y = if x == 0.0 { f64::NEG_INFINITY } else { y };
    if x < 0.0 || x.is_nan() { f64::NAN } else { y }
}

#[inline(always)]
pub(super) fn ln_1p(x: f64) -> f64 {
    // Kahan: u = 1 + x is rounded, and ln u · x/(u − 1) undoes that rounding.
    let u = 1.0 + x;
    let corrected = ln(u) * (x / (u - 1.0));
    let y = if u == f64::INFINITY { ln(u) } else { corrected };
    let y = if u == 0.0 { f64::NEG_INFINITY } else { y };
    if u == 1.0 { x } else { y }
}

#[inline(always)]
pub(super) fn tanh(x: f64) -> f64 {
    // From 19.1 on, the nearest float to tanh is 1.
    let size = limit(x.abs(), 0.0, 19.1);
    let (n, less_one) = reduce(size + size);
    let scale = power_of_two(n);
    let t = less_one.mul_add(scale, scale - 1.0);
    let y = t / (t + 2.0);
    // A tiny x is its own tanh (and keeps the sign of zero).
    let y = if size < f64::EPSILON { size } else { y };
    y.copysign(x)
}

#[inline(always)]
pub(super) fn sigmoid(x: f64) -> f64 {
    let small = exp(-x.abs());
    let above = if x < 0.0 { small } else { 1.0 };
    above / (1.0 + small)
}

#[inline(always)]
pub(super) fn softplus(x: f64) -> f64 {
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + ln_1p(exp(-x.abs()))
}

/// Coefficients of `erf` and `erfc` from Cephes' `ndtr.c`, highest power first.
const ERF_P: [f64; 5] = [
    9.60497373987051638749E0,
    9.00260197203842689217E1,
    2.23200534594684319226E3,
    7.00332514112805075473E3,
    5.55923013010394962768E4,
];
const ERF_Q: [f64; 6] = [
    1.0,
    3.35617141647503099647E1,
    5.21357949780152679795E2,
    4.59432382970980127987E3,
    2.26290000613890934246E4,
    4.92673942608635921086E4,
];
const ERFC_P: [f64; 9] = [
    2.46196981473530512524E-10,
    5.64189564831068821977E-1,
    7.46321056442269912687E0,
    4.86371970985681366614E1,
    1.96520832956077098242E2,
    5.26445194995477358631E2,
    9.34528527171957607540E2,
    1.02755188689515710272E3,
    5.57535335369399327526E2,
];
const ERFC_Q: [f64; 9] = [
    1.0,
    1.32281951154744992508E1,
    8.67072140885989742329E1,
    3.54937778887819891062E2,
    9.75708501743205489753E2,
    1.82390916687909736289E3,
    2.24633760818710981792E3,
    1.65666309194161350182E3,
    5.57535340817727675546E2,
];

#[inline(always)]
pub(super) fn erf(x: f64) -> f64 {
    // From 6 on, the nearest float to erf is 1.
    let size = limit(x.abs(), 0.0, 6.0);
    let square = size * size;
    let inner = size * polynomial(square, ERF_P) / polynomial(square, ERF_Q);
    let tail = exp(-square) * polynomial(size, ERFC_P) / polynomial(size, ERFC_Q);
    let y = if size < 1.0 { inner } else { 1.0 - tail };
    y.copysign(x)
}

#[inline(always)]
pub(super) fn reciprocal(x: f64) -> f64 {
    1.0 / x
}
