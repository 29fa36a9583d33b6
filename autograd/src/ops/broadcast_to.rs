//! Repetition along new axes in front and axes of length 1.
//!
//! y  = x, repeated
//! dx = Σ dy over the repetitions
//!
//! shapes: aligned at the last axis, each length of x is that of y, or 1

use tensor::{Float, Shape, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x, repeated along new axes in front and axes of length 1; dx is the sum of dy over the
/// repetitions.
#[derive(Clone, Copy, Debug)]
pub struct BroadcastTo {
    /// The shape of y.
    pub shape: Shape,
}

impl<T: Float> Op<T, 1> for BroadcastTo {
    fn name(&self) -> &'static str {
        "broadcast_to"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.broadcast_to(self.shape)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        // The tape sums a gradient to its input's shape.
        Ok([call.wanted(0, || Ok(dy.clone()))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Repeated along new axes in front and axes of length 1.
    ///
    /// # Errors
    ///
    /// If the shape cannot be reached this way.
    #[doc(alias = "expand")]
    pub fn broadcast_to(self, shape: impl Into<Shape>) -> Result<Self> {
        self.tape().apply(BroadcastTo { shape: shape.into() }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(BroadcastTo { shape: [2, 3].into() }, [normal([3])]),
        grad_case!(BroadcastTo { shape: [4, 2, 3].into() }, [normal([2, 1])]).named("twice"),
        grad_case!(BroadcastTo { shape: [2, 3].into() }, [normal([])]).named("of a scalar"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("broadcast_to", |given| {
        let shape = given.case.indices("shape");
        given.x(0).broadcast_to(&shape[..])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_column_gets_the_sums_of_the_rows() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0], [2.0]]));
        let y = x.broadcast_to([2, 2]).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 1.0], [2.0, 2.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [3.0, 4.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[3.0], [7.0]]));
    }
}
