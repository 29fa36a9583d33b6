//! Elements picked by index along an axis.
//!
//! y[i, j, k] = x[i, indices[i, j, k], k] along axis 1, and so on
//! dx = for each element of x the sum of dy where it was picked
//!
//! shapes: y as the indices: any length along the axis, elsewhere at most that of x

use tensor::{Float, Shape, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = for each index the element of x there along an axis; dx is the sum of dy over all indices
/// that picked the element.
///
/// Along axis 1, y\[i, j, k\] = x\[i, indices\[i, j, k\], k\]: PyTorch's `gather(axis, indices)`
/// and ONNX's `GatherElements`.
#[derive(Clone, Debug)]
pub struct Gather {
    axis: usize,
    indices: Vec<usize>,
    shape: Shape,
}

impl Gather {
    /// Gathers along `axis` by indices of this shape, the last axis changing fastest.
    pub fn new(axis: usize, indices: &[usize], shape: impl Into<Shape>) -> Self {
        Gather { axis, indices: indices.to_vec(), shape: shape.into() }
    }
}

impl<T: Float> Op<T, 1> for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.gather(self.axis, &self.indices, self.shape)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            Ok(Tensor::zeros(x.shape()).scatter_add(self.axis, &self.indices, dy)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// One element for each index along `axis`: y\[i, j, k\] = x\[i, indices\[i, j, k\], k\] along
    /// axis 1, and so on. `indices` has the result's `shape`, the last axis changing fastest.
    ///
    /// # Errors
    ///
    /// If there is no such axis, an index is out of range, or the shape has another number of axes
    /// or is longer than self along an axis other than `axis`.
    #[doc(alias = "take_along_axis")]
    pub fn gather(
        self,
        axis: impl Axis,
        indices: &[usize],
        shape: impl Into<Shape>,
    ) -> Result<Self> {
        let axis = self.axis("gather", axis)?;
        self.tape().apply(Gather::new(axis, indices, shape), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Gather::new(1, &[2, 0, 2, 1], [2, 2]), [normal([2, 3])]),
        grad_case!(Gather::new(0, &[1, 0, 0, 2, 2], [5, 1]), [normal([3, 2])])
            .named("longer along the axis, shorter elsewhere"),
        grad_case!(Gather::new(1, &[1, 0, 1, 1, 0, 0], [3, 1, 2]), [normal([3, 2, 2])])
            .named("the middle axis"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("gather", |given| {
        let (indices, shape) = (given.case.indices("indices"), given.case.indices("shape"));
        given.x(0).gather(given.whole("axis"), &indices, &shape[..])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    /// The example of PyTorch's documentation.
    #[test]
    fn each_row_picks_its_own() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let y = x.gather(1, &[0, 0, 1, 0], [2, 2]).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 1.0], [4.0, 3.0]]));
        let dy = Tensor::from([[1.0, 2.0], [4.0, 8.0]]);
        let expected = Tensor::from([[3.0, 0.0], [8.0, 4.0]]);
        assert_eq!(*y.backward_with(dy).unwrap().of(x).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.gather(1, &[0, 1, 3, 0], [2, 2]).unwrap_err().to_string(),
            "gather: [2, 3]: the index at [1, 0] is 3, but axis 1 has only 0..3; count from 0"
        );
        assert_eq!(
            x.gather(1, &[0, 1], [2, 2]).unwrap_err().to_string(),
            "gather: [2, 3]: 2 indices for 4 elements of shape [2, 2]: one for each is needed"
        );
        assert_eq!(
            x.gather(1, &[0, 1, 2], [3, 1]).unwrap_err().to_string(),
            "gather: [2, 3] and [3, 1]: the second, the shape of the indices, must have as many \
            axes as the first, and no greater length but along axis 1"
        );
    }
}
