//! Elementary functions that vectorize and give the same bits on every machine with FMA.
//!
//! Those of the C library are accurate, but scalar, slow in a loop and different from one
//! system to the next. These are branch-free polynomials in `mul_add`. So a loop over them
//! inside [`crate::simd::vectorize`] becomes vector code, and the result of each element depends on
//! the element alone. For floats other than `f32` and `f64` they are the type's own functions.
//!
//! Every function but [`reciprocal`] is correct at NaN (which stays NaN), at ±∞, at ±0 and at
//! subnormals. The largest errors, in units in the last place (ulp), over the whole range, as the
//! tests of this module measure and bound them:
//!
//! | function | `f32` | `f64` |
//! |---|---|---|
//! | [`exp`] | 1.1 | 1 |
//! | [`expm1`] | 2 | 2 |
//! | [`ln`] | 1 | 1 |
//! | [`ln_1p`] | 2.5 | 2 |
//! | [`tanh`] | 2.5 | 4 |
//! | [`sigmoid`] | 2.5 | 3 |
//! | [`softplus`] | 3 | 3 |
//! | [`erf`] | 1 | 3 |
//! | [`normal_cdf`], in `f64` from −11 on (then 3·10⁻¹⁰ of the value) | 1 | 4 |
//! | [`reciprocal`] of a normal number below 2¹²⁵ | 0.8 | 0.5 |

mod double;
mod formulas;
mod single;

use crate::float::{Float, same};

/// The constants in the formulas of `f32`, by name, for generating code in another language.
#[doc(hidden)]
pub const SINGLE_NUMBERS: &[(&str, &[f32])] = single::NUMBERS;

/// The same of `f64`.
#[doc(hidden)]
pub const DOUBLE_NUMBERS: &[(&str, &[f64])] = double::NUMBERS;

/// Defines a generic function that dispatches to the `f32` or `f64` version for these types.
macro_rules! by_type {
    ($(#[$doc:meta])* $name:ident, $other:expr) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<T: Float>(x: T) -> T {
            if let Some(x) = same::<T, f32>(x) {
                return same(single::$name(x)).unwrap_or(T::zero());
            }
            if let Some(x) = same::<T, f64>(x) {
                return same(double::$name(x)).unwrap_or(T::zero());
            }
            let other: fn(T) -> T = $other;
            other(x)
        }
    };
}

by_type!(
    /// eˣ: ∞ above the largest float's logarithm, 0 below the smallest subnormal's.
    ///
    /// x = n·ln 2 + r, then 2ⁿ times the Taylor polynomial of eʳ (degree 7 in `f32`, 13 in `f64`).
    ///
    /// ```
    /// assert_eq!(tensor::math::exp(0.0_f32), 1.0);
    /// assert_eq!(tensor::math::exp(f32::NEG_INFINITY), 0.0);
    /// ```
    exp,
    |x| x.exp()
);
by_type!(
    /// eˣ − 1, accurate near zero, where `exp(x) - 1` would cancel.
    expm1,
    |x| x.exp_m1()
);
by_type!(
    /// The natural logarithm: −∞ at 0, NaN below.
    ///
    /// x = 2ᵉ·m with m around 1, then the series of artanh in s = (m − 1)/(m + 1), summed as in
    /// fdlibm's `e_log.c`.
    ln,
    |x| x.ln()
);
by_type!(
    /// ln(1 + x), accurate near zero. NaN below −1.
    ln_1p,
    |x| x.ln_1p()
);
by_type!(
    /// The hyperbolic tangent: t/(t + 2) with t = e²ˣ − 1, on |x|.
    tanh,
    |x| x.tanh()
);
by_type!(
    /// The logistic function 1/(1 + e⁻ˣ), from e^−|x| so that neither side overflows or cancels.
    sigmoid,
    |x| {
        let small = (-x.abs()).exp();
        let above = if x < T::zero() { small } else { T::one() };
        above / (T::one() + small)
    }
);
by_type!(
    /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|): a smooth `relu`, which does not overflow.
    softplus,
    |x| {
        let rest = (-x.abs()).exp().ln_1p();
        (if x < T::zero() { T::zero() } else { x }) + rest
    }
);
by_type!(
    /// The error function 2/√π ∫₀ˣ e^−t² dt.
    ///
    /// Below 1 an odd rational function, above it 1 − e^−x²·P(x)/Q(x), both from Cephes (S. L.
    /// Moshier, `ndtr.c`). For other floats, the series and continued fraction of Abramowitz &
    /// Stegun 7.1.6 and 7.1.14, so that a dual number carries its derivative through.
    erf,
    erf_of_other_float
);
by_type!(
    /// The cumulative distribution function of the standard normal distribution,
    /// Φ(x) = (1 + erf(x/√2))/2.
    ///
    /// Below zero from the complement of [`erf`], whose digits do not cancel.
    normal_cdf,
    normal_cdf_of_other_float
);
by_type!(
    /// 1/x for normal numbers below 2¹²⁵ in magnitude; NaN stays NaN, and the result for others is
    /// unspecified. For denominators that are known to be neither tiny nor huge, such as √v + ε.
    ///
    /// In `f32`, a first guess from the bits of x, off by 5 % at most, then a step of third and one
    /// of second order (Newton and Halley for 1/y − x). These six fused multiply-adds overlap with
    /// the surrounding instructions, while a division of 16 lanes occupies its unit for 10 cycles
    /// or more.
    reciprocal,
    |x| x.recip()
);

