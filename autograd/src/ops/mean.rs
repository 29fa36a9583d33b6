//! The mean over all elements or along axes.
//!
//! y  = Σ x / n, n the number of elements that are reduced to one
//! dx = dy / n, repeated over them
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are averaged

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ x / n over all elements or along axes; dx = dy / n, repeated. NaN if there are no
/// elements.
#[derive(Clone, Debug)]
pub struct Mean {
    axes: Axes,
}

impl Mean {
    /// Over all elements: the result is a scalar.
    pub fn all() -> Self {
        Mean { axes: Axes::All }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool) -> Self {
        Mean { axes: Axes::These { axes: axes.to_vec(), keep } }
    }

    /// The axes, and whether they are retained with length 1; `None` for all elements.
    pub fn axes(&self) -> Option<(&[usize], bool)> {
        self.axes.these()
    }
}

impl<T: Float> Op<T, 1> for Mean {
    fn name(&self) -> &'static str {
        "mean"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(match &self.axes {
            Axes::All => Tensor::scalar(x.mean()),
            Axes::These { axes, keep } => x.mean_axes(axes, *keep)?,
        })
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let n = T::of(self.axes.count(x.shape()) as f64);
            self.axes.spread(&dy.map(|dy| dy / n), x.shape())
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of all elements: a scalar.
    pub fn mean(self) -> Result<Self> {
        self.tape().apply(Mean::all(), [self])
    }

    /// The mean over `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn mean_axes(self, axes: &[impl Axis], keep: bool) -> Result<Self> {
        let axes = self.axes("mean", axes)?;
        self.tape().apply(Mean::over(&axes, keep), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Mean::all(), [normal([2, 3])]),
        grad_case!(Mean::over(&[0], false), [normal([2, 3])]).named("axis 0"),
        grad_case!(Mean::over(&[0, 2], true), [normal([2, 3, 2])]).named("two, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("mean", |given| match given.axes() {
        None => given.x(0).mean(),
        Some((axes, keep)) => given.x(0).mean_axes(&axes, keep),
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn each_of_four_counts_a_quarter() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 6.0]]));
        let y = x.mean().unwrap();
        assert_eq!(y.value().item(), Ok(3.0));
        assert_eq!(*y.backward().unwrap().of(x).unwrap(), Tensor::full([2, 2], 0.25));
    }
}
