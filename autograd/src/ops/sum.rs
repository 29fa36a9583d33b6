//! The sum over all elements or along axes.
//!
//! y  = Σ x
//! dx = dy, repeated over what was summed
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are summed

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ x over all elements or along axes; dx = dy, repeated over what was summed.
#[derive(Clone, Debug)]
pub struct Sum {
    axes: Axes,
}

impl Sum {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Sum { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Sum { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        self.axes.sum(x)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || self.axes.spread(dy, x.shape()))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The sum of all elements: a scalar.
    pub fn sum(self) -> Result<Self> {
        self.tape().apply(Sum::all(), [self])
    }

    /// The sum over `axes`, which are retained with length 1 if `keep`, else removed. As in all
    /// reductions, an empty list of axes reduces no axis.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn sum_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("sum", axes)?;
        self.tape().apply(Sum::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Sum::all(), [normal([2, 3])]),
        grad_case!(Sum::over(&[0], false), [normal([2, 3])]).named("axis 0"),
        grad_case!(Sum::over(&[2, 0], false), [normal([2, 3, 2])]).named("axes 2 and 0"),
        grad_case!(Sum::over(&[1], true), [normal([2, 3])]).named("axis 1, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sum", |given| match given.axes() {
        None => given.x(0).sum(),
        Some((axes, keep)) => given.x(0).sum_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_sum_of_columns_gives_each_row_the_same_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let y = x.sum_axes(&[0], false).unwrap();
        assert_eq!(y.value(), Tensor::from([4.0, 6.0]));
        let gradients = y.backward_with(Tensor::from([10.0, 20.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[10.0, 20.0], [10.0, 20.0]]));
    }
}
