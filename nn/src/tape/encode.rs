//! A network's encoder as one operation.
//!
//! y = E(x), column by column; dx = dy ∘ dE/dx, computed with dual numbers
//!
//! shapes: x, y `[rows, inputs]`

use std::marker::PhantomData;

use autograd::{Call, Dual, Op};
use tensor::{Buffer, Float, Tensor};

use crate::layer::Inference;

/// The encoder of the layers `L`, applied to raw rows.
pub(crate) struct Encode<L, T: Float> {
    parameters: Vec<T>,
    layers: PhantomData<fn() -> L>,
}

impl<L: Inference, T: Float> Encode<L, T> {
    /// With these parameters of all layers.
    pub(crate) fn new(parameters: Vec<T>) -> Self {
        Encode { parameters, layers: PhantomData }
    }
}

impl<L: Inference, T: Float> Op<T, 1> for Encode<L, T> {
    fn name(&self) -> &'static str {
        "encode"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        if !matches!(x.shape(), &[_, inputs] if inputs == L::INPUTS) {
            return Err(autograd::Error::invalid(
                "encode",
                format!("x {:?}: expected [rows, {}]", x.shape(), L::INPUTS),
            ));
        }
        let mut rows = Buffer::from_slice(x.contiguous().values());
        rows.chunks_exact_mut(L::INPUTS).for_each(|row| L::encode(&self.parameters, row));
        Ok(Tensor::from_buffer(rows, x.shape())?)
    }

    fn backward(
        &self,
        call: &Call<'_, T, 1>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || {
            let parameters: Vec<_> =
                self.parameters.iter().map(|&p| Dual::new(p, T::zero())).collect();
            let x = call.inputs[0].contiguous();
            let mut rows: Vec<_> = x.values().iter().map(|&x| Dual::new(x, T::one())).collect();
            // Columns are independent of each other.
            rows.chunks_exact_mut(L::INPUTS).for_each(|row| L::encode(&parameters, row));
            let mut dx = Buffer::from_slice(dy.contiguous().values());
            dx.iter_mut().zip(rows).for_each(|(dx, y)| *dx = *dx * y.derivative);
            Ok(Tensor::from_buffer(dx, dy.shape())?)
        })?])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;

    use super::*;
    use crate::layer::{Quantile, Robust, Scale, Seen, Standardize};

    fn check<L: crate::layer::Layer>() -> autograd::Result<()> {
        let rows: Vec<f64> = (0..40).map(|i| f64::from(i * 7 % 40) * 0.31 - 2.0).collect();
        let visit = |see: &mut dyn FnMut(&[f64])| see(&rows);
        let mut parameters = vec![0.0; L::LEN];
        L::adapt(&mut parameters, &Seen::new(&visit, 10, 4), &mut |_| {});
        gradcheck(|| Encode::<L, f64>::new(parameters.clone()), [[3, 4]])
    }

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        check::<Standardize<4>>()?;
        check::<Robust<4>>()?;
        check::<Quantile<4>>()?;
        check::<Scale<4, { 0.25_f64.to_bits() }>>()
    }
}
