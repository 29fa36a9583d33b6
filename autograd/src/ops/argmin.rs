//! The index of the least element along an axis.
//!
//! y  = the index of the first least x
//!
//! shapes: y is x without the axis (or with length 1 there)

use tensor::{Float, Tensor};

use super::argmax::{ArgMax, indices};
use crate::axis::Axis;
use crate::error::Result;
use crate::op::NoGradOp;
use crate::var::Var;

/// y = the index of the first least x along an axis. It has no gradient; the least x itself,
/// [`Min`](super::Min), has. Indices are as in [`ArgMax`].
#[derive(Clone, Copy, Debug)]
pub struct ArgMin {
    /// The axis along which the elements are compared.
    pub axis: usize,
    /// Whether the axis is retained with length 1.
    pub keep: bool,
}

impl<T: Float> NoGradOp<T, 1> for ArgMin {
    fn name(&self) -> &'static str {
        "argmin"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let ArgMin { axis, keep } = *self;
        indices(x, (-x).argmax(axis)?, ArgMax { axis, keep })
    }
}

impl<T: Float> Var<'_, T> {
    /// The index of the first least element along `axis`, which is retained with length 1 if
    /// `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If self requires a gradient, since an index has none (see [`detach`](Var::detach)), or there
    /// is no such axis.
    pub fn argmin(self, axis: impl Axis, keep: bool) -> Result<Self> {
        let axis = self.axis("argmin", axis)?;
        self.tape().apply_without_gradient(ArgMin { axis, keep }, [self])
    }
}

#[cfg(test)]
pub(super) fn uses(x: crate::Var<'_, f64>) -> Vec<Result<crate::Var<'_, f64>>> {
    vec![x.argmin(0, false), x.argmin(1, true)]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("argmin", |given| given.x(0).argmin(given.whole("axis"), false))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_first_of_equals() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::from([[5.0, 1.0, 1.0], [4.0, 3.0, 2.0]]));
        assert_eq!(x.argmin(1, false).unwrap().value(), Tensor::from([1.0, 2.0]));
        assert_eq!(x.argmin(0, true).unwrap().value(), Tensor::from([[1.0, 0.0, 0.0]]));
    }
}
