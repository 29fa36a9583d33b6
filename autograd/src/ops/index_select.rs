//! Slices along an axis, selected by a list of indices.
//!
//! y[…, i, …] = x[…, indices[i], …]
//! dx = for each index the sum of dy where it occurs, 0 where it does not
//!
//! shapes: y as x, but for the axis, which has the number of indices

use tensor::{Float, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = the slices of x at `indices` along an axis, in this order; dx gets for each index the sum of
/// dy where it occurs.
///
/// PyTorch's `index_select(axis, indices)`. On a table it is an embedding: the rows with these
/// numbers. ONNX's `Gather` with more than one axis of indices is this operation with the indices
/// as one list, and a [`Reshape`](super::Reshape).
#[derive(Clone, Debug)]
pub struct IndexSelect {
    /// The axis.
    pub axis: usize,
    /// The indices of the slices, counted from 0; they may repeat.
    pub indices: Vec<usize>,
}

impl<T: Float> Op<T, 1> for IndexSelect {
    fn name(&self) -> &'static str {
        "index_select"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.index_select(self.axis, &self.indices)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            Ok(Tensor::zeros(x.shape()).index_add(self.axis, &self.indices, dy)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The slices at `indices` along `axis`, in this order; indices may repeat.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or an index is out of range.
    #[doc(alias = "take")]
    pub fn index_select(self, axis: impl Axis, indices: &[usize]) -> Result<Self> {
        let axis = self.axis("index_select", axis)?;
        self.tape().apply(IndexSelect { axis, indices: indices.to_vec() }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(axis: usize, indices: &[usize]) -> IndexSelect {
        IndexSelect { axis, indices: indices.to_vec() }
    }
    vec![
        grad_case!(op(0, &[2, 0, 2]), [normal([3, 2])]).named("one twice"),
        grad_case!(op(1, &[1, 3]), [normal([2, 4, 3])]).named("the middle axis"),
        grad_case!(op(1, &[0, 0, 0]), [normal([3, 1])]).named("one repeated"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("index_select", |given| {
        given.x(0).index_select(given.whole("axis"), &given.case.indices("indices"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_row_used_twice_gets_the_sum() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]));
        let y = x.index_select(0, &[2, 0, 2]).unwrap();
        assert_eq!(y.value(), Tensor::from([[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]));
        let dy = Tensor::from([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]);
        let expected = Tensor::from([[2.0, 20.0], [0.0, 0.0], [5.0, 50.0]]);
        assert_eq!(*y.backward_with(dy).unwrap().of(x).unwrap(), expected);
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.index_select(1, &[0, 2, 3]).unwrap_err().to_string(),
            "index_select: [2, 3]: the index at [2] is 3, but axis 1 has only 0..3; count from 0"
        );
    }
}
