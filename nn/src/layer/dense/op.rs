//! A dense layer as one operation of a tape.
//!
//! y = f(z), z = x·W + b
//!
//! dz = dy ∘ f'(z),  dx = dz·Wᵀ,  dW = xᵀ·dz,  db = Σ rows of dz
//!
//! shapes: x `[rows, in]`, W `[in, out]`, b `[out]`, y `[rows, out]`

use autograd::{Call, Op};
use tensor::activation::Activation;
use tensor::{Buffer, Float, Tensor};

use super::products::{forward, input_gradient, weight_gradient};
use crate::layer::Sums;
use crate::layer::moments::column_sums;

/// See the module. Uses the same functions as the static driver's layer.
pub(super) struct DenseOp<A, T: Float> {
    activation: A,
    /// z, if the derivative needs it.
    sums: Option<Buffer<T>>,
}

impl<A, T: Float> DenseOp<A, T> {
    pub(super) fn new(activation: A) -> Self {
        DenseOp { activation, sums: None }
    }
}

impl<A: Activation, T: Float> DenseOp<A, T> {
    fn answer(
        &mut self,
        x: &Tensor<T>,
        weight: &Tensor<T>,
        bias: Option<&Tensor<T>>,
    ) -> autograd::Result<Tensor<T>> {
        let (&[rows, inputs], &[first, outputs]) = (x.shape(), weight.shape()) else {
            return Err(autograd::Error::invalid(
                "dense",
                format!(
                    "x {:?} and weight {:?} must both have two axes",
                    x.shape(),
                    weight.shape()
                ),
            ));
        };
        let bias_fits = bias.is_none_or(|bias| bias.shape() == [outputs]);
        if inputs != first || !bias_fits {
            let bias = bias.map_or(String::new(), |bias| format!(", bias {:?}", bias.shape()));
            return Err(autograd::Error::invalid(
                "dense",
                format!(
                    "x {:?}, weight {:?}{bias}: x must have as many columns as weight rows, and \
                     bias as many elements as weight columns",
                    x.shape(),
                    weight.shape(),
                ),
            ));
        }
        let (x, weight, bias) = (x.contiguous(), weight.contiguous(), bias.map(Tensor::contiguous));
        let mut y = Buffer::stale(rows * outputs);
        let mut sums = A::KEEPS_INPUT.then(|| Buffer::stale(rows * outputs));
        let keep = sums.as_mut().map(|sums| &mut sums[..]);
        let bias = bias.as_ref().map(|bias| bias.values());
        let widths = [inputs, outputs];
        forward(self.activation, x.values(), weight.values(), widths, bias, keep, &mut y);
        self.sums = sums;
        Ok(Tensor::from_buffer(y, [rows, outputs])?)
    }

    /// Returns dz, from which all gradients are computed.
    fn sums_gradient(&self, y: &Tensor<T>, dy: &Tensor<T>) -> Buffer<T> {
        let y = y.contiguous();
        let mut dz = Buffer::from_slice(dy.contiguous().values());
        let z = self.sums.as_ref().map_or(y.values(), |sums| &sums[..]);
        self.activation.backward(&mut dz, z, y.values());
        dz
    }

    fn input(dz: &[T], x: &Tensor<T>, weight: &Tensor<T>) -> autograd::Result<Tensor<T>> {
        let mut dx = Buffer::stale(x.len());
        let widths = [weight.shape()[0], weight.shape()[1]];
        input_gradient(dz, weight.contiguous().values(), widths, &mut dx, None);
        Ok(Tensor::from_buffer(dx, x.shape())?)
    }

    fn weight(dz: &[T], x: &Tensor<T>, weight: &Tensor<T>) -> autograd::Result<Tensor<T>> {
        let mut gradient = Buffer::stale(weight.len());
        let widths = [weight.shape()[0], weight.shape()[1]];
        let sums = (&mut gradient[..], Sums::WHOLE);
        weight_gradient(x.contiguous().values(), dz, widths, 0, sums);
        Ok(Tensor::from_buffer(gradient, weight.shape())?)
    }
}

/// With a bias.
impl<A: Activation, T: Float> Op<T, 3> for DenseOp<A, T> {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn forward(&mut self, [x, weight, bias]: [&Tensor<T>; 3]) -> autograd::Result<Tensor<T>> {
        self.answer(x, weight, Some(bias))
    }

    fn backward(
        &self,
        call: &Call<'_, T, 3>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 3]> {
        let [x, weight, bias] = call.inputs;
        let dz = self.sums_gradient(call.output, dy);
        Ok([
            call.wanted(0, || Self::input(&dz, x, weight))?,
            call.wanted(1, || Self::weight(&dz, x, weight))?,
            call.wanted(2, || {
                let mut gradient = Buffer::stale(bias.len());
                column_sums(&dz, &mut gradient);
                Ok(Tensor::from_buffer(gradient, bias.shape())?)
            })?,
        ])
    }
}

/// Without a bias.
impl<A: Activation, T: Float> Op<T, 2> for DenseOp<A, T> {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn forward(&mut self, [x, weight]: [&Tensor<T>; 2]) -> autograd::Result<Tensor<T>> {
        self.answer(x, weight, None)
    }

    fn backward(
        &self,
        call: &Call<'_, T, 2>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 2]> {
        let [x, weight] = call.inputs;
        let dz = self.sums_gradient(call.output, dy);
        Ok([
            call.wanted(0, || Self::input(&dz, x, weight))?,
            call.wanted(1, || Self::weight(&dz, x, weight))?,
        ])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;
    use autograd::gradcheck::{away_from_zero, normal};
    use tensor::activation::{Gelu, Identity, Relu, Tanh};

    use super::*;

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        gradcheck(|| DenseOp::new(Identity), [normal([4, 3]), normal([3, 5]), normal([5])])?;
        gradcheck(|| DenseOp::new(Tanh), [normal([3, 4]), normal([4, 2]), normal([2])])?;
        gradcheck(|| DenseOp::new(Gelu), [normal([2, 3]), normal([3, 4])])?; // without a bias
        gradcheck(|| DenseOp::new(Gelu), [normal([2, 3]), normal([3, 3]), normal([3])])?;
        // One input of size 1, so that the sums stay away from the kink.
        let (x, weight) = (Tensor::from([[1.0], [-1.0]]), away_from_zero([1, 4]));
        gradcheck(|| DenseOp::new(Relu), [x.into(), weight, Tensor::zeros([4]).into()])
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let (x, weight, bias) =
            (Tensor::<f32>::zeros([2, 3]), Tensor::zeros([4, 5]), Tensor::zeros([5]));
        let error = DenseOp::new(Relu).forward([&x, &weight, &bias]).unwrap_err().to_string();
        assert!(error.contains("x [2, 3], weight [4, 5], bias [5]"), "{error}");
        assert!(DenseOp::new(Relu).forward([&bias, &weight, &bias]).is_err());
    }
}
