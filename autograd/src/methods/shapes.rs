//! Elements in other places: picked by index, joined, split, padded, flipped; axes of length 1 come and go.

use tensor::{Float, Shape};

use crate::error::{Error, Result};
use crate::list::ListOp;
use crate::ops;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The slices at `indices` along `axis`, in this order; one may occur more than once.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or an index does not lie in it.
    pub fn index_select(self, axis: usize, indices: &[usize]) -> Result<Self> {
        self.tape().apply(ops::IndexSelect { axis, indices: indices.to_vec() }, [self])
    }

    /// One element for each index along `axis`: y\[i, j, k\] = x\[i, indices\[i, j, k\], k\] along
    /// axis 1, and so on. `indices` has the result's `shape`, the last axis changing fastest.
    ///
    /// # Errors
    ///
    /// If there is no such axis, an index does not lie in it, or the shape has another number of
    /// axes or is longer than self along one that is not `axis`.
    pub fn gather(self, axis: usize, indices: &[usize], shape: impl Into<Shape>) -> Result<Self> {
        self.tape().apply(ops::Gather::new(axis, indices, shape), [self])
    }

    /// self, with each element of `source` added where its index says: y\[i, indices\[i, j, k\], k\]
    /// += source\[i, j, k\] along axis 1, and so on. There is one index for each element of
    /// `source`, the last axis changing fastest.
    ///
    /// # Errors
    ///
    /// If there is no such axis, an index does not lie in it, or `source` has another number of axes
    /// or is longer than self along one that is not `axis`.
    pub fn scatter_add(self, axis: usize, indices: &[usize], source: Self) -> Result<Self> {
        self.tape().apply(ops::ScatterAdd { axis, indices: indices.to_vec() }, [self, source])
    }

    /// The order of the elements along each of `axes` reversed.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn flip(self, axes: &[usize]) -> Result<Self> {
        self.tape().apply(ops::Flip { axes: axes.to_vec() }, [self])
    }

    /// With `widths[i]` = (before, after) more elements along axis i, for every axis.
    ///
    /// ```
    /// use autograd::{Tape, ops::Padding};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([[1.0, 2.0]]));
    /// let y = x.pad(&[(0, 1), (1, 0)], Padding::Constant(0.0))?;
    /// assert_eq!(y.value(), Tensor::from([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is not one width for each axis, or there are no elements to copy.
    pub fn pad(self, widths: &[(usize, usize)], with: ops::Padding<T>) -> Result<Self> {
        self.tape().apply(ops::Pad { widths: widths.to_vec(), with }, [self])
    }

    /// The inputs one after the other along `axis`.
    ///
    /// ```
    /// use autograd::{Tape, Var};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let words: Vec<_> = (0..3).map(|i| tape.parameter(Tensor::full([2], i as f32))).collect();
    /// assert_eq!(Var::concat(0, &words)?.value().to_vec(), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
    /// assert_eq!(Var::stack(0, &words)?.shape()[..], [3, 2]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no input, or they differ in more than the length of `axis`.
    pub fn concat(axis: usize, inputs: &[Self]) -> Result<Self> {
        joined("concat", ops::Concat { axis }, inputs)
    }

    /// The inputs, all of one shape, side by side along a new axis, which becomes axis number `axis`.
    ///
    /// # Errors
    ///
    /// If there is no input, the shapes differ, or `axis` is more than their number of axes.
    pub fn stack(axis: usize, inputs: &[Self]) -> Result<Self> {
        joined("stack", ops::Stack { axis }, inputs)
    }

    /// The parts along `axis` of these lengths, one after the other.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([1.0, 2.0, 3.0]));
    /// let parts = x.split(0, &[1, 2])?;
    /// assert_eq!(parts[1].value(), Tensor::from([2.0, 3.0]));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such axis, or the lengths do not add up to its length.
    pub fn split(self, axis: usize, lengths: &[usize]) -> Result<Vec<Self>> {
        self.tape().apply_list(ops::Split { axis, lengths: lengths.to_vec() }, &[self])
    }

    /// Without `axis`, which has length 1.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or it has another length.
    pub fn squeeze(self, axis: usize) -> Result<Self> {
        let mut shape = self.shape().to_vec();
        if shape.get(axis) != Some(&1) {
            return Err(Error::invalid(
                "squeeze",
                format!("{shape:?} without axis {axis}: the axis must be there, with length 1"),
            ));
        }
        shape.remove(axis);
        self.reshape(&shape[..])
    }

    /// With one more axis, of length 1, which becomes axis number `axis`.
    ///
    /// # Errors
    ///
    /// If that is more than the number of axes that are there.
    pub fn unsqueeze(self, axis: usize) -> Result<Self> {
        let mut shape = self.shape().to_vec();
        if axis > shape.len() {
            return Err(Error::invalid(
                "unsqueeze",
                format!(
                    "{shape:?} with a new axis {axis}: its place must be one of 0..={}",
                    shape.len()
                ),
            ));
        }
        shape.insert(axis, 1);
        self.reshape(&shape[..])
    }
}

/// The only output of `op` for a list of inputs.
fn joined<'t, T: Float>(
    name: &'static str,
    op: impl ListOp<T>,
    inputs: &[Var<'t, T>],
) -> Result<Var<'t, T>> {
    let Some(first) = inputs.first() else {
        return Err(Error::invalid(name, "no inputs; expected at least one"));
    };
    let outputs = first.tape().apply_list(op, inputs)?;
    Ok(outputs[0])
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn axes_of_length_one_come_and_go() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0]]));
        let y = x.squeeze(0).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 2.0]));
        let z = y.unsqueeze(1).unwrap();
        assert_eq!(z.value(), Tensor::from([[1.0], [2.0]]));
        let gradients = z.backward_with(Tensor::from([[3.0], [4.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[3.0, 4.0]]));
        assert_eq!(
            x.squeeze(1).unwrap_err().to_string(),
            "squeeze: [1, 2] without axis 1: the axis must be there, with length 1"
        );
        assert_eq!(
            x.unsqueeze(3).unwrap_err().to_string(),
            "unsqueeze: [1, 2] with a new axis 3: its place must be one of 0..=2"
        );
        assert!(x.squeeze(2).is_err());
    }
}
