//! The minimum of all elements or along axes.
//!
//! y  = min x
//! dx = dy where x is the least, 0 elsewhere; divided equally if several are
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are compared

use tensor::{Float, Tensor};

use super::axes::Axes;
use super::max::to_the_extreme;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = min x over all elements or along axes; dx = dy where x is the least, divided equally if
/// several are.
///
/// A NaN gives NaN; no elements give ∞.
#[derive(Clone, Debug)]
pub struct Min {
    axes: Axes,
}

impl Min {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Min { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Min { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for Min {
    fn name(&self) -> &'static str {
        "min"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        self.axes.reduce(x, Tensor::min_axes)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        Ok([call.wanted(0, || to_the_extreme(&self.axes, x, y, dy))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The least element: a scalar.
    #[doc(alias = "amin")]
    pub fn min(self) -> Result<Self> {
        self.tape().apply(Min::all(), [self])
    }

    /// The least element along `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn min_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("min", axes)?;
        self.tape().apply(Min::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::distinct;
    vec![
        grad_case!(Min::all(), [distinct([2, 3])]),
        grad_case!(Min::over(&[0], false), [distinct([2, 3])]).named("axis 0"),
        grad_case!(Min::over(&[2, 0], true), [distinct([2, 3, 2])]).named("two, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("min", |given| match given.axes() {
        None => given.x(0).min(),
        Some((axes, keep)) => given.x(0).min_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn two_least_share_the_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0, 1.0], [4.0, 3.0, 2.0]]));
        let y = x.min_axes(&[1], false).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 2.0]));
        let gradients = y.backward_with(Tensor::from([6.0, 7.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[3.0, 0.0, 3.0], [0.0, 0.0, 7.0]]));
        assert_eq!(x.min().unwrap().value().item(), Ok(1.0));
    }
}
