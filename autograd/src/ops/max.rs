//! The greatest element, of all or along axes.
//!
//! y  = max x
//! dx = dy where x is the greatest, 0 elsewhere; where several are, each gets an equal share
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are compared

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::error::Result;
use crate::op::{Call, Op};

/// y = max x over all elements or along axes; dx = dy where x is the greatest, in equal shares if
/// several are.
///
/// NaN where there is one, and −∞ where there are no elements.
#[derive(Clone, Debug)]
pub struct Max {
    axes: Axes,
}

impl Max {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Max { axes: Axes::All }
    }

    /// Along `axes`, which stay with length 1 if `keep`, else go.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Max { axes: Axes::These { axes: axes.to_vec(), keep } }
    }
}

impl<T: Float> Op<T, 1> for Max {
    fn name(&self) -> &'static str {
        "max"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(match &self.axes {
            Axes::All => x.max_axes(&(0..x.rank()).collect::<Vec<_>>(), false)?,
            Axes::These { axes, keep } => x.max_axes(axes, *keep)?,
        })
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        Ok([call.wanted(0, || {
            let y = self.axes.spread(y, x.shape())?;
            let greatest = x.zip(&y, |x, y| if x == y { T::one() } else { T::zero() })?;
            let shares = self.axes.spread(&self.axes.sum(&greatest)?, x.shape())?;
            let dy = self.axes.spread(dy, x.shape())?;
            Ok(greatest.zip(&shares, |one, shares| one / shares)?.zip(&dy, |share, dy| share * dy)?)
        })?])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::gradcheck::{GradCase, distinct};
    vec![
        GradCase::new(Max::all, [distinct([2, 3])]),
        GradCase::new(|| Max::over(&[1], false), [distinct([2, 3])]).named("axis 1"),
        GradCase::new(|| Max::over(&[0, 2], true), [distinct([2, 3, 2])]).named("two, kept"),
    ]
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
