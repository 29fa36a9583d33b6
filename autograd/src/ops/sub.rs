//! Elementwise difference with broadcasting.
//!
//! y  = a − b
//! da = dy
//! db = −dy
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a − b, the shapes broadcast together; da = dy, db = −dy.
#[derive(Clone, Copy, Debug)]
pub struct Sub;

impl<T: Float> Op<T, 2> for Sub {
    fn name(&self) -> &'static str {
        "sub"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a - b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        Ok([call.wanted(0, || Ok(dy.clone()))?, call.wanted(1, || Ok(dy.map(|dy| -dy)))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// a − b
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    #[allow(clippy::should_implement_trait)]
    #[doc(alias = "subtract")]
    pub fn sub(self, other: Self) -> Result<Self> {
        self.tape().apply(Sub, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Sub, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Sub, [normal([3]), normal([2, 3])]).named("from a row"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sub", |given| given.x(0).sub(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_value_minus_itself_has_gradient_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0]));
        let y = x - x;
        assert_eq!(y.value(), Tensor::from([0.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.0, 0.0]));
    }
}