/// Abramowitz & Stegun 7.1.6 for |x| < 3, 7.1.14 beyond: only arithmetic of the type itself.
fn erf_of_other_float<T: Float>(x: T) -> T {
    let two_over_root_pi = T::of(core::f64::consts::FRAC_2_SQRT_PI);
    let gauss = (-(x * x)).exp();
    if x.abs() < T::of(3.0) {
        // erf x = 2/√π e^−x² Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))
        let (mut term, mut sum) = (x, x);
        for n in 1..80 {
            term = term * (x * x) * T::of(2.0 / (2 * n + 1) as f64);
            sum = sum + term;
        }
        return two_over_root_pi * gauss * sum;
    }
    if x.is_nan() { x } else { (T::one() - complement_of_other_float(x.abs())) * x.signum() }
}

/// 1 − erf x from 3 on: e^−x²/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))).
fn complement_of_other_float<T: Float>(x: T) -> T {
    let mut tail = x;
    for n in (1..60).rev() {
        tail = x + T::of(n as f64 / 2.0) / tail;
    }
    (-(x * x)).exp() * T::of(core::f64::consts::FRAC_2_SQRT_PI * 0.5) / tail
}

/// Φ(x), from the two functions above.
fn normal_cdf_of_other_float<T: Float>(x: T) -> T {
    let z = x * T::of(core::f64::consts::FRAC_1_SQRT_2);
    let half = T::of(0.5);
    if z < T::of(-3.0) {
        half * complement_of_other_float(-z)
    } else {
        half * (T::one() + erf_of_other_float(z))
    }
}

#[cfg(test)]
#[allow(clippy::excessive_precision)] // reference values keep their digits
#[allow(clippy::neg_cmp_op_on_partial_ord)] // a NaN must count as an error
mod tests {
    use super::*;

    /// Distance of `got` from `exact` in units of the last place of `exact` rounded to `f32`.
    fn ulps_single(got: f32, exact: f64) -> f64 {
        let rounded = exact as f32;
        if got == rounded || (got.is_nan() && rounded.is_nan()) {
            return 0.0;
        }
        // The spacing of floats around the exact value; no smaller than the smallest subnormal.
        let next = f32::from_bits(rounded.abs().to_bits() + 1);
        let spacing = (f64::from(next) - f64::from(rounded.abs())).abs();
        ((f64::from(got) - exact) / spacing).abs()
    }

