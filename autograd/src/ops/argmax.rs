//! The index of the greatest element along an axis.
//!
//! y  = the index of the first greatest x
//!
//! shapes: y is x without the axis (or with length 1 there)

use tensor::{Float, Shape, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::NoGradOp;
use crate::var::Var;

/// y = the index of the first greatest x along an axis. It has no gradient; the greatest x itself,
/// [`Max`](super::Max), has.
///
/// Indices on a tape are floating-point numbers; an `f32` is exact up to 2²⁴. [`Tensor::argmax`]
/// returns them as `usize`. A NaN is never the greatest.
#[derive(Clone, Copy, Debug)]
pub struct ArgMax {
    /// The axis along which the elements are compared.
    pub axis: usize,
    /// Whether the axis is retained with length 1.
    pub keep: bool,
}

impl<T: Float> NoGradOp<T, 1> for ArgMax {
    fn name(&self) -> &'static str {
        "argmax"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        indices(x, x.argmax(self.axis)?, *self)
    }
}

/// Returns the indices as a tensor with the shape of `x` without the axis, or with length 1 there.
pub(super) fn indices<T: Float>(
    x: &Tensor<T>,
    found: Vec<usize>,
    ArgMax { axis, keep }: ArgMax,
) -> Result<Tensor<T>> {
    let mut shape = x.shape().to_vec();
    if keep {
        shape[axis] = 1;
    } else {
        shape.remove(axis);
    }
    let found = found.into_iter().map(|index| T::of(index as f64)).collect();
    Ok(Tensor::from_vec(found, Shape::from(&shape[..]))?)
}

impl<T: Float> Var<'_, T> {
    /// The index of the first greatest element along `axis`, which is retained with length 1 if
    /// `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If self requires a gradient, since an index has none (see [`detach`](Var::detach)), or there
    /// is no such axis.
    pub fn argmax(self, axis: impl Axis, keep: bool) -> Result<Self> {
        let axis = self.axis("argmax", axis)?;
        self.tape().apply_without_gradient(ArgMax { axis, keep }, [self])
    }
}

#[cfg(test)]
pub(super) fn uses(x: crate::Var<'_, f64>) -> Vec<Result<crate::Var<'_, f64>>> {
    vec![x.argmax(0, false), x.argmax(1, true)]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("argmax", |given| given.x(0).argmax(given.whole("axis"), false))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_first_of_equals() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::from([[1.0, 5.0, 5.0], [4.0, 3.0, 2.0]]));
        assert_eq!(x.argmax(1, false).unwrap().value(), Tensor::from([1.0, 0.0]));
        assert_eq!(x.argmax(0, true).unwrap().value(), Tensor::from([[1.0, 0.0, 0.0]]));
    }
}
