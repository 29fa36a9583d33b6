//! Smooth activations.

use super::Activation;
use super::compiled::compiled_slices;
use super::ends::finite;
use crate::float::Float;
use crate::math;

/// The logistic function σ(x) = 1/(1 + e⁻ˣ), between 0 and 1; dy/dx = y(1 − y), at most ¼.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sigmoid;

impl Activation for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        math::sigmoid(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        y * (T::one() - y)
    }

    compiled_slices!();
}

/// The hyperbolic tangent, between −1 and 1; dy/dx = 1 − y².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tanh;

impl Activation for Tanh {
    const NAME: &'static str = "tanh";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        math::tanh(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        T::one() - y * y
    }

    compiled_slices!();
}

/// x above zero, `alpha`·(eˣ − 1) below (Clevert et al. 2016).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elu {
    /// Minus the limit at −∞, 1 by default; positive.
    pub alpha: f64,
}

impl Default for Elu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Activation for Elu {
    const NAME: &'static str = "elu";
    const IS_OWN: bool = false;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        if x < T::zero() { T::of(self.alpha) * math::expm1(x) } else { x }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > T::zero() { T::one() } else { y + T::of(self.alpha) }
    }

    compiled_slices!();
}

/// x above zero, `alpha`·(e^(x/alpha) − 1) below (Barron 2017): an elu without a kink for any
/// alpha.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Celu {
    /// Minus the limit at −∞, 1 by default; positive.
    pub alpha: f64,
}

impl Default for Celu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Activation for Celu {
    const NAME: &'static str = "celu";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let alpha = T::of(self.alpha);
        if x < T::zero() { alpha * math::expm1(x / alpha) } else { x }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        if x < T::zero() { math::exp(x / T::of(self.alpha)) } else { T::one() }
    }

    compiled_slices!();
}

/// λ and α of [`Selu`], which make mean 0 and variance 1 a fixed point (Klambauer et al. 2017).
pub(super) const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
pub(super) const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// λx above zero, λα(eˣ − 1) below: preserves mean 0 and variance 1 from layer to layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selu;

impl Activation for Selu {
    const NAME: &'static str = "selu";
    const IS_OWN: bool = false;
    const GAIN: Option<f64> = Some(1.0);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let below = T::of(SELU_SCALE * SELU_ALPHA) * math::expm1(x);
        if x < T::zero() { below } else { T::of(SELU_SCALE) * x }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > T::zero() { T::of(SELU_SCALE) } else { y + T::of(SELU_SCALE * SELU_ALPHA) }
    }

    compiled_slices!();
}

/// ln(1 + eˣ): a smooth relu; dy/dx = σ(x).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softplus;

impl Activation for Softplus {
    const NAME: &'static str = "softplus";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        math::softplus(x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        math::sigmoid(x)
    }

    compiled_slices!();
}

/// x/(1 + |x|), between −1 and 1; dy/dx = (1 − |y|)².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softsign;

impl Activation for Softsign {
    const NAME: &'static str = "softsign";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let x = finite(x);
        x / (T::one() + x.abs())
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        let rest = T::one() - y.abs();
        rest * rest
    }

    compiled_slices!();
}

/// ln σ(x) = −ln(1 + e⁻ˣ), the logarithm of a probability, which does not underflow;
/// dy/dx = σ(−x).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSigmoid;

impl Activation for LogSigmoid {
    const NAME: &'static str = "log_sigmoid";
    const IS_OWN: bool = false;
    const KEEPS_INPUT: bool = true;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        -math::softplus(-x)
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        // Not 1 − eʸ, which cancels where x is large.
        math::sigmoid(-x)
    }

    compiled_slices!();
}

/// The rows of this file; see [`for_each_activation!`](crate::for_each_activation!).
#[doc(hidden)]
#[macro_export]
macro_rules! __smooth_activations {
    ($next:ident $($list:tt)*) => {
        $crate::$next! { $($list)*
            sigmoid: Sigmoid;
            tanh: Tanh;
            elu: Elu, EluWith(alpha = 1.5);
            celu: Celu, CeluWith(alpha = 0.5);
            selu: Selu;
            softplus: Softplus;
            softsign: Softsign;
            log_sigmoid: LogSigmoid;
        }
    };
}
