//! Sine and cosine of every element, vectorized.
//!
//! x = n·π/2 + r, by fused multiply-adds with π/2 in three parts (Cody and Waite): the first is
//! exact, so that r is accurate also close to a multiple of π/2. Then the polynomials of fdlibm's
//! `k_sin.c` and `k_cos.c`. That holds up to 2³⁰ in magnitude. Beyond it, and for floats other than
//! `f32` and `f64`, the float's own functions are called, which are slower.
#![allow(clippy::excessive_precision)] // constants keep the digits of their sources

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

use crate::float::{Float, same};
use crate::tensor::Tensor;

impl<T: Float> Tensor<T> {
    /// The sine of every element in radians, to within 1.5 units in the last place.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let quarter = std::f64::consts::FRAC_PI_2;
    /// assert_eq!(Tensor::from([0.0, quarter]).sin(), Tensor::from([0.0, 1.0]));
    /// ```
    #[must_use]
    pub fn sin(&self) -> Tensor<T> {
        self.turned(turn::<T, 0>, |x| x.sin())
    }

    /// The cosine of every element in radians, to within 1.5 units in the last place.
    #[must_use]
    pub fn cos(&self) -> Tensor<T> {
        self.turned(turn::<T, 1>, |x| x.cos())
    }

    /// Applies `quick` to every element, or `own` where that gives NaN.
    fn turned(&self, quick: impl Fn(T) -> T, own: impl Fn(T) -> T) -> Tensor<T> {
        let y = self.map(quick);
        // A sum of numbers of magnitude 1 is NaN only if one of them is.
        if !y.sum().is_nan() {
            return y;
        }
        match self.zip(&y, |x, y| if y.is_nan() { own(x) } else { y }) {
            Ok(y) => y,
            Err(error) => unreachable!("{error}"),
        }
    }
}

/// The largest magnitude that is reduced here.
const LARGEST: f64 = 1_073_741_824.0;

/// π/2 in three parts.
const QUARTER_HIGH: f64 = FRAC_PI_2;
const QUARTER_MIDDLE: f64 = 6.123_233_995_736_766e-17;
const QUARTER_LOW: f64 = -1.497_384_904_859_169_8e-33;
/// 1.5·2^52: adding it rounds to an integer and leaves that integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// sin(x + `QUARTERS`·π/2); NaN where x is too large or the type is neither `f32` nor `f64`. An
/// `f32` is computed as an `f64`: half as many lanes, but no second set of constants that needs an
/// error bound.
#[inline(always)]
fn turn<T: Float, const QUARTERS: u64>(x: T) -> T {
    if let Some(x) = same::<T, f32>(x) {
        return same(sine(f64::from(x), QUARTERS) as f32).unwrap_or(T::nan());
    }
    if let Some(x) = same::<T, f64>(x) {
        return same(sine(x, QUARTERS)).unwrap_or(T::nan());
    }
    T::nan()
}

