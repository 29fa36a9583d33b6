//! Which axes a reduction runs over, and what becomes of them.

use tensor::{Float, Shape, Tensor};

use crate::error::Result;

/// The axes of a reduction.
#[derive(Clone, Debug)]
pub(super) enum Axes {
    /// All elements; the result is a scalar.
    All,
    /// These; they stay with length 1 if `keep`, else go.
    These { axes: Vec<usize>, keep: bool },
}

impl Axes {
    /// The result of a reduction of an input of shape `input`, repeated over what was reduced.
    ///
    /// The axes must be those of `input`: the tensor's reduction has checked them.
    pub(super) fn spread<T: Float>(
        &self,
        result: &Tensor<T>,
        input: &[usize],
    ) -> Result<Tensor<T>> {
        Ok(result.reshape(self.kept(input))?.broadcast_to(input)?)
    }

    /// The sums over the axes, in the shape of the reduction's result.
    pub(super) fn sum<T: Float>(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        Ok(match self {
            Axes::All => Tensor::scalar(x.sum()),
            Axes::These { axes, keep } => x.sum_axes(axes, *keep)?,
        })
    }

    /// The number of elements that become one.
    pub(super) fn count(&self, input: &[usize]) -> usize {
        match self {
            Axes::All => input.iter().product(),
            Axes::These { axes, .. } => axes.iter().map(|&axis| input[axis]).product(),
        }
    }

    /// The result's shape if all axes stay.
    fn kept(&self, input: &[usize]) -> Shape {
        let reduced = |axis| match self {
            Axes::All => true,
            Axes::These { axes, .. } => axes.contains(&axis),
        };
        let lengths = input.iter().enumerate();
        let lengths: Vec<usize> =
            lengths.map(|(axis, &length)| if reduced(axis) { 1 } else { length }).collect();
        Shape::from(&lengths[..])
    }
}
