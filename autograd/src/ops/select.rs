//! Elementwise selection between two tensors by a mask.
//!
//! y  = a where the mask is not 0, b where it is
//! da = dy where the mask is not 0, 0 elsewhere
//! db = dy where the mask is 0, 0 elsewhere
//!
//! shapes: mask, a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a where the mask is not 0, b where it is; dy goes to the selected one.
///
/// An element that was not selected has no effect, even if it is NaN: its gradient is 0. (If it was
/// computed from other variables, its own operation multiplies that 0 by its slope; 0·∞ is NaN. So
/// its slope must be finite.)
#[derive(Clone, Debug)]
pub struct Select<T: Float> {
    /// The mask: 0 or any other number. It is not an input, since it has no gradient.
    pub mask: Tensor<T>,
}

impl<T: Float> Op<T, 2> for Select<T> {
    fn name(&self) -> &'static str {
        "select"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        // Adding −0 changes no number, not even −0.
        let nothing = T::neg_zero();
        let a = self.mask.zip(a, |mask, a| if mask.is_zero() { nothing } else { a })?;
        let b = self.mask.zip(b, |mask, b| if mask.is_zero() { b } else { nothing })?;
        Ok(a.zip(&b, |a, b| a + b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let (zero, mask) = (T::zero(), &self.mask);
        let to_a = |dy: T, mask: T| if mask.is_zero() { zero } else { dy };
        let to_b = |dy: T, mask: T| if mask.is_zero() { dy } else { zero };
        Ok([
            call.wanted(0, || Ok(dy.zip(mask, to_a)?))?,
            call.wanted(1, || Ok(dy.zip(mask, to_b)?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// a where self, the mask, is not 0, and b where it is
    ///
    /// ```
    /// # use autograd::Tape;
    /// # use tensor::Tensor;
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([-4.0, 9.0]));
    /// let zero = tape.constant(Tensor::scalar(0.0));
    /// let y = x.detach().greater(zero)?.select(x, zero)?; // max(x, 0)
    /// assert_eq!(y.value().to_vec(), [0.0, 9.0]);
    /// assert_eq!(y.sum()?.backward()?.of(x)?.to_vec(), [0.0, 1.0]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast, or the mask requires a gradient: it has none.
    #[doc(alias = "where")]
    pub fn select(self, a: Self, b: Self) -> Result<Self> {
        if self.wants_gradient() {
            let rule = format!(
                "the mask, {:?}, requires a gradient, but a mask has none; pass \
                 `mask.detach()`",
                self.shape()
            );
            return Err(Error::invalid("select", rule));
        }
        let y = a.tape().apply(Select { mask: self.value() }, [a, b])?;
        y.tape().trace_mask(y.node(), self);
        Ok(y)
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn rows<T: Float>() -> Select<T> {
        Select { mask: Tensor::from([[1.0, 0.0, 1.0], [0.0, 0.0, -2.0]].map(|row| row.map(T::of))) }
    }
    fn row<T: Float>() -> Select<T> {
        Select { mask: Tensor::from([1.0, 0.0, 1.0].map(T::of)) }
    }
    vec![
        grad_case!(rows(), [normal([2, 3]), normal([2, 3])]),
        grad_case!(row(), [normal([2, 1]), normal([])]).named("everything is broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("select", |given| given.x(0).select(given.x(1), given.x(2)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_not_taken_counts_for_nothing() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, f64::NAN, -0.0, f64::INFINITY]));
        let b = tape.parameter(Tensor::scalar(7.0));
        let mask = a.detach().less_or_equal(b.detach()).unwrap();
        assert_eq!(mask.value(), Tensor::from([1.0, 0.0, 1.0, 0.0]));
        let y = mask.select(a, b).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 7.0, 0.0, 7.0]));
        assert!(y.value().get(&[2]).is_some_and(f64::is_sign_negative));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([1.0, 0.0, 1.0, 0.0]));
        assert_eq!(gradients.of(b).unwrap().item(), Ok(2.0));
    }

    #[test]
    fn a_mask_that_wants_a_gradient_is_refused() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 0.0]));
        assert_eq!(
            x.select(x, x).unwrap_err().to_string(),
            "select: the mask, [2], requires a gradient, but a mask has none; pass \
            `mask.detach()`"
        );
    }
}
