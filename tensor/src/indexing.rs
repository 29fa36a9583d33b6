//! Gather and scatter: selects elements by lists of indices, and adds them back.
//!
//! Each pair is the other's gradient: `index_select` and `index_add`, `gather` and `scatter_add`.
//! Sums are computed in the order of the list, so that their bits are always the same.

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::shape::{MOST_AXES, Shape};
use crate::tensor::{Tensor, advance};

impl<T: Float> Tensor<T> {
    /// Selects the slices at `indices` along `axis`, in this order; an index may occur more than
    /// once.
    ///
    /// y\[…, i, …\] = x\[…, indices\[i\], …\]: PyTorch's `index_select`, and NumPy's `take` of a
    /// list.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or an index is out of range.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(t.index_select(0, &[2, 0])?, Tensor::from([[5.0, 6.0], [1.0, 2.0]]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn index_select(&self, axis: usize, indices: &[usize]) -> Result<Self> {
        self.check_axis("index_select", axis)?;
        self.check_indices("index_select", axis, indices, &[indices.len()])?;
        let mut shape = Shape::from(self.shape());
        shape.axes_mut()[axis] = indices.len();
        let (length, run) = (self.shape()[axis], self.shape()[axis + 1..].iter().product());
        let from = self.contiguous();
        Ok(Tensor::filled(shape, &mut |to| {
            if to.is_empty() {
                return;
            }
            let blocks = from.values().chunks_exact(length * run);
            for (to, from) in to.chunks_exact_mut(indices.len() * run).zip(blocks) {
                for (to, &index) in to.chunks_exact_mut(run).zip(indices) {
                    to.copy_from_slice(&from[index * run..][..run]);
                }
            }
        }))
    }

    /// Returns the tensor with slice i of `source` along `axis` added to slice `indices[i]`; an
    /// index that occurs more than once receives the sum. PyTorch's `index_add`.
    ///
    /// # Errors
    ///
    /// If there is no such axis, an index is out of range, or `source` does not have one slice for
    /// each index and otherwise the tensor's shape.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let sums = Tensor::zeros([3]).index_add(0, &[2, 0, 2], &Tensor::from([1.0, 2.0, 4.0]))?;
    /// assert_eq!(sums, Tensor::from([2.0, 0.0, 5.0]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn index_add(&self, axis: usize, indices: &[usize], source: &Self) -> Result<Self> {
        self.check_axis("index_add", axis)?;
        self.check_indices("index_add", axis, indices, &[indices.len()])?;
        let mut expected = Shape::from(self.shape());
        expected.axes_mut()[axis] = indices.len();
        if *source.shape() != *expected {
            let rule = format!(
                "the second must be {expected:?}: one slice along axis {axis} for each of the {} \
                indices, and otherwise the first's shape",
                indices.len()
            );
            return Err(Error::shapes("index_add", self.shape(), source.shape(), rule));
        }
        let (length, run) = (self.shape()[axis], self.shape()[axis + 1..].iter().product());
        let mut values = Buffer::from_slice(self.contiguous().values());
        if !source.is_empty() {
            let source = source.contiguous();
            let blocks = source.values().chunks_exact(indices.len() * run);
            for (to, from) in values.chunks_exact_mut(length * run).zip(blocks) {
                for (from, &index) in from.chunks_exact(run).zip(indices) {
                    for (to, &from) in to[index * run..][..run].iter_mut().zip(from) {
                        *to = *to + from;
                    }
                }
            }
        }
        Tensor::from_buffer(values, self.shape())
    }

    /// Selects one element for each index: y\[i, j, k\] = x\[i, indices\[i, j, k\], k\] along axis
    /// 1, and so on. PyTorch's `gather`, ONNX's `GatherElements`.
    ///
    /// `indices` has the result's `shape`, the last axis changing fastest. It has as many axes as
    /// the tensor; any length along `axis`, and none greater than the tensor's elsewhere.
    ///
    /// # Errors
    ///
    /// If there is no such axis, the shape does not fit, or an index is out of range.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let picked = t.gather(1, &[0, 0, 1, 0], [2, 2])?;
    /// assert_eq!(picked, Tensor::from([[1.0, 1.0], [4.0, 3.0]]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn gather(&self, axis: usize, indices: &[usize], shape: impl Into<Shape>) -> Result<Self> {
        let shape = shape.into();
        self.check_elements("gather", axis, indices, &shape)?;
        let (data, _, strides) = self.parts();
        Ok(Tensor::filled(shape, &mut |to| {
            along(axis, indices, &shape, strides, |at, place| to[at] = data[place]);
        }))
    }

    /// Returns the tensor with each element of `source` added at its index: y\[i, indices\[i, j,
    /// k\], k\] += source\[i, j, k\] along axis 1, and so on; elements with the same index are
    /// summed. PyTorch's `scatter_add`, ONNX's `ScatterElements` with the reduction `add`.
    ///
    /// `indices` has one index for each element of `source`, the last axis changing fastest.
    /// `source` has as many axes as the tensor; any length along `axis`, and none greater than the
    /// tensor's elsewhere.
    ///
    /// # Errors
    ///
    /// If there is no such axis, the shape does not fit, or an index is out of range.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let source = Tensor::from([[1.0, 2.0, 4.0]]);
    /// let sums = Tensor::ones([1, 2]).scatter_add(1, &[1, 0, 1], &source)?;
    /// assert_eq!(sums, Tensor::from([[3.0, 6.0]]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn scatter_add(&self, axis: usize, indices: &[usize], source: &Self) -> Result<Self> {
        let shape = Shape::from(source.shape());
        self.check_elements("scatter_add", axis, indices, &shape)?;
        let mut values = Buffer::from_slice(self.contiguous().values());
        let strides = Shape::from(self.shape()).contiguous_strides();
        let source = source.contiguous();
        along(axis, indices, &shape, &strides, |at, place| {
            values[place] = values[place] + source.values()[at];
        });
        Tensor::from_buffer(values, self.shape())
    }

    /// Reverses the order of the elements along each of `axes`.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([[1.0, 2.0, 3.0]]);
    /// assert_eq!(t.flip(&[1])?, Tensor::from([[3.0, 2.0, 1.0]]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn flip(&self, axes: &[usize]) -> Result<Self> {
        let mut flipped = self.clone();
        for &axis in axes {
            self.check_axis("flip", axis)?;
            let reversed: Vec<usize> = (0..self.shape()[axis]).rev().collect();
            flipped = flipped.index_select(axis, &reversed)?;
        }
        Ok(flipped)
    }

    /// Checks that `indices`, which have this shape, are in the range of the axis.
    fn check_indices(
        &self,
        op: &'static str,
        axis: usize,
        indices: &[usize],
        shape: &[usize],
    ) -> Result<()> {
        let length = self.shape()[axis];
        let Some(at) = indices.iter().position(|&index| index >= length) else { return Ok(()) };
        let mut position = vec![0; shape.len()];
        let mut rest = at;
        for (position, &length) in position.iter_mut().zip(shape).rev() {
            *position = rest % length;
            rest /= length;
        }
        let rule = format!(
            "the index at {position:?} is {}, but axis {axis} has only 0..{length}; count from 0",
            indices[at]
        );
        Err(Error::shape(op, self.shape(), rule))
    }

    /// Checks that `indices` of this shape name an element each.
    fn check_elements(
        &self,
        op: &'static str,
        axis: usize,
        indices: &[usize],
        shape: &Shape,
    ) -> Result<()> {
        self.check_axis(op, axis)?;
        let own = self.shape();
        let fits = shape.len() == own.len()
            && (0..own.len()).all(|other| other == axis || shape[other] <= own[other]);
        if !fits {
            let rule = format!(
                "the second, the shape of the indices, must have as many axes as the first, and \
                no greater length but along axis {axis}"
            );
            return Err(Error::shapes(op, own, shape, rule));
        }
        if indices.len() != shape.elements() {
            let rule = format!(
                "{} indices for {} elements of shape {shape:?}: one for each is needed",
                indices.len(),
                shape.elements()
            );
            return Err(Error::shape(op, own, rule));
        }
        self.check_indices(op, axis, indices, shape)
    }
}