#[inline(always)]
fn sine(x: f64, quarters: u64) -> f64 {
    let rounded = x.mul_add(FRAC_2_PI, ROUND);
    let n = rounded - ROUND;
    let r = n.mul_add(-QUARTER_MIDDLE, n.mul_add(-QUARTER_HIGH, x));
    let r = n.mul_add(-QUARTER_LOW, r);
    let z = r * r;

    let s = z.mul_add(1.58969099521155010221e-10, -2.50507602534068634195e-08);
    let s = z.mul_add(s, 2.75573137070700676789e-06);
    let s = z.mul_add(s, -1.98412698298579493134e-04);
    let s = z.mul_add(s, 8.33333333332248946124e-03);
    let s = z.mul_add(s, -1.66666666666666324348e-01);
    let sin = (z * r).mul_add(s, r);
    // The last part of π/2 has cost −0 its sign.
    let sin = if x == 0.0 { x } else { sin };

    let c = z.mul_add(-1.13596475577881948265e-11, 2.08757232129817482790e-09);
    let c = z.mul_add(c, -2.75573143513906633035e-07);
    let c = z.mul_add(c, 2.48015872894767294178e-05);
    let c = z.mul_add(c, -1.38888888888741095749e-03);
    let c = z.mul_add(c, 4.16666666666666019037e-02);
    let half = 0.5 * z;
    let near = 1.0 - half;
    let cos = near + (z * z).mul_add(c, (1.0 - near) - half);

    // The low bits of `rounded` are those of n: odd quarters exchange the two, and the two after
    // the first two have the other sign.
    let n = rounded.to_bits().wrapping_add(quarters);
    let size = if n & 1 == 0 { sin } else { cos };
    let y = f64::from_bits(size.to_bits() ^ ((n & 2) << 62));
    if x.abs() <= LARGEST { y } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance from the C library's result, itself within 1, in units of the last
    /// place.
    fn worst(low: f64, high: f64) -> f64 {
        let steps = 200_003;
        let step = (high - low) / f64::from(steps);
        let x = Tensor::from_fn([steps as usize], |i| low + step * i[0] as f64);
        let mut worst: f64 = 0.0;
        for (y, exact) in [(x.sin(), x.map(f64::sin)), (x.cos(), x.map(f64::cos))] {
            for (y, exact) in y.to_vec().into_iter().zip(exact.to_vec()) {
                let spacing = f64::from_bits(exact.abs().to_bits() + 1) - exact.abs();
                worst = worst.max(((y - exact) / spacing).abs());
            }
        }
        worst
    }

    #[test]
    fn both_stay_within_their_bound() {
        for (low, high) in [
            (-1e-3, 1e-3),
            (-0.8, 0.8),
            (-10.0, 10.0),
            (-1e4, 1e4),
            (1e6, 1e6 + 1e3),
            (-LARGEST, LARGEST),
            (-1e19, 1e19),
        ] {
            let worst = worst(low, high);
            println!("{low:e}..{high:e}: {worst:.2} ulp");
            assert!(worst <= 1.5, "{low:e}..{high:e}: {worst:.2} ulp");
        }
    }

    #[test]
    fn multiples_of_a_quarter_turn_keep_their_digits() {
        let x = Tensor::from_fn([2000], |i| (i[0] * i[0]) as f64 * std::f64::consts::FRAC_PI_2);
        for (y, exact) in [(x.sin(), x.map(f64::sin)), (x.cos(), x.map(f64::cos))] {
            for (y, exact) in y.to_vec().into_iter().zip(exact.to_vec()) {
                assert!((y - exact).abs() <= 4e-16 * exact.abs(), "{y:e}, not {exact:e}");
            }
        }
    }

    #[test]
    fn single_precision_is_that_of_double_rounded() {
        let x = Tensor::from_fn([100_003], |i| (i[0] as f32 - 5e4) * 0.37);
        for (y, exact) in [
            (x.sin(), x.map(|x| f64::from(x).sin() as f32)),
            (x.cos(), x.map(|x| f64::from(x).cos() as f32)),
        ] {
            // Where the f64 lies almost between two f32, its last place decides.
            let other = y.to_vec().iter().zip(exact.to_vec()).filter(|(y, e)| **y != *e).count();
            assert!(other <= 2, "{other} differ");
        }
    }

    #[test]
    fn special_values_and_large_ones() {
        let x = Tensor::from([-0.0, 0.0, f64::INFINITY, f64::NAN, 1e22, -1e300, 5e-324]);
        let (sin, cos) = (x.sin().to_vec(), x.cos().to_vec());
        assert!(sin[0] == 0.0 && sin[0].is_sign_negative() && sin[1].is_sign_positive());
        assert_eq!((cos[0], cos[1], cos[6], sin[6]), (1.0, 1.0, 1.0, 5e-324));
        assert!([sin[2], sin[3], cos[2], cos[3]].iter().all(|y| y.is_nan()));
        assert_eq!((sin[4], cos[4]), (1e22_f64.sin(), 1e22_f64.cos()));
        assert_eq!((sin[5], cos[5]), ((-1e300_f64).sin(), (-1e300_f64).cos()));
    }
}
