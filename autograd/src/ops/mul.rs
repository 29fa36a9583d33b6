//! Elementwise product with broadcasting.
//!
//! y  = a ∘ b
//! da = dy ∘ b
//! db = dy ∘ a
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a ∘ b, the shapes broadcast together; da = dy ∘ b, db = dy ∘ a.
#[derive(Clone, Copy, Debug)]
pub struct Mul;

impl<T: Float> Op<T, 2> for Mul {
    fn name(&self) -> &'static str {
        "mul"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a * b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        Ok([
            call.wanted(0, || Ok(dy.zip(b, |dy, b| dy * b)?))?,
            call.wanted(1, || Ok(dy.zip(a, |dy, a| dy * a)?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// a ∘ b
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    #[allow(clippy::should_implement_trait)]
    #[doc(alias = "multiply")]
    pub fn mul(self, other: Self) -> Result<Self> {
        self.tape().apply(Mul, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Mul, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Mul, [normal([2, 3]), normal([3])]).named("a row"),
        grad_case!(Mul, [normal([4, 1]), normal([2, 1, 3])]).named("both are broadcast"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("mul", |given| given.x(0).mul(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_value_times_itself_has_twice_its_value_as_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([3.0, -4.0]));
        let y = x * x;
        assert_eq!(y.value(), Tensor::from([9.0, 16.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([6.0, -8.0]));
    }
}
