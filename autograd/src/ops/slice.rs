//! A range of indices along an axis.
//!
//! y  = x where the index along the axis is in the range
//! dx = dy there, 0 elsewhere
//!
//! shapes: y as x, but for the axis, which has the range's length

use std::ops::Range;

use tensor::{Float, Shape, Tensor};

use super::concat::concat;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = the part of x where the index along an axis is in a range; dx = dy there, 0 elsewhere.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The axis.
    pub axis: usize,
    /// The indices to retain.
    pub range: Range<usize>,
}

impl<T: Float> Op<T, 1> for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.slice(self.axis, self.range.clone())?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        let zeros = |length| {
            let mut shape = x.shape().to_vec();
            shape[self.axis] = length;
            Tensor::zeros(Shape::from(&shape[..]))
        };
        Ok([call.wanted(0, || {
            let (before, after) = (self.range.start, x.shape()[self.axis] - self.range.end);
            concat(self.axis, &[&zeros(before), dy, &zeros(after)])
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The part where the index along `axis` is in `range`.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or the range exceeds it.
    pub fn slice(self, axis: impl Axis, range: Range<usize>) -> Result<Self> {
        let axis = self.axis("slice", axis)?;
        self.tape().apply(Slice { axis, range }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Slice { axis: 1, range: 1..3 }, [normal([2, 4])]),
        grad_case!(Slice { axis: 0, range: 0..1 }, [normal([3, 2, 2])]).named("the first"),
        grad_case!(Slice { axis: 1, range: 2..3 }, [normal([2, 3, 2])]).named("the last"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("slice", |given| {
        given.x(0).slice(given.whole("axis"), given.whole("start")..given.whole("end"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_cut_off_gets_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let y = x.slice(1, 1..2).unwrap();
        assert_eq!(y.value(), Tensor::from([[2.0], [5.0]]));
        let gradients = y.backward_with(Tensor::from([[7.0], [8.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[0.0, 7.0, 0.0], [0.0, 8.0, 0.0]]));
    }
}
