//! Activation functions and their derivatives.
//!
//! An activation is two functions of one number: the value and the derivative. The built-in ones
//! are compiled here, once, for `f32` and `f64`. A custom one is compiled in your crate by the same
//! provided methods; it can be used wherever a built-in one can, at the same speed:
//!
//! ```
//! use tensor::{Float, activation::Activation, math};
//!
//! /// x·σ(1.702 x), the quick approximation of GELU.
//! #[derive(Clone, Copy, Debug, Default)]
//! struct QuickGelu;
//!
//! impl Activation for QuickGelu {
//!     const NAME: &'static str = "quick_gelu";
//!     const KEEPS_INPUT: bool = true;
//!     fn value<T: Float>(&self, x: T) -> T {
//!         x * math::sigmoid(T::of(1.702) * x)
//!     }
//!     fn derivative<T: Float>(&self, x: T, _y: T) -> T {
//!         let s = math::sigmoid(T::of(1.702) * x);
//!         s + T::of(1.702) * x * s * (T::one() - s)
//!     }
//! }
//!
//! let mut values = [-1.0_f32, 0.0, 1.0];
//! QuickGelu.forward(&mut values);
//! assert_eq!(values[1], 0.0);
//! ```
//!
//! | file | contents |
//! |---|---|
//! | `parametric.rs` | activations whose parameter is part of the type |
//! | `list.rs` | the list of the built-in activations, [`for_each_activation!`](crate::for_each_activation!), and their tests |
//! | `gated.rs`, `smooth.rs`, `piecewise.rs` | the built-in activations, each with its row of the list |
//! | `compiled.rs` | compiles them in this crate, once |
//! | `mod.rs` | the trait [`Activation`] |

mod compiled;
mod ends;
mod gated;
mod list;
mod parametric;
mod piecewise;
mod smooth;

use core::fmt::Debug;

use crate::float::Float;
use crate::simd::{Inline, vectorize_inline};

pub use gated::*;
pub use list::WORDS;
pub use parametric::*;
pub use piecewise::*;
pub use smooth::*;

/// The constants in the formulas of the activations, by name, for generating code in another
/// language.
#[doc(hidden)]
pub const NUMBERS: &[(&str, f64)] = &[
    ("GELU_TANH_CUBE", gated::CUBE),
    ("GELU_TANH_SLOPE", gated::TWO_ROOT_2_OVER_PI),
    ("SELU_BELOW", smooth::SELU_SCALE * smooth::SELU_ALPHA),
    ("SELU_SCALE", smooth::SELU_SCALE),
];

/// An activation function: a function of one number that is applied to every unit of a layer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no activation",
    note = "implement `nn::activation::Activation` for it: a name, a value and a derivative"
)]
pub trait Activation: Copy + Default + Debug + Send + Sync + 'static {
    /// The name in summaries, errors and saved files, as in `dense(784 -> 128, relu)`.
    const NAME: &'static str;

    /// Whether it is a custom activation, regardless of its name. Used by code generators, which
    /// know only the formulas of the built-in ones.
    #[doc(hidden)]
    const IS_OWN: bool = true;

    /// Whether [`derivative`](Activation::derivative) reads `x`. If not, a layer does not store its
    /// weighted sums, and passes `y` as `x`.
    const KEEPS_INPUT: bool = false;

    /// The gain for initializing the weights before this activation: their standard deviation is
    /// `gain / √inputs`. √2 where half of the units are zero (He et al. 2015); 1 for a
    /// self-normalizing function. `None` means Glorot and Bengio's (2010) `√(2 / (inputs +
    /// outputs))`, which suits functions that are close to the identity around zero.
    const GAIN: Option<f64> = None;

    /// y = f(x).
    fn value<T: Float>(&self, x: T) -> T;

    /// dy/dx at x, where y = f(x).
    fn derivative<T: Float>(&self, x: T, y: T) -> T;

    /// Replaces every value x by f(x).
    fn forward<T: Float>(&self, values: &mut [T]) {
        map(*self, values);
    }

    /// Multiplies every element of `dy` by the derivative: `dy` becomes dx.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    fn backward<T: Float>(&self, dy: &mut [T], x: &[T], y: &[T]) {
        scale_by_derivative(*self, dy, x, y);
    }
}

/// The loop of [`Activation::forward`], for every implementation.
#[inline(always)]
fn map<A: Activation, T: Float>(f: A, values: &mut [T]) {
    vectorize_inline(Map { f, values });
}

/// [`Inline`], since the compiler would not inline the body of a loop over the error function: it
/// is too large, and a call of it would use the instructions of the build target.
struct Map<'a, A, T> {
    f: A,
    values: &'a mut [T],
}

impl<A: Activation, T: Float> Inline for Map<'_, A, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for value in self.values {
            *value = self.f.value(*value);
        }
    }
}

/// The loop of [`Activation::backward`].
#[inline(always)]
fn scale_by_derivative<A: Activation, T: Float>(f: A, dy: &mut [T], x: &[T], y: &[T]) {
    assert!(
        x.len() == dy.len() && y.len() == dy.len(),
        "{}: backward needs as many x and y as dy, got {} and {} for {}",
        A::NAME,
        x.len(),
        y.len(),
        dy.len()
    );
    vectorize_inline(Scale { f, dy, x, y });
}

/// See [`Map`].
struct Scale<'a, A, T> {
    f: A,
    dy: &'a mut [T],
    x: &'a [T],
    y: &'a [T],
}

impl<A: Activation, T: Float> Inline for Scale<'_, A, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for ((dy, &x), &y) in self.dy.iter_mut().zip(self.x).zip(self.y) {
            *dy = *dy * self.f.derivative(x, y);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math;

    #[test]
    fn the_ends_are_finite_and_right() {
        fn at<A: Activation>(f: A, x: f64) -> (f64, f64) {
            let y = f.value(x);
            (y, f.derivative(if A::KEEPS_INPUT { x } else { y }, y))
        }
        for x in [100.0, 1e30, 1e300] {
            for above in [at(Gelu, x), at(GeluTanh, x), at(HardSwish, x), at(Celu::default(), x)] {
                assert_eq!(above, (x, 1.0));
            }
            for below in [at(Gelu, -x), at(GeluTanh, -x), at(HardSwish, -x)] {
                assert_eq!(below, (0.0, 0.0));
            }
            assert_eq!(at(Celu { alpha: 0.5 }, -x), (-0.5, math::exp(-2.0 * x)));
            assert_eq!(at(LogSigmoid, -x), (-x, 1.0));
            assert_eq!(at(LogSigmoid, x), (-math::exp(-x), math::exp(-x)));
        }
        assert_eq!((at(HardSwish, -3.0).1, at(HardSwish, 3.0).1), (0.0, 1.0));
        let infinity = f64::INFINITY;
        assert_eq!((at(Gelu, -infinity), at(Gelu, infinity)), ((0.0, 0.0), (infinity, 1.0)));
        // tanh would cancel this to zero: −10·σ(−87.3…).
        let (y, _) = at(GeluTanh, -10.0);
        assert!(y < -1e-37 && y > -1e-36, "{y:e}");
    }

    #[test]
    #[should_panic(expected = "relu: backward needs as many x and y as dy, got 2 and 3 for 3")]
    fn lengths_must_agree() {
        Relu.backward(&mut [1.0; 3], &[1.0; 2], &[1.0; 3]);
    }
}
