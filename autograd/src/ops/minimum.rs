//! The smaller of two numbers.
//!
//! y  = min(a, b)
//! da = dy where a < b, dy/2 where a = b, 0 elsewhere
//! db = dy − da
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use super::maximum::to_the_greater;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = min(a, b), the shapes broadcast together; dy goes to the smaller, and half of it to each
/// where they are equal, as in PyTorch. NaN if either is NaN.
#[derive(Clone, Copy, Debug)]
pub struct Minimum;

impl<T: Float> Op<T, 2> for Minimum {
    fn name(&self) -> &'static str {
        "minimum"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| if a < b || a.is_nan() { a } else { b })?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        // The gradient of a is that of b in the maximum, and vice versa.
        Ok([
            call.wanted(0, || to_the_greater(b, a, dy))?,
            call.wanted(1, || to_the_greater(a, b, dy))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// min(a, b) of each pair; see [`min`](Var::min) for the least element
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn minimum(self, other: Self) -> Result<Self> {
        self.tape().apply(Minimum, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Minimum, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Minimum, [normal([2, 1]), normal([4, 1, 3])]).named("both are broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("minimum", |given| given.x(0).minimum(given.x(1)))]
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
        let y = a.minimum(b).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, -5.0, 2.0]));
        let gradients = y.backward_with(Tensor::from([4.0, 5.0, 6.0])).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([2.0, 0.0, 6.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([2.0, 5.0, 0.0]));
    }
}
