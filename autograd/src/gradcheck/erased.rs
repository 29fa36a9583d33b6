//! A type-erased operation, so that the checks are compiled once for each number of inputs instead
//! of once for each operation.

use tensor::Tensor;

use crate::error::Result;
use crate::op::{Call, Op};

pub(super) struct Erased<const N: usize>(Box<dyn Op<f64, N>>);

impl<const N: usize> Erased<N> {
    pub(super) fn new(op: impl Op<f64, N>) -> Self {
        Erased(Box::new(op))
    }
}

impl<const N: usize> Op<f64, N> for Erased<N> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn forward(&mut self, inputs: [&Tensor<f64>; N]) -> Result<Tensor<f64>> {
        self.0.forward(inputs)
    }

    fn backward(
        &self,
        call: &Call<'_, f64, N>,
        dy: &Tensor<f64>,
    ) -> Result<[Option<Tensor<f64>>; N]> {
        self.0.backward(call, dy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;
    use crate::ops::Mul;

    #[test]
    fn an_erased_operation_has_its_name_and_its_gradients() {
        assert_eq!(Erased::new(Mul).name(), "mul");
        gradcheck(|| Erased::new(Mul), [[2, 3], [2, 3]]).unwrap();
    }
}