    fn ulps_double(got: f64, exact: f64) -> f64 {
        if got == exact || (got.is_nan() && exact.is_nan()) {
            return 0.0;
        }
        let spacing = f64::from_bits(exact.abs().to_bits() + 1) - exact.abs();
        ((got - exact) / spacing).abs()
    }

    /// Every 997th of all `f32` bit patterns (4.3 million), NaNs, infinities and subnormals among
    /// them, against the same function in `f64`.
    fn worst_single(f: fn(f32) -> f32, exact: fn(f64) -> f64) -> (f64, f32) {
        let mut worst = (0.0, 0.0);
        for bits in (0..=u32::MAX).step_by(997) {
            let x = f32::from_bits(bits);
            let error = ulps_single(f(x), exact(f64::from(x)));
            if !(error <= worst.0) {
                worst = (error, x);
            }
        }
        worst
    }

    /// The C library's `f64` functions are within 1 ulp themselves; that is part of the bound.
    fn worst_double(f: fn(f64) -> f64, exact: fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
        let mut worst = (0.0, 0.0);
        let steps = 2_000_003;
        for i in 0..=steps {
            let x = low + (high - low) * f64::from(i) / f64::from(steps);
            let error = ulps_double(f(x), exact(x));
            if !(error <= worst.0) {
                worst = (error, x);
            }
        }
        worst
    }

