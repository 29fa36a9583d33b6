//! Dual numbers: a value and its derivative, computed together as one number.
//!
//! a + b·ε with ε² = 0 is a function's value and its derivative: (a + b·ε)·(c + d·ε) is
//! ac + (ad + bc)·ε, the product and its product rule. Code that is generic over [`Float`]
//! therefore computes its own exact derivative when it runs on dual numbers, without any change:
//! every operation of this crate, every activation, a whole tape.
//!
//! ```
//! use autograd::{Dual, dual::derivative};
//! use num_traits::Float;
//!
//! let y = Dual::variable(2.0_f64).powi(3); // x³ at 2: 8, growing at 3x² = 12
//! assert_eq!((y.value, y.derivative), (8.0, 12.0));
//! assert_eq!(derivative(|x| x * x * x, 2.0), 12.0); // the same in one call
//!
//! // Nested, they give second derivatives: 6x = 12.
//! assert_eq!(derivative(|x| derivative(|x| x * x * x, x), 2.0), 12.0);
//! ```
//!
//! [`higher`](crate::higher) runs the tape on dual numbers.

mod arithmetic;
mod functions;
mod lift;
#[cfg(test)]
mod tests;

use tensor::Float;

pub(crate) use lift::moving;
pub use lift::{along, constant, derivatives, values};

/// A dual number: value + derivative·ε, with ε² = 0.
///
/// It implements [`num_traits::Float`], so that it can be an element of a tensor. It can also be
/// nested in another dual number, which then carries second derivatives.
///
/// Dual numbers compare (`==`, `<`, `max`, …) by their values alone, so that code with branches
/// takes the same branch as without derivatives. At a kink (`abs` and `max` where both sides meet)
/// the derivative is that of one side. Where a function has no finite derivative (`sqrt` at 0), it
/// is an infinity or NaN, but a constant's derivative stays 0 everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dual<T> {
    /// The value.
    pub value: T,
    /// Its derivative with respect to the variable of differentiation.
    pub derivative: T,
}

impl<T: Float> Dual<T> {
    /// Creates `value` + `derivative`·ε.
    #[inline(always)]
    pub fn new(value: T, derivative: T) -> Self {
        Dual { value, derivative }
    }

    /// Creates a constant: `value` + 0·ε.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Dual { value, derivative: T::zero() }
    }

    /// Creates the variable to differentiate by: `value` + 1·ε.
    #[inline(always)]
    pub fn variable(value: T) -> Self {
        Dual { value, derivative: T::one() }
    }

    /// The chain rule: f(self), where `value` is f(self.value) and `slope` is f'(self.value).
    #[inline(always)]
    fn chain(self, value: T, slope: T) -> Self {
        // 0·∞ would be NaN, but the derivative of a constant is 0.
        let still = self.derivative.is_zero();
        Dual { value, derivative: if still { T::zero() } else { slope * self.derivative } }
    }
}

/// Returns df/dx at `x`.
///
/// ```
/// let slope = autograd::dual::derivative(|x| x * tensor::math::sigmoid(x), 0.0);
/// assert_eq!(slope, 0.5);
/// ```
#[inline(always)]
pub fn derivative<T: Float>(f: impl FnOnce(Dual<T>) -> Dual<T>, x: T) -> T {
    f(Dual::variable(x)).derivative
}
