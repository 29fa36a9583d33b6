//! The greater of two numbers.
//!
//! y  = max(a, b)
//! da = dy where a > b, dy/2 where a = b, 0 elsewhere
//! db = dy − da
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = max(a, b), the shapes broadcast together; dy goes to the greater, and half of it to each
/// where they are equal, as in PyTorch. NaN if either is NaN.
#[derive(Clone, Copy, Debug)]
pub struct Maximum;

impl<T: Float> Op<T, 2> for Maximum {
    fn name(&self) -> &'static str {
        "maximum"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| if a > b || a.is_nan() { a } else { b })?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        Ok([
            call.wanted(0, || to_the_greater(a, b, dy))?,
            call.wanted(1, || to_the_greater(b, a, dy))?,
        ])
    }
}

/// dy where x > other or either is NaN, half of it where they are equal, 0 where x < other.
pub(super) fn to_the_greater<T: Float>(
    x: &Tensor<T>,
    other: &Tensor<T>,
    dy: &Tensor<T>,
) -> Result<Tensor<T>> {
    let share = x.zip(other, |x, other| {
        if x < other {
            T::zero()
        } else if x == other {
            T::of(0.5)
        } else {
            T::one()
        }
    })?;
    Ok(share.zip(dy, |share, dy| share * dy)?)
}

impl<T: Float> Var<'_, T> {
    /// max(a, b) of each pair; see [`max`](Var::max) for the greatest element
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn maximum(self, other: Self) -> Result<Self> {
        self.tape().apply(Maximum, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Maximum, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Maximum, [normal([2, 1]), normal([4, 1, 3])]).named("both are broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("maximum", |given| given.x(0).maximum(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn equals_share_the_gradient() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, 5.0, 2.0]));
        let b = tape.parameter(Tensor::from([1.0, -5.0, 3.0]));
        let y = a.maximum(b).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 5.0, 3.0]));
        let gradients = y.backward_with(Tensor::from([4.0, 5.0, 6.0])).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([2.0, 5.0, 0.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([2.0, 0.0, 6.0]));
    }

    #[test]
    fn nan_is_not_swallowed() {
        let tape = Tape::new();
        let a = tape.constant(Tensor::from([f64::NAN, 1.0]));
        let b = tape.constant(Tensor::from([1.0, f64::NAN]));
        assert!(a.maximum(b).unwrap().value().to_vec().iter().all(|y| y.is_nan()));
    }
}
