//! The matrix product of tensors.

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::product::{Matrix, Start, product_with, worth_threads};
use crate::shape::Shape;
use crate::tensor::{Tensor, advance};
use crate::threads::Threads;

impl<T: Float> Tensor<T> {
    /// The matrix product: `[…, m, k]` times `[…, k, n]` is `[…, m, n]`; the leading axes
    /// broadcast.
    ///
    /// Transposed operands are read in place. Large products use all threads of the process; the
    /// bits are the same for any number of them.
    ///
    /// # Errors
    ///
    /// If an operand has fewer than two axes, the inner lengths differ, or the leading axes do not
    /// broadcast.
    pub fn matmul(&self, other: &Tensor<T>) -> Result<Tensor<T>> {
        let refuse = |rule: String| Err(Error::shapes("matmul", self.shape(), other.shape(), rule));
        let (Some((left_batch, &[m, k])), Some((right_batch, &[k2, n]))) =
            (self.shape().split_last_chunk(), other.shape().split_last_chunk())
        else {
            return refuse("both sides need two axes; reshape a vector to [1, n] or [n, 1]".into());
        };
        if k != k2 {
            return refuse(format!(
                "the left side has {k} columns, the right side {k2} rows; they must agree"
            ));
        }
        let batch = Shape::broadcast("matmul", left_batch, right_batch)?;
        let full = |axes: [usize; 2]| batch.iter().copied().chain(axes).collect::<Shape>();
        let (left, right) = (self.broadcast_to(full([m, k]))?, other.broadcast_to(full([k, n]))?);
        let shape = full([m, n]);
        let mut result = Buffer::stale(shape.elements());
        if m * n > 0 {
            // Small products do not even start the threads.
            let threads = if worth_threads([m, k, n]) { Threads::all() } else { Threads::new(1) };
            let mut index: Shape = batch.iter().map(|_| 0).collect();
            for c in result.chunks_exact_mut(m * n) {
                product_with(&threads, left.matrix(&index), right.matrix(&index), Start::Zero, c);
                advance(index.axes_mut(), &batch);
            }
        }
        Tensor::from_buffer(result, shape)
    }

    /// The matrix of the last two axes at this index of the leading axes.
    fn matrix(&self, index: &[usize]) -> Matrix<'_, T> {
        let (data, shape, strides) = self.parts();
        let start: usize = index.iter().zip(&**strides).map(|(i, stride)| i * stride).sum();
        let last = |of: &Shape| [of[of.len() - 2], of[of.len() - 1]];
        Matrix::strided(data.get(start..).unwrap_or(&[]), last(shape), last(strides))
    }
}
