//! Softmax: positive numbers that sum to 1 along an axis.
//!
//! y  = eˣ / Σ eˣ, computed as eˣ⁻ᵐ / Σ eˣ⁻ᵐ with m = max x, so that nothing overflows
//! dx = y ∘ (dy − Σ dy ∘ y)
//!
//! shapes: y as x; Σ and max along the axis

use tensor::{Float, Tensor, math};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = eˣ / Σ eˣ along an axis; dx = y ∘ (dy − Σ dy ∘ y).
///
/// For a loss, do not compute the logarithm of softmax: [`CrossEntropy`](super::CrossEntropy) and
/// [`LogSoftmax`](super::LogSoftmax) take the same x and stay precise where a probability is tiny.
#[derive(Clone, Copy, Debug)]
pub struct Softmax {
    /// The axis along which y sums to 1.
    pub axis: usize,
}

impl<T: Float> Op<T, 1> for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let max = x.max_axes_or(&[self.axis], true, T::neg_infinity())?;
        let powers = x.zip(&max, |x, max| math::exp(x - max))?;
        let sum = powers.sum_axes(&[self.axis], true)?;
        Ok(powers.zip(&sum, |power, sum| power / sum)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || {
            let dot = dy.zip(y, |dy, y| dy * y)?.sum_axes(&[self.axis], true)?;
            Ok(dy.zip(&dot, |dy, dot| dy - dot)?.zip(y, |rest, y| rest * y)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// eˣ / Σ eˣ along `axis`: positive numbers that sum to 1.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn softmax(self, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("softmax", axis)?;
        self.tape().apply(Softmax { axis }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Softmax { axis: 1 }, [normal([2, 3])]),
        grad_case!(Softmax { axis: 0 }, [normal([3, 2])]).named("axis 0"),
        grad_case!(Softmax { axis: 1 }, [normal([2, 3, 2])]).named("the middle axis"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("softmax", |given| given.x(0).softmax(given.whole("axis")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn equal_logits_give_equal_shares_however_large() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1000.0, 1000.0], [0.0, -1000.0]]));
        let y = x.softmax(1).unwrap();
        assert_eq!(y.value(), Tensor::from([[0.5, 0.5], [1.0, 0.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 0.0], [1.0, 0.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[0.25, -0.25], [0.0, 0.0]]));
    }
}
