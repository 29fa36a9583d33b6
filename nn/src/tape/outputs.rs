//! A head's function as one operation.
//!
//! y = H(z), dz = dy · dH/dz, which the head computes from y
//!
//! shapes: z, y `[rows, units]`

use std::marker::PhantomData;

use autograd::{Call, Op};
use tensor::{Buffer, Float, Tensor};

use crate::head::Head;

/// The function of the head `H`, applied to logits.
pub(crate) struct Outputs<H>(PhantomData<fn() -> H>);

impl<H> Outputs<H> {
    pub(crate) fn new() -> Self {
        Outputs(PhantomData)
    }
}

impl<H: Head<T>, T: Float> Op<T, 1> for Outputs<H> {
    fn name(&self) -> &'static str {
        H::NAME
    }

    fn forward(&mut self, [logits]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        if !matches!(logits.shape(), &[_, units] if units == H::UNITS) {
            return Err(autograd::Error::invalid(
                H::NAME,
                format!("logits {:?}: expected [rows, {}]", logits.shape(), H::UNITS),
            ));
        }
        let mut outputs = Buffer::from_slice(logits.contiguous().values());
        H::activate(&mut outputs);
        Ok(Tensor::from_buffer(outputs, logits.shape())?)
    }

    fn backward(
        &self,
        call: &Call<'_, T, 1>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || {
            let mut gradient = Buffer::from_slice(dy.contiguous().values());
            H::backward(&mut gradient, call.output.contiguous().values());
            Ok(Tensor::from_buffer(gradient, dy.shape())?)
        })?])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;

    use super::*;
    use crate::head::{Both, Linear, Sigmoid, Softmax};

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        gradcheck(Outputs::<Softmax<4>>::new, [[3, 4]])?;
        gradcheck(Outputs::<Sigmoid<3>>::new, [[2, 3]])?;
        gradcheck(Outputs::<Linear<2>>::new, [[2, 2]])?;
        gradcheck(Outputs::<Both<Softmax<3>, Both<Linear<1>, Sigmoid<2>>>>::new, [[5, 6]])
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let error = Outputs::<Linear<3>>::new().forward([&Tensor::<f32>::zeros([2, 4])]);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("logits [2, 4]: expected [rows, 3]"), "{error}");
    }
}
