//! The elementary functions of dual numbers: each with its derivative, by the chain rule.

use std::num::FpCategory;

use num_traits::{Float as Elementary, Zero};
use tensor::{Float, math};

use super::Dual;

/// Piecewise constant functions: their derivative is 0.
macro_rules! steps {
    ($($name:ident)*) => {
        $( fn $name(self) -> Self { Dual::constant(self.value.$name()) } )*
    };
}

/// Constants of the number type.
macro_rules! constants {
    ($($name:ident)*) => {
        $( fn $name() -> Self { Dual::constant(T::$name()) } )*
    };
}

/// Predicates of the value.
macro_rules! questions {
    ($($name:ident)*) => {
        $( fn $name(self) -> bool { self.value.$name() } )*
    };
}

// Functions of `tensor::math` are used where they exist, so that a dual number's value has the same
// bits as the plain number.
impl<T: Float> Elementary for Dual<T> {
    constants!(nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon);
    questions!(is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative);
    steps!(floor ceil round trunc signum);

    fn classify(self) -> FpCategory {
        self.value.classify()
    }

    fn integer_decode(self) -> (u64, i16, i8) {
        self.value.integer_decode()
    }

    fn fract(self) -> Self {
        Dual::new(self.value.fract(), self.derivative)
    }

    #[inline(always)]
    fn abs(self) -> Self {
        if self.value.is_sign_negative() { -self } else { self }
    }

    fn copysign(self, sign: Self) -> Self {
        let same = self.value.is_sign_negative() == sign.value.is_sign_negative();
        if same { self } else { -self }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, term: Self) -> Self {
        let change = self.derivative * factor.value + self.value * factor.derivative;
        Dual::new(self.value.mul_add(factor.value, term.value), change + term.derivative)
    }

    fn recip(self) -> Self {
        let value = self.value.recip();
        self.chain(value, -(value * value))
    }

    fn powi(self, n: i32) -> Self {
        // The slope is 0 for n = 0; the formula 0·x⁻¹ would be NaN at x = 0.
        let slope = if n == 0 { T::zero() } else { T::of(n.into()) * self.value.powi(n - 1) };
        self.chain(self.value.powi(n), slope)
    }

    fn powf(self, n: Self) -> Self {
        let value = self.value.powf(n.value);
        let slope = if n.value.is_zero() {
            T::zero()
        } else {
            n.value * self.value.powf(n.value - T::one())
        };
        let by_base = self.chain(value, slope);
        // Where xⁿ is 0, so is xⁿ·ln x. For negative x, ln x is NaN; `chain` ignores it if the
        // exponent is a constant.
        let by_exponent = if value == T::zero() { value } else { value * math::ln(self.value) };
        Dual::new(value, by_base.derivative + n.chain(value, by_exponent).derivative)
    }

    fn sqrt(self) -> Self {
        let value = self.value.sqrt();
        self.chain(value, (value + value).recip())
    }

    fn cbrt(self) -> Self {
        let value = self.value.cbrt();
        self.chain(value, (T::of(3.0) * value * value).recip())
    }

    #[inline(always)]
    fn exp(self) -> Self {
        let value = math::exp(self.value);
        self.chain(value, value)
    }

    fn exp2(self) -> Self {
        let value = self.value.exp2();
        self.chain(value, value * T::of(std::f64::consts::LN_2))
    }

    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.chain(math::expm1(self.value), math::exp(self.value))
    }

    #[inline(always)]
    fn ln(self) -> Self {
        self.chain(math::ln(self.value), self.value.recip())
    }

    #[inline(always)]
    fn ln_1p(self) -> Self {
        self.chain(math::ln_1p(self.value), (T::one() + self.value).recip())
    }

    fn log(self, base: Self) -> Self {
        self.ln() / base.ln()
    }

    fn log2(self) -> Self {
        let slope = (self.value * T::of(std::f64::consts::LN_2)).recip();
        self.chain(self.value.log2(), slope)
    }

    fn log10(self) -> Self {
        let slope = (self.value * T::of(std::f64::consts::LN_10)).recip();
        self.chain(self.value.log10(), slope)
    }

    fn to_degrees(self) -> Self {
        Dual::new(self.value.to_degrees(), self.derivative.to_degrees())
    }

    fn to_radians(self) -> Self {
        Dual::new(self.value.to_radians(), self.derivative.to_radians())
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if other.value > self.value || self.value.is_nan() { other } else { self }
    }

    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if other.value < self.value || self.value.is_nan() { other } else { self }
    }

    fn abs_sub(self, other: Self) -> Self {
        if self <= other { Self::zero() } else { self - other }
    }

    fn hypot(self, other: Self) -> Self {
        let value = self.value.hypot(other.value);
        let change = self.chain(value, self.value / value).derivative;
        Dual::new(value, change + other.chain(value, other.value / value).derivative)
    }

    fn sin(self) -> Self {
        self.sin_cos().0
    }

    fn cos(self) -> Self {
        self.sin_cos().1
    }

    fn sin_cos(self) -> (Self, Self) {
        let (sin, cos) = self.value.sin_cos();
        (self.chain(sin, cos), self.chain(cos, -sin))
    }

    fn tan(self) -> Self {
        let value = self.value.tan();
        self.chain(value, T::one() + value * value)
    }

    fn asin(self) -> Self {
        self.chain(self.value.asin(), self.one_less_square().sqrt().recip())
    }

    fn acos(self) -> Self {
        self.chain(self.value.acos(), -self.one_less_square().sqrt().recip())
    }

    fn atan(self) -> Self {
        let slope = (T::one() + self.value * self.value).recip();
        self.chain(self.value.atan(), slope)
    }

    fn atan2(self, x: Self) -> Self {
        // Divided twice by the length: its square may overflow or vanish.
        let length = self.value.hypot(x.value);
        let value = self.value.atan2(x.value);
        let change = self.chain(value, x.value / length / length).derivative;
        Dual::new(value, change + x.chain(value, -self.value / length / length).derivative)
    }

    fn sinh(self) -> Self {
        self.chain(self.value.sinh(), self.value.cosh())
    }

    fn cosh(self) -> Self {
        self.chain(self.value.cosh(), self.value.sinh())
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        let value = math::tanh(self.value);
        self.chain(value, T::one() - value * value)
    }

    fn asinh(self) -> Self {
        self.chain(self.value.asinh(), self.value.hypot(T::one()).recip())
    }

    fn acosh(self) -> Self {
        let root = (self.value - T::one()).sqrt() * (self.value + T::one()).sqrt();
        self.chain(self.value.acosh(), root.recip())
    }

    fn atanh(self) -> Self {
        self.chain(self.value.atanh(), self.one_less_square().recip())
    }
}

impl<T: Float> Dual<T> {
    /// 1 − x² of the value, computed without cancellation near ±1.
    fn one_less_square(self) -> T {
        (T::one() - self.value) * (T::one() + self.value)
    }
}
