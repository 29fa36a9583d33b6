//! The penalty l2·Σw² on a layer's weights as one operation of a tape.
//!
//! y = l2·Σw²
//!
//! dw = dy·2·l2·w
//!
//! shapes: w any, y `[]`

use autograd::{Call, Op};
use tensor::{Buffer, Float, Tensor};

use super::penalty::{add_penalty_gradient, penalty};

/// See the module. Uses the same functions as the static driver.
pub(super) struct L2(pub(super) f64);

impl<T: Float> Op<T, 1> for L2 {
    fn name(&self) -> &'static str {
        "l2"
    }

    fn forward(&mut self, [weight]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        Ok(Tensor::scalar(penalty(self.0, weight.contiguous().values())))
    }

    fn backward(
        &self,
        call: &Call<'_, T, 1>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 1]> {
        let weight = call.inputs[0].contiguous();
        Ok([call.wanted(0, || {
            let mut gradient = Buffer::zeroed(weight.len());
            add_penalty_gradient(self.0, weight.values(), &mut gradient);
            let dy = dy.item()?;
            gradient.iter_mut().for_each(|g| *g = *g * dy);
            Ok(Tensor::from_buffer(gradient, weight.shape())?)
        })?])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;

    use super::*;

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        gradcheck(|| L2(0.3), [[3, 7]])
    }

    #[test]
    fn three_and_four_by_hand() {
        let penalty = L2(0.5).forward([&Tensor::from([3.0, 4.0])]).unwrap();
        assert_eq!(penalty.item().unwrap(), 12.5);
    }
}
