//! The product of all elements or along axes.
//!
//! y  = Π x
//! dx = dy ∘ Π of the others, computed from both ends instead of as y/x, so that it is right where
//!      an x is 0
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are multiplied

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Π x over all elements or along axes; dx = dy ∘ Π of the others. 1 where there are no
/// elements.
#[derive(Clone, Debug)]
pub struct Prod {
    axes: Axes,
}

impl Prod {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Prod { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Prod { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for Prod {
    fn name(&self) -> &'static str {
        "prod"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        self.axes.reduce(x, Tensor::prod_axes)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let others = self.axes.map_rows(x, products_of_the_others)?;
            let dy = self.axes.spread(dy, x.shape())?;
            Ok(others.zip(&dy, |others, dy| others * dy)?)
        })?])
    }
}

/// Replaces each element by the product of the others: of those before it times those after it.
fn products_of_the_others<T: Float>(row: &mut [T]) {
    let mut before = Vec::with_capacity(row.len());
    let mut product = T::one();
    for &x in &*row {
        before.push(product);
        product = product * x;
    }
    let mut after = T::one();
    for (x, before) in row.iter_mut().zip(before).rev() {
        let others = before * after;
        after = after * *x;
        *x = others;
    }
}

impl<T: Float> Var<'_, T> {
    /// The product of all elements: a scalar.
    pub fn prod(self) -> Result<Self> {
        self.tape().apply(Prod::all(), [self])
    }

    /// The product over `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn prod_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("prod", axes)?;
        self.tape().apply(Prod::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    let zeros = || Tensor::from([[0.0, 2.0, 3.0], [0.0, 0.0, 4.0]]);
    vec![
        grad_case!(Prod::all(), [normal([2, 3])]),
        grad_case!(Prod::over(&[0], false), [normal([2, 3])]).named("axis 0"),
        grad_case!(Prod::over(&[2, 0], false), [normal([2, 3, 2])]).named("axes 2 and 0"),
        grad_case!(Prod::over(&[1], true), [zeros()]).named("zeros, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("prod", |given| match given.axes() {
        None => given.x(0).prod(),
        Some((axes, keep)) => given.x(0).prod_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_zero_leaves_a_slope_and_two_leave_none() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[2.0, 3.0, 4.0], [0.0, 3.0, 4.0], [0.0, 0.0, 4.0]]));
        let y = x.prod_axes(&[1], false).unwrap();
        assert_eq!(y.value(), Tensor::from([24.0, 0.0, 0.0]));
        let gradients = y.backward_with(Tensor::from([1.0, 1.0, 1.0])).unwrap();
        let expected = [[12.0, 8.0, 6.0], [12.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from(expected));
    }
}
