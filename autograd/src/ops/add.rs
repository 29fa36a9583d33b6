//! Elementwise sum with broadcasting.
//!
//! y  = a + b
//! da = dy
//! db = dy
//!
//! shapes: a and b broadcast together; y has the broadcast shape

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = a + b, the shapes broadcast together; da = db = dy.
#[derive(Clone, Copy, Debug)]
pub struct Add;

impl<T: Float> Op<T, 2> for Add {
    fn name(&self) -> &'static str {
        "add"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(a.zip(b, |a, b| a + b)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        Ok([call.wanted(0, || Ok(dy.clone()))?, call.wanted(1, || Ok(dy.clone()))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// a + b
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    // The trait is implemented, too, for the operator, which panics.
    #[allow(clippy::should_implement_trait)]
    pub fn add(self, other: Self) -> Result<Self> {
        self.tape().apply(Add, [self, other])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Add, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Add, [normal([2, 3]), normal([3])]).named("a row"),
        grad_case!(Add, [normal([2, 1]), normal([1, 3])]).named("a column and a row"),
        grad_case!(Add, [normal([]), normal([4, 2, 3])]).named("a scalar"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("add", |given| given.x(0).add(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_row_gets_the_sum_over_the_rows_it_was_added_to() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let b = tape.parameter(Tensor::from([10.0, 20.0]));
        let y = a + b;
        assert_eq!(y.value(), Tensor::from([[11.0, 22.0], [13.0, 24.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [3.0, 5.0]])).unwrap();
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([4.0, 7.0]));
    }
}
