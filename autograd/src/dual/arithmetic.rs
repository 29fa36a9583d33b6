//! The four operations on dual numbers, their order, and conversions.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use num_traits::{Num, NumCast, One, ToPrimitive, Zero};
use tensor::Float;

use super::Dual;

impl<T: Float> Add for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Dual::new(self.value + other.value, self.derivative + other.derivative)
    }
}

impl<T: Float> Sub for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Dual::new(self.value - other.value, self.derivative - other.derivative)
    }
}

impl<T: Float> Mul for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let derivative = self.derivative * other.value + self.value * other.derivative;
        Dual::new(self.value * other.value, derivative)
    }
}

impl<T: Float> Div for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // (a/b)' = (a' − (a/b)·b') / b
        let value = self.value / other.value;
        // A constant's derivative stays 0, also where the quotient is infinite.
        let still = self.derivative.is_zero() && other.derivative.is_zero();
        let change = if other.derivative.is_zero() {
            self.derivative
        } else {
            self.derivative - value * other.derivative
        };
        Dual::new(value, if still { T::zero() } else { change / other.value })
    }
}

impl<T: Float> Rem for Dual<T> {
    type Output = Self;

    fn rem(self, other: Self) -> Self {
        // a − b·trunc(a/b)
        let times = (self.value / other.value).trunc();
        Dual::new(self.value % other.value, self.derivative - times * other.derivative)
    }
}

impl<T: Float> Neg for Dual<T> {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Dual::new(-self.value, -self.derivative)
    }
}

impl<T: Float> PartialEq for Dual<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Float> PartialOrd for Dual<T> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Float> Zero for Dual<T> {
    #[inline(always)]
    fn zero() -> Self {
        Dual::constant(T::zero())
    }

    /// Whether it is the constant 0. A number with the value 0 and a derivative is not: skipping it
    /// would lose the derivative.
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.value.is_zero() && self.derivative.is_zero()
    }
}

impl<T: Float> One for Dual<T> {
    #[inline(always)]
    fn one() -> Self {
        Dual::constant(T::one())
    }
}

impl<T: Float> Num for Dual<T> {
    type FromStrRadixErr = T::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        T::from_str_radix(text, radix).map(Dual::constant)
    }
}

impl<T: Float> ToPrimitive for Dual<T> {
    fn to_i64(&self) -> Option<i64> {
        self.value.to_i64()
    }

    fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }

    fn to_f64(&self) -> Option<f64> {
        self.value.to_f64()
    }
}

impl<T: Float> NumCast for Dual<T> {
    #[inline(always)]
    fn from<N: ToPrimitive>(number: N) -> Option<Self> {
        <T as NumCast>::from(number).map(Dual::constant)
    }
}

impl<T: Float> fmt::Display for Dual<T> {
    /// Formats as `8 + 12ε`; the format's precision applies to both numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value, f)?;
        f.write_str(" + ")?;
        fmt::Display::fmt(&self.derivative, f)?;
        f.write_str("ε")
    }
}
