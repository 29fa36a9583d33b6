//! Gated activations: x times a smooth step around zero.

use super::Activation;
use super::compiled::compiled_slices;
use super::ends::{finite, finite_below};
use super::piecewise::HardSigmoid;
use crate::float::Float;
use crate::math;

/// x·Φ(x), Φ the normal distribution (Hendrycks and Gimpel 2016): in `f32` at most 1.6 units in the
/// last place off, or 10⁻⁴⁴ below −12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gelu;

impl Activation for Gelu {
    const NAME: &'static str = "gelu";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        // Below −64 the gate is closed in any float; −∞ times zero would be NaN.
        let least = T::of(-64.0);
        (if x < least { least } else { x }) * math::normal_cdf(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        // Beyond ±64 the slope is that of the ends, as the gate is closed or open in any float.
        let most = T::of(64.0);
        let x = if x > most { most } else { x };
        let x = if x < -most { -most } else { x };
        let density = math::exp(x * x * T::of(-0.5)) * T::of(FRAC_1_SQRT_2PI);
        math::normal_cdf(x) + x * density
    }

    compiled_slices!();
}

/// 1/√(2π).
const FRAC_1_SQRT_2PI: f64 = 0.398_942_280_401_432_7;

/// x·(1 + tanh u)/2 with u = √(2/π)·(x + 0.044715 x³): the approximation of [`Gelu`] that some
/// models were trained with, at most 5·10⁻⁴ off.
///
/// Computed as x·σ(2u), which is the same and does not cancel where x is far below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GeluTanh;

/// 2·√(2/π).
pub(super) const TWO_ROOT_2_OVER_PI: f64 = 1.595_769_121_605_730_7;
pub(super) const CUBE: f64 = 0.044_715;

impl Activation for GeluTanh {
    const NAME: &'static str = "gelu_tanh";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let gate = math::sigmoid(T::of(TWO_ROOT_2_OVER_PI) * (x + T::of(CUBE) * (x * x * x)));
        finite_below(x) * gate
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        // Beyond ±40 the gate is closed or open in any float, and the slope is that of the ends;
        // further out x² would overflow.
        let most = T::of(40.0);
        let x = if x > most { most } else { x };
        let x = if x < -most { -most } else { x };
        let square = x * x;
        let s = math::sigmoid(T::of(TWO_ROOT_2_OVER_PI) * (x + T::of(CUBE) * (square * x)));
        let slope = T::of(TWO_ROOT_2_OVER_PI) * (T::one() + T::of(3.0 * CUBE) * square);
        s + x * slope * (s * (T::one() - s))
    }

    compiled_slices!();
}

/// x·σ(x), also called swish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silu;

impl Activation for Silu {
    const NAME: &'static str = "silu";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        finite_below(x) * math::sigmoid(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        let s = math::sigmoid(x);
        s + finite(x) * s * (T::one() - s)
    }

    compiled_slices!();
}

/// x·tanh(ln(1 + eˣ)) (Misra 2019).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mish;

impl Activation for Mish {
    const NAME: &'static str = "mish";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        finite_below(x) * math::tanh(math::softplus(x))
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        let t = math::tanh(math::softplus(x));
        t + finite(x) * (T::one() - t * t) * math::sigmoid(x)
    }

    compiled_slices!();
}

/// x·max(0, min(1, x/6 + 1/2)): a silu whose gate is [`HardSigmoid`] (Howard et
/// al. 2019).
///
/// At the borders ±3 the slopes are those of the ends, 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardSwish;

impl Activation for HardSwish {
    const NAME: &'static str = "hard_swish";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        finite_below(x) * HardSigmoid.value(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        let three = T::of(3.0);
        let slope = x / three + T::of(0.5);
        let slope = if x >= three { T::one() } else { slope };
        if x <= -three { T::zero() } else { slope }
    }

    compiled_slices!();
}

/// The rows of this file; see [`for_each_activation!`](crate::for_each_activation!).
#[doc(hidden)]
#[macro_export]
macro_rules! __gated_activations {
    ($next:ident $($list:tt)*) => {
        $crate::$next! { $($list)*
            gelu: Gelu;
            gelu_tanh: GeluTanh;
            silu: Silu;
            mish: Mish;
            hard_swish: HardSwish;
        }
    };
}
