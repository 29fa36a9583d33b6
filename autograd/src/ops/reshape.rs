//! The same elements in another shape.
//!
//! y  = x in the new shape
//! dx = dy in the shape of x
//!
//! shapes: y has as many elements as x

use tensor::{Float, Shape, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};

/// y = x in another shape of as many elements; dx = dy in the shape of x.
#[derive(Clone, Copy, Debug)]
pub struct Reshape {
    /// The shape of y.
    pub shape: Shape,
}

impl<T: Float> Op<T, 1> for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.reshape(self.shape)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.reshape(x.shape())?))?])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Reshape { shape: [3, 4].into() }, [normal([2, 6])]),
        grad_case!(Reshape { shape: [].into() }, [normal([1, 1])]).named("to a scalar"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn elements_keep_their_order() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let y = x.reshape([4]).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 2.0, 3.0, 4.0]));
        let gradients = y.backward_with(Tensor::from([5.0, 6.0, 7.0, 8.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[5.0, 6.0], [7.0, 8.0]]));
    }
}
