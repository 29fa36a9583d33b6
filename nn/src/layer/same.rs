//! The identity, as an operation of a tape.
//!
//! y = x
//!
//! dx = dy
//!
//! Where a part of a network uses a value twice, it uses this copy. The gradients are then added
//! here, in the same order as in the static driver.

use autograd::{Call, Op};
use tensor::{Float, Tensor};

/// See the module.
pub(crate) struct Same;

impl<T: Float> Op<T, 1> for Same {
    fn name(&self) -> &'static str {
        "same"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> autograd::Result<Tensor<T>> {
        Ok(x.clone())
    }

    fn backward(
        &self,
        call: &Call<'_, T, 1>,
        dy: &Tensor<T>,
    ) -> autograd::Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.clone()))?])
    }
}

#[cfg(test)]
mod tests {
    use autograd::gradcheck;

    use super::*;

    #[test]
    fn gradients_are_right() -> autograd::Result<()> {
        gradcheck(|| Same, [[3, 2]])
    }
}
