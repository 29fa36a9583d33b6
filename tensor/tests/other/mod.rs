//! A custom float: `f64` in a wrapper, with the minimum that `num_traits::Float` requires.

use num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use std::fmt;
use std::num::FpCategory;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct Other(f64);

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident),*) => {$(
        impl $Trait for Other {
            type Output = Other;
            fn $method(self, other: Other) -> Other {
                Other(self.0.$method(other.0))
            }
        }
    )*};
}
operators!(Add add, Sub sub, Mul mul, Div div, Rem rem);

impl Neg for Other {
    type Output = Other;
    fn neg(self) -> Other {
        Other(-self.0)
    }
}

impl Zero for Other {
    fn zero() -> Self {
        Other(0.0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Other {
    fn one() -> Self {
        Other(1.0)
    }
}

impl Num for Other {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Other)
    }
}

impl ToPrimitive for Other {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    fn to_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl NumCast for Other {
    fn from<N: ToPrimitive>(n: N) -> Option<Self> {
        n.to_f64().map(Other)
    }
}

macro_rules! forward {
    (
        constants: $($constant:ident)*; unary: $($unary:ident)*;
        binary: $($binary:ident)*; tests: $($test:ident)*
    ) => {
        impl Float for Other {
            $(fn $constant() -> Self { Other(Float::$constant()) })*
            $(fn $unary(self) -> Self { Other(Float::$unary(self.0)) })*
            $(fn $binary(self, other: Self) -> Self { Other(Float::$binary(self.0, other.0)) })*
            $(fn $test(self) -> bool { Float::$test(self.0) })*
            fn classify(self) -> FpCategory { self.0.classify() }
            fn mul_add(self, a: Self, b: Self) -> Self { Other(self.0.mul_add(a.0, b.0)) }
            fn powi(self, n: i32) -> Self { Other(self.0.powi(n)) }
            fn sin_cos(self) -> (Self, Self) { let (s, c) = self.0.sin_cos(); (Other(s), Other(c)) }
            fn integer_decode(self) -> (u64, i16, i8) { self.0.integer_decode() }
        }
    };
}
forward! {
    constants: nan infinity neg_infinity neg_zero min_value min_positive_value max_value;
    unary: floor ceil round trunc fract abs signum recip sqrt exp exp2 ln log2 log10 cbrt sin cos
        tan asin acos atan exp_m1 ln_1p sinh cosh tanh asinh acosh atanh;
    binary: powf log max min hypot atan2 abs_sub;
    tests: is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative
}