    fn logistic(x: f64) -> f64 {
        let small = (-x.abs()).exp();
        if x < 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) }
    }

    fn soft(x: f64) -> f64 {
        x.max(0.0) + (-x.abs()).exp().ln_1p() + if x.is_nan() { x } else { 0.0 }
    }

    #[test]
    fn single_precision_stays_within_its_bounds_over_all_floats() {
        type Row = (&'static str, fn(f32) -> f32, fn(f64) -> f64, f64);
        let rows: [Row; 9] = [
            ("exp", exp, f64::exp, 1.1),
            ("expm1", expm1, f64::exp_m1, 2.0),
            ("ln", ln, f64::ln, 1.0),
            ("ln_1p", ln_1p, f64::ln_1p, 2.5),
            ("tanh", tanh, f64::tanh, 2.5),
            ("sigmoid", sigmoid, logistic, 2.5),
            ("softplus", softplus, soft, 3.0),
            ("erf", erf, erf_of_other_float, 1.0),
            ("normal_cdf", normal_cdf, normal_cdf_of_other_float, 1.0),
        ];
        let mut failures = String::new();
        for (name, f, exact, bound) in rows {
            let (error, at) = worst_single(f, exact);
            println!("{name}: {error:.2} ulp at {at:e}");
            if !(error <= bound) {
                failures += &format!("{name}({at:e}): {error:.2} ulp, stated {bound}\n");
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    #[test]
    fn double_precision_stays_within_its_bounds() {
        type Row = (&'static str, fn(f64) -> f64, fn(f64) -> f64, f64, f64, f64);
        let rows: [Row; 14] = [
            ("exp", exp, f64::exp, 1.0, -745.2, 709.8),
            ("exp", exp, f64::exp, 1.0, -1.0, 1.0),
            ("expm1", expm1, f64::exp_m1, 2.0, -40.0, 40.0),
            ("expm1", expm1, f64::exp_m1, 2.0, -0.5, 0.5),
            ("ln", ln, f64::ln, 1.0, 1e-3, 3.0),
            ("ln", ln, f64::ln, 1.0, 0.0, 1e300),
            ("ln_1p", ln_1p, f64::ln_1p, 2.0, -0.999, 2.0),
            ("ln_1p", ln_1p, f64::ln_1p, 2.0, -1e-9, 1e-9),
            ("tanh", tanh, f64::tanh, 4.0, -20.0, 20.0),
            ("tanh", tanh, f64::tanh, 4.0, -0.5, 0.5),
            ("sigmoid", sigmoid, logistic, 3.0, -745.0, 745.0),
            ("sigmoid", sigmoid, logistic, 3.0, -10.0, 10.0),
            ("softplus", softplus, soft, 3.0, -700.0, 700.0),
            ("softplus", softplus, soft, 3.0, -10.0, 10.0),
        ];
        let mut failures = String::new();
        for (name, f, exact, bound, low, high) in rows {
            let (error, at) = worst_double(f, exact, low, high);
            println!("{name} on {low}..{high}: {error:.2} ulp at {at:e}");
            if !(error <= bound) {
                failures += &format!("{name}({at:e}): {error:.2} ulp, stated {bound}\n");
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    /// Values of erf to 20 digits from Abramowitz & Stegun's definition, made with `python3 -c
    /// "from mpmath import *; mp.dps=25; print([erf(mpf(x)/8) for x in (1,4,7,9,16,30,47)])"`.
    #[test]
    fn erf_in_double_precision() {
        let table = [
            (0.125, 0.140_316_204_801_333_817),
            (0.5, 0.520_499_877_813_046_538),
            (0.875, 0.784_075_061_059_859_658),
            (1.125, 0.888_388_231_701_707_764),
            (2.0, 0.995_322_265_018_952_734),
            (3.75, 0.999_999_886_272_743_430),
            (5.875, 0.999_999_999_999_999_903),
        ];
        for (x, exact) in table {
            assert!(ulps_double(erf(x), exact) <= 3.0, "erf({x}) = {}", erf(x));
            assert_eq!(erf(-x), -erf(x));
            assert!((erf_of_other_float(x) - exact).abs() < 1e-14, "series at {x}");
        }
    }

    /// Values of Φ to 17 digits by the series and the continued fraction above in decimal numbers
    /// of 60 digits.
    #[test]
    fn the_normal_distribution_in_double_precision() {
        let table = [
            (-0.25, 0.4012936743170763),
            (-1.0, 0.15865525393145705),
            (-1.375, 0.08456572235133572),
            (-1.5, 0.06680720126885807),
            (-2.0, 0.02275013194817921),
            (-3.5, 0.00023262907903552504),
            (-5.25, 7.604960516488715e-08),
            (-8.0, 6.220960574271784e-16),
            (-10.75, 2.9630808780943587e-27),
            (0.5, 0.6914624612740131),
            (2.25, 0.9877755273449553),
        ];
        for (x, exact) in table {
            let error = ulps_double(normal_cdf(x), exact);
            println!("normal_cdf({x}): {error:.2} ulp");
            assert!(error <= 4.0, "normal_cdf({x}) = {}: {error:.2} ulp", normal_cdf(x));
        }
        for x in [-12.0_f64, -20.0, -37.0] {
            let exact = normal_cdf_of_other_float(x);
            let error = ((normal_cdf(x) - exact) / exact).abs();
            assert!(error < 3e-10, "normal_cdf({x}): {error:e} of the value");
        }
    }

    /// The activation, over the whole range: x·Φ(x), which must not cancel where x is far below
    /// zero.
    #[test]
    fn gelu_stays_within_its_bound() {
        use crate::activation::{Activation, Gelu};
        let mut worst = (0.0, 0.0);
        for bits in (0..=u32::MAX).step_by(997) {
            let x = f32::from_bits(bits);
            let exact = f64::from(x) * normal_cdf_of_other_float(f64::from(x));
            let got = Gelu.value(x);
            if x.is_finite() && x < -12.0 {
                // Φ is subnormal, or nearly, and x multiplies its rounding error.
                let error = (f64::from(got) - exact).abs();
                assert!(error <= 1.2e-44 + 1.2e-7 * exact.abs(), "gelu({x}): {error:e}");
                continue;
            }
            let exact = if x == f32::NEG_INFINITY { 0.0 } else { exact };
            let error = ulps_single(got, exact);
            if !(error <= worst.0) {
                worst = (error, x);
            }
        }
        println!("gelu: {:.2} ulp at {:e}", worst.0, worst.1);
        assert!(worst.0 <= 1.6, "{:.2} ulp at {:e}", worst.0, worst.1);
    }

    /// The error depends on the significand alone, so one binade shows all; the others are sampled.
    #[test]
    fn reciprocals_stay_within_their_bound() {
        let (one, two) = (1.0_f32.to_bits(), 2.0_f32.to_bits());
        let (least, limit) = (f32::MIN_POSITIVE.to_bits(), 2.0_f32.powi(125).to_bits());
        let mut worst = (0.0, 0.0);
        for bits in (one..two).chain((least..limit).step_by(997)).chain([limit - 1]) {
            let x = f32::from_bits(bits);
            let error = ulps_single(reciprocal(x), 1.0 / f64::from(x));
            if !(error <= worst.0) {
                worst = (error, x);
            }
            assert_eq!(reciprocal(-x), -reciprocal(x));
        }
        println!("reciprocal: {:.2} ulp at {:e}", worst.0, worst.1);
        assert!(worst.0 <= 0.8, "{:.2} ulp at {:e}", worst.0, worst.1);
        assert!(reciprocal(f32::NAN).is_nan());
        assert_eq!(reciprocal(3.0_f64), 1.0 / 3.0);
    }

    #[test]
    fn special_values() {
        fn check<T: Float>() {
            let (zero, one) = (T::zero(), T::one());
            let (inf, nan) = (T::infinity(), T::nan());
            let functions = [exp, expm1, ln, ln_1p, tanh, sigmoid, softplus, erf::<T>, normal_cdf];
            assert!(functions.iter().all(|f| f(nan).is_nan()));
            assert_eq!((exp(inf), exp(-inf), exp(zero)), (inf, zero, one));
            assert_eq!((expm1(inf), expm1(-inf)), (inf, -one));
            assert_eq!((ln(zero), ln(inf), ln(one)), (-inf, inf, zero));
            assert!(ln(-one).is_nan() && ln_1p(-one - one).is_nan());
            assert_eq!((ln_1p(-one), ln_1p(inf)), (-inf, inf));
            assert_eq!((tanh(inf), tanh(-inf)), (one, -one));
            assert_eq!((sigmoid(inf), sigmoid(-inf), sigmoid(zero)), (one, zero, T::of(0.5)));
            assert_eq!((softplus(inf), softplus(-inf)), (inf, zero));
            assert_eq!((erf(inf), erf(-inf)), (one, -one));
            assert_eq!((normal_cdf(inf), normal_cdf(-inf)), (one, zero));
            assert_eq!(normal_cdf(zero), T::of(0.5));
            for f in [expm1, ln_1p, tanh, erf::<T>] {
                assert!(f(-zero).is_sign_negative() && f(-zero) == zero);
                let tiny = T::min_positive_value() / T::of(8.0); // a subnormal
                assert!((f(tiny) / tiny - one).abs() < T::of(0.2), "{tiny} gives {}", f(tiny));
            }
        }
        check::<f32>();
        check::<f64>();
    }

    #[test]
    fn the_bits_do_not_depend_on_the_instruction_set() {
        use crate::simd::{Isa, vectorize_for};
        let xs: Vec<f32> = (0..10_007).map(|i| (i as f32 - 5000.0) * 0.019).collect();
        let functions =
            [exp, expm1, ln, ln_1p, tanh, sigmoid, softplus, erf::<f32>, reciprocal, normal_cdf];
        for (i, f) in functions.into_iter().enumerate() {
            let plain: Vec<u32> = xs.iter().map(|&x| f(x).to_bits()).collect();
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                let mut ys = xs.clone();
                // Each function by name, so that it is inlined into the vector loop.
                macro_rules! each { ($($n:literal $name:ident),*) => { match i {
                    $($n => vectorize_for(isa, || ys.iter_mut().for_each(|y| *y = $name(*y))),)*
                    _ => unreachable!(),
                }}}
                each!(
                    0 exp, 1 expm1, 2 ln, 3 ln_1p, 4 tanh, 5 sigmoid, 6 softplus, 7 erf,
                    8 reciprocal, 9 normal_cdf
                );
                assert!(ys.iter().map(|y| y.to_bits()).eq(plain.iter().copied()), "{i} {isa:?}");
            }
        }
    }
}
