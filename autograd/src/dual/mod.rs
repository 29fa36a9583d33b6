//! Dual numbers: a value and how fast it changes, calculated with as one number.
//!
//! a + b·ε with ε² = 0 is a function's value and its derivative: (a + b·ε)·(c + d·ε) is
//! ac + (ad + bc)·ε, the product and its product rule. So whatever is generic over
//! [`Float`] computes, when given dual numbers, its own derivative too, exactly, and
//! with nothing to write: every operation of this crate, every activation, a whole tape.
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
//! What a tape makes of dual numbers is in [`higher`](crate::higher).

mod arithmetic;
mod functions;
mod lift;
#[cfg(test)]
mod tests;

use tensor::Float;

pub(crate) use lift::moving;
pub use lift::{along, constant, derivatives, values};

/// value + derivative·ε, with ε² = 0.
///
/// It implements [`num_traits::Float`], so that it can be an element of a tensor, and a part of a
/// dual number, which then carries second derivatives.
///
/// Dual numbers compare (`==`, `<`, `max`, …) by their values alone, so that code with branches
/// takes the branch that it would take without derivatives. At a kink (`abs` and `max` where both
/// sides meet) the derivative is that of one side. What a function's derivative is where it does
/// not exist (`sqrt` at 0) is an infinity or NaN, but a constant's derivative stays 0 everywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dual<T> {
    /// The number.
    pub value: T,
    /// How fast it changes, per change of what it depends on.
    pub derivative: T,
}

impl<T: Float> Dual<T> {
    /// `value` + `derivative`·ε.
    #[inline(always)]
    pub fn new(value: T, derivative: T) -> Self {
        Dual { value, derivative }
    }

    /// A number that does not change: `value` + 0·ε.
    #[inline(always)]
    pub fn constant(value: T) -> Self {
        Dual { value, derivative: T::zero() }
    }

    /// The number by which to differentiate: `value` + 1·ε.
    #[inline(always)]
    pub fn variable(value: T) -> Self {
        Dual { value, derivative: T::one() }
    }

    /// The chain rule: f(self), where `value` is f of the value and `slope` f' there.
    #[inline(always)]
    fn chain(self, value: T, slope: T) -> Self {
        // 0·∞ is NaN, but what does not change has no infinite slope either.
        let still = self.derivative.is_zero();
        Dual { value, derivative: if still { T::zero() } else { slope * self.derivative } }
    }
}

/// df/dx at `x`.
///
/// ```
/// let slope = autograd::dual::derivative(|x| x * tensor::math::sigmoid(x), 0.0);
/// assert_eq!(slope, 0.5);
/// ```
#[inline(always)]
pub fn derivative<T: Float>(f: impl FnOnce(Dual<T>) -> Dual<T>, x: T) -> T {
    f(Dual::variable(x)).derivative
}
