//! The maximum of all elements or along axes.
//!
//! y  = max x
//! dx = dy where x is the greatest, 0 elsewhere; divided equally if several are
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are compared

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = max x over all elements or along axes; dx = dy where x is the greatest, divided equally if
/// several are.
///
/// A NaN gives NaN; no elements give −∞.
#[derive(Clone, Debug)]
pub struct Max {
    axes: Axes,
}

impl Max {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Max { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Max { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for Max {
    fn name(&self) -> &'static str {
        "max"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        self.axes.reduce(x, Tensor::max_axes)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        Ok([call.wanted(0, || to_the_extreme(&self.axes, x, y, dy))?])
    }
}

/// dy where x = y, y being the greatest or the least along the axes; divided equally if several
/// are.
pub(super) fn to_the_extreme<T: Float>(
    axes: &Axes,
    x: &Tensor<T>,
    y: &Tensor<T>,
    dy: &Tensor<T>,
) -> Result<Tensor<T>> {
    let extreme =
        x.zip(&axes.spread(y, x.shape())?, |x, y| if x == y { T::one() } else { T::zero() })?;
    let shares = axes.spread(&axes.sum(&extreme)?, x.shape())?;
    let dy = axes.spread(dy, x.shape())?;
    Ok(extreme.zip(&shares, |one, shares| one / shares)?.zip(&dy, |share, dy| share * dy)?)
}

impl<T: Float> Var<'_, T> {
    /// The greatest element: a scalar.
    #[doc(alias = "amax")]
    pub fn max(self) -> Result<Self> {
        self.tape().apply(Max::all(), [self])
    }

    /// The greatest element along `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn max_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("max", axes)?;
        self.tape().apply(Max::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::distinct;
    vec![
        grad_case!(Max::all(), [distinct([2, 3])]),
        grad_case!(Max::over(&[1], false), [distinct([2, 3])]).named("axis 1"),
        grad_case!(Max::over(&[0, 2], true), [distinct([2, 3, 2])]).named("two, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("max", |given| match given.axes() {
        None => given.x(0).max(),
        Some((axes, keep)) => given.x(0).max_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn two_greatest_share_the_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0, 5.0], [4.0, 3.0, 2.0]]));
        let y = x.max_axes(&[1], false).unwrap();
        assert_eq!(y.value(), Tensor::from([5.0, 4.0]));
        let gradients = y.backward_with(Tensor::from([6.0, 7.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[0.0, 3.0, 3.0], [7.0, 0.0, 0.0]]));
    }
}