/// Calls `f` with the position of each index in `indices`, and the offset of its element in memory
/// with these strides.
fn along(
    axis: usize,
    indices: &[usize],
    shape: &[usize],
    strides: &[usize],
    mut f: impl FnMut(usize, usize),
) {
    let mut position = Shape::from(&[0; MOST_AXES][..shape.len()]);
    for (at, &index) in indices.iter().enumerate() {
        let steps = position.iter().zip(strides).map(|(i, stride)| i * stride);
        let here: usize = steps.sum();
        f(at, here - position[axis] * strides[axis] + index * strides[axis]);
        advance(position.axes_mut(), shape);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0, 1, 2, … in this shape.
    fn count(shape: [usize; 3]) -> Tensor<f64> {
        let [_, b, c] = shape;
        Tensor::from_fn(shape, |i| ((i[0] * b + i[1]) * c + i[2]) as f64)
    }

    #[test]
    fn select_and_add_along_every_axis() {
        let t = count([2, 3, 4]);
        for axis in 0..3 {
            let indices = [1, 0, 1];
            let y = t.index_select(axis, &indices).unwrap();
            let expected = Tensor::from_fn(y.shape(), |i| {
                let mut from = i.to_vec();
                from[axis] = indices[i[axis]];
                t.get(&from).unwrap()
            });
            assert_eq!(y, expected);
            let back = Tensor::ones([2, 3, 4]).index_add(axis, &indices, &y).unwrap();
            let times = |i: usize| [1.0, 2.0, 0.0, 0.0][i];
            let expected = Tensor::from_fn([2, 3, 4], |i| 1.0 + times(i[axis]) * t.get(i).unwrap());
            assert_eq!(back, expected);
        }
    }

    #[test]
    fn gather_and_scatter_along_every_axis() {
        // A view, so that strides matter.
        let t = count([4, 3, 2]).permute(&[2, 1, 0]).unwrap();
        for axis in 0..3 {
            let mut shape = [2, 2, 3];
            shape[axis] = 2;
            let n: usize = shape.iter().product();
            let indices: Vec<usize> = (0..n).map(|i| i % 7 % 2).collect();
            let y = t.gather(axis, &indices, shape).unwrap();
            let mut expected = vec![];
            let mut sums = Tensor::zeros([2, 3, 4]).to_vec();
            for (at, &index) in indices.iter().enumerate() {
                let mut i = [at / (shape[1] * shape[2]), at / shape[2] % shape[1], at % shape[2]];
                i[axis] = index;
                expected.push(t.get(&i).unwrap());
                sums[(i[0] * 3 + i[1]) * 4 + i[2]] += y.to_vec()[at];
            }
            assert_eq!(y.to_vec(), expected);
            let back = Tensor::zeros([2, 3, 4]).scatter_add(axis, &indices, &y).unwrap();
            assert_eq!(back.to_vec(), sums);
        }
    }

    #[test]
    fn nothing_can_be_picked_and_added() {
        let t = count([2, 3, 4]);
        let none = t.index_select(1, &[]).unwrap();
        assert_eq!(none.shape(), [2, 0, 4]);
        assert_eq!(t.index_add(1, &[], &none).unwrap(), t);
        assert_eq!(t.gather(1, &[], [2, 0, 4]).unwrap(), none);
        assert_eq!(t.scatter_add(1, &[], &none).unwrap(), t);
        assert_eq!(Tensor::<f64>::zeros([0, 2]).flip(&[0, 1]).unwrap().shape(), [0, 2]);
        assert_eq!(Tensor::<f64>::zeros([2, 0]).index_select(0, &[1]).unwrap().shape(), [1, 0]);
    }

    #[test]
    fn what_does_not_lie_in_the_axis_is_named() {
        let t = count([2, 3, 4]);
        assert_eq!(
            t.index_select(1, &[0, 3]).unwrap_err().to_string(),
            "index_select: [2, 3, 4]: the index at [1] is 3, but axis 1 has only 0..3; count from 0"
        );
        assert_eq!(
            t.gather(2, &[0, 1, 9, 0], [2, 2, 1]).unwrap_err().to_string(),
            "gather: [2, 3, 4]: the index at [1, 0, 0] is 9, but axis 2 has only 0..4; count from 0"
        );
        assert!(t.gather(2, &[0; 3], [2, 2, 1]).is_err());
        assert!(t.gather(2, &[0; 4], [1, 4, 1]).is_err());
        assert!(t.gather(3, &[0; 4], [2, 2, 1]).is_err());
        assert!(t.index_add(0, &[0, 1], &count([1, 3, 4])).is_err());
    }
}
