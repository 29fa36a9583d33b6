//! The elementary functions of `f64`; `super` documents their guarantees.
#![allow(clippy::excessive_precision)] // constants keep the digits of their sources

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `mul_add`, which `core` lacks

/// ln 2 in two parts; n·[`LN2_HIGH`] is exact for every exponent n that occurs.
const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// The limits beyond which eˣ overflows or underflows, and below which eˣ − 1 is −1.
const ZERO_BELOW: f64 = -746.0;
const INFINITE_ABOVE: f64 = 710.0;
const MINUS_ONE_BELOW: f64 = -72.0;
/// From here on, the nearest float to the hyperbolic tangent is 1.
const TANH_IS_ONE: f64 = 19.1;

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
/// 2/(2k + 1), from k = 11 down to 1.
const ARTANH: [f64; 11] = [
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
];

super::formulas::formulas!(f64, i64, u64, ERF_P, ERF_Q, ERFC_P, ERFC_Q);

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

/// Φ(−|x|) = erfc(|x|/√2)/2, then by symmetry: 1 + erf would cancel where x is far below zero.
#[inline(always)]
pub(super) fn normal_cdf(x: f64) -> f64 {
    let size = limit(x.abs(), 0.0, 40.0);
    let z = size * SQRT_HALF;
    let inner = 0.5 * (z * polynomial(z * z, ERF_P) / polynomial(z * z, ERF_Q));
    let square = size * size;
    // e^−x²/2, with what x² loses when it is rounded.
    let gauss = exp(-0.5 * square);
    let gauss = gauss.mul_add(-0.5 * size.mul_add(size, -square), gauss);
    let tail = 0.5 * gauss * polynomial(z, ERFC_P) / polynomial(z, ERFC_Q);
    let below = if z < 1.0 { 0.5 - inner } else { tail };
    if x < 0.0 { below } else { 1.0 - below }
}

#[inline(always)]
pub(super) fn reciprocal(x: f64) -> f64 {
    1.0 / x
}
