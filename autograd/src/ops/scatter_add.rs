//! Elements added at given indices along an axis.
//!
//! y = x, then y[i, indices[i, j, k], k] += s[i, j, k] along axis 1, and so on
//! dx = dy
//! ds[i, j, k] = dy[i, indices[i, j, k], k]
//!
//! shapes: y as x; s as the indices: any length along the axis, elsewhere at most that of x

use tensor::{Float, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x, with each element of s added at its index along an axis; dx = dy, ds = dy there.
///
/// Along axis 1, y\[i, indices\[i, j, k\], k\] += s\[i, j, k\]: PyTorch's
/// `x.scatter_add(axis, indices, s)` with indices of the shape of s, and ONNX's `ScatterElements`
/// with the reduction `add`. Elements with the same index are summed in the order of s.
#[derive(Clone, Debug)]
pub struct ScatterAdd {
    /// The axis.
    pub axis: usize,
    /// An index for each element of s, the last axis changing fastest.
    pub indices: Vec<usize>,
}

impl<T: Float> Op<T, 2> for ScatterAdd {
    fn name(&self) -> &'static str {
        "scatter_add"
    }

    fn forward(&mut self, [x, s]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(x.scatter_add(self.axis, &self.indices, s)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [_, s] = call.inputs;
        Ok([
            call.wanted(0, || Ok(dy.clone()))?,
            call.wanted(1, || Ok(dy.gather(self.axis, &self.indices, s.shape())?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// Self, with each element of `source` added at its index: y\[i, indices\[i, j, k\], k\] +=
    /// source\[i, j, k\] along axis 1, and so on. There is one index for each element of `source`,
    /// the last axis changing fastest.
    ///
    /// # Errors
    ///
    /// If there is no such axis, an index is out of range, or `source` has another number of axes
    /// or is longer than self along an axis other than `axis`.
    pub fn scatter_add(self, axis: impl Axis, indices: &[usize], source: Self) -> Result<Self> {
        let axis = self.axis("scatter_add", axis)?;
        self.tape().apply(ScatterAdd { axis, indices: indices.to_vec() }, [self, source])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(axis: usize, indices: &[usize]) -> ScatterAdd {
        ScatterAdd { axis, indices: indices.to_vec() }
    }
    vec![
        grad_case!(op(1, &[2, 0, 2, 1]), [normal([2, 3]), normal([2, 2])]),
        grad_case!(op(0, &[1, 0, 0, 2, 2]), [normal([3, 2]), normal([5, 1])])
            .named("longer along the axis, shorter elsewhere"),
        grad_case!(op(1, &[1, 0, 1, 1]), [normal([2, 2]), normal([2, 2])]).named("equal shapes"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("scatter_add", |given| {
        let indices = given.case.indices("indices");
        given.x(0).scatter_add(given.whole("axis"), &indices, given.x(1))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_meets_is_summed() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 1.0], [1.0, 1.0]]));
        let s = tape.parameter(Tensor::from([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]));
        let y = x.scatter_add(1, &[0, 1, 0, 1, 1, 1], s).unwrap();
        assert_eq!(y.value(), Tensor::from([[6.0, 3.0], [1.0, 57.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 2.0], [3.0, 4.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        assert_eq!(*gradients.of(s).unwrap(), Tensor::from([[1.0, 2.0, 1.0], [4.0, 4.0, 4.0]]));
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let tape = Tape::new();
        let [x, s] = [[2, 3], [2, 1]].map(|shape| tape.parameter(Tensor::<f32>::zeros(shape)));
        assert_eq!(
            x.scatter_add(1, &[0, 5], s).unwrap_err().to_string(),
            "scatter_add: [2, 3]: the index at [1, 0] is 5, but axis 1 has only 0..3; count from 0"
        );
    }
}
