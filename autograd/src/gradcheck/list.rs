//! Adapts an operation with lists of inputs and outputs to the form that is checked: an array of
//! inputs and one output.

use tensor::{Shape, Tensor};

use crate::error::Result;
use crate::list::{ListCall, ListOp};
use crate::op::{Call, Op};

/// Concatenates all outputs into one vector.
pub(super) struct Flat<O> {
    op: O,
    shapes: Vec<Shape>,
}

impl<O> Flat<O> {
    pub(super) fn new(op: O) -> Self {
        Flat { op, shapes: Vec::new() }
    }

    /// Splits a vector into tensors of the outputs' shapes.
    fn cut(&self, row: &Tensor<f64>) -> Result<Vec<Tensor<f64>>> {
        let mut start = 0;
        let parts = self.shapes.iter().map(|shape| {
            let end = start + shape.elements();
            let part = row.slice(0, start..end)?.reshape(shape);
            start = end;
            part
        });
        Ok(parts.collect::<tensor::Result<_>>()?)
    }
}

impl<O: ListOp<f64>, const N: usize> Op<f64, N> for Flat<O> {
    fn name(&self) -> &'static str {
        self.op.name()
    }

    fn forward(&mut self, inputs: [&Tensor<f64>; N]) -> Result<Tensor<f64>> {
        let outputs = self.op.forward(&inputs)?;
        self.shapes = outputs.iter().map(|output| output.shape().into()).collect();
        let row: Vec<f64> = outputs.iter().flat_map(Tensor::to_vec).collect();
        let length = row.len();
        Ok(Tensor::from_vec(row, [length])?)
    }

    fn backward(
        &self,
        call: &Call<'_, f64, N>,
        dy: &Tensor<f64>,
    ) -> Result<[Option<Tensor<f64>>; N]> {
        let (outputs, dy) = (self.cut(call.output)?, self.cut(dy)?);
        let outputs: Vec<_> = outputs.iter().collect();
        let call = ListCall { inputs: &call.inputs, outputs: &outputs, wanted: &call.wanted };
        let gradients = self.op.backward(&call, &dy)?;
        let mut gradients = gradients.into_iter();
        Ok(std::array::from_fn(|_| gradients.next().flatten()))
    }
}

#[cfg(test)]
mod tests {
    use tensor::Float;

    use super::*;
    use crate::gradcheck;

    /// y₀ = a ∘ b, y₁ = a: and a backward that may forget y₁.
    struct Both {
        forgets: bool,
    }

    impl<T: Float> ListOp<T> for Both {
        fn name(&self) -> &'static str {
            "both"
        }

        fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
            Ok(vec![inputs[0].zip(inputs[1], |a, b| a * b)?, inputs[0].clone()])
        }

        fn backward(
            &self,
            call: &ListCall<'_, T>,
            dy: &[Tensor<T>],
        ) -> Result<Vec<Option<Tensor<T>>>> {
            let da = || {
                let da = &dy[0] * call.inputs[1];
                Ok(if self.forgets { da } else { da + &dy[1] })
            };
            Ok(vec![call.wanted(0, da)?, call.wanted(1, || Ok(&dy[0] * call.inputs[0]))?])
        }
    }

    #[test]
    fn every_output_counts() {
        assert!(gradcheck::list(|| Both { forgets: false }, [[2, 3], [2, 3]]).is_ok());
        // `Flat` does not hide an error of the operation.
        assert!(gradcheck::list(|| Both { forgets: true }, [[2, 3], [2, 3]]).is_err());
    }

    #[test]
    fn outputs_that_nothing_came_of_count_as_zero() {
        let tape = crate::Tape::new();
        let [a, b] = [3.0, 5.0].map(|x| tape.parameter(Tensor::scalar(x)));
        for (used, expected) in [(0, 5.0), (1, 1.0)] {
            let outputs = tape.apply_list(Both { forgets: false }, &[a, b]).unwrap();
            let gradients = outputs[used].backward().unwrap();
            assert_eq!(gradients.of(a).unwrap().item(), Ok(expected));
        }
        let outputs = tape.apply_list(Both { forgets: false }, &[a, b]).unwrap();
        outputs[1].keep_gradient();
        let gradients = (outputs[0] * outputs[1]).backward().unwrap(); // a²b
        assert_eq!(gradients.of(a).unwrap().item(), Ok(30.0));
        assert_eq!(gradients.of(outputs[1]).unwrap().item(), Ok(15.0));
    }
}
