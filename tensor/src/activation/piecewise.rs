//! Piecewise linear activations.
//!
//! At a kink the derivative is that of the piece on the left, as in PyTorch.

use super::Activation;
use super::compiled::compiled_slices;
use crate::float::Float;

/// The identity: a linear layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity;

impl Activation for Identity {
    const NAME: &'static str = "linear";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        x
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, _y: T) -> T {
        T::one()
    }

    fn forward<T: Float>(&self, _values: &mut [T]) {}

    fn backward<T: Float>(&self, _dy: &mut [T], _x: &[T], _y: &[T]) {}
}

/// max(0, x): the usual choice in hidden layers.
///
/// `dy/dx` is 1 above zero and 0 elsewhere. NaN stays NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relu;

impl Activation for Relu {
    const NAME: &'static str = "relu";
    const IS_OWN: bool = false;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        if x < T::zero() { T::zero() } else { x }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > T::zero() { T::one() } else { T::zero() }
    }

    compiled_slices!();
}

/// x above zero, `slope`·x below: a unit whose gradient never vanishes.
///
/// Where the slope is part of the type, as in [`LeakyReluWith`](super::LeakyReluWith), the gain is
/// √(2/(1 + slope²)) (He et al. 2015).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRelu {
    /// The slope below zero, 0.01 by default; positive.
    pub slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self { slope: 0.01 }
    }
}

impl Activation for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const IS_OWN: bool = false;
    const GAIN: Option<f64> = Some(core::f64::consts::SQRT_2);

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        if x < T::zero() { T::of(self.slope) * x } else { x }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > T::zero() { T::one() } else { T::of(self.slope) }
    }

    compiled_slices!();
}

/// max(0, min(1, x/6 + 1/2)): a piecewise linear sigmoid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardSigmoid;

impl Activation for HardSigmoid {
    const NAME: &'static str = "hard_sigmoid";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let y = x / T::of(6.0) + T::of(0.5);
        let y = if y < T::zero() { T::zero() } else { y };
        if y > T::one() { T::one() } else { y }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > T::zero() && y < T::one() { T::of(1.0 / 6.0) } else { T::zero() }
    }

    compiled_slices!();
}

/// max(−1, min(1, x)): a piecewise linear tanh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardTanh;

impl Activation for HardTanh {
    const NAME: &'static str = "hard_tanh";
    const IS_OWN: bool = false;

    #[inline(always)]
    fn value<T: Float>(&self, x: T) -> T {
        let y = if x < -T::one() { -T::one() } else { x };
        if y > T::one() { T::one() } else { y }
    }

    #[inline(always)]
    fn derivative<T: Float>(&self, _x: T, y: T) -> T {
        if y > -T::one() && y < T::one() { T::one() } else { T::zero() }
    }

    compiled_slices!();
}

/// The rows of this file; see [`for_each_activation!`](crate::for_each_activation!).
#[doc(hidden)]
#[macro_export]
macro_rules! __piecewise_activations {
    ($next:ident $($list:tt)*) => {
        $crate::$next! { $($list)*
            linear | identity: Identity;
            relu: Relu;
            leaky_relu: LeakyRelu, LeakyReluWith(slope = 0.2);
            hard_sigmoid: HardSigmoid;
            hard_tanh: HardTanh;
        }
    };
}
