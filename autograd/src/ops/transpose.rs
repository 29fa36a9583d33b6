//! Transposition of the last two axes.
//!
//! y  = xᵀ
//! dx = dyᵀ
//!
//! shapes: x `[…, m, n]`, y `[…, n, m]`

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = xᵀ, the last two axes exchanged; dx = dyᵀ. No elements are copied.
#[derive(Clone, Copy, Debug)]
pub struct Transpose;

impl<T: Float> Op<T, 1> for Transpose {
    fn name(&self) -> &'static str {
        "transpose"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.transpose()?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.transpose()?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Exchanges the last two axes.
    ///
    /// # Errors
    ///
    /// If there are fewer than two.
    pub fn transpose(self) -> Result<Self> {
        self.tape().apply(Transpose, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Transpose, [normal([2, 3])]),
        grad_case!(Transpose, [normal([2, 3, 4])]).named("batches"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("transpose", |given| given.x(0).transpose())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn rows_become_columns_and_back() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0]]));
        let y = x.transpose().unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0], [2.0]]));
        let gradients = y.backward_with(Tensor::from([[3.0], [4.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[3.0, 4.0]]));
    }
}
