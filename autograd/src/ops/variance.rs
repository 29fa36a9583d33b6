//! The variance of all elements or along axes.
//!
//! y  = Σ (x − m)² / (n − c), m the mean of the n elements that are reduced to one, c a correction
//! dx = dy ∘ 2(x − m) / (n − c); the gradients through m add up to 0
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are taken
//!
//! It is not computed as the mean of x² minus m², which cancels where m is large.

use tensor::{Float, Tensor};

use super::axes::Axes;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = Σ (x − m)² / (n − c) over all elements or along axes; dx = dy ∘ 2(x − m) / (n − c).
///
/// The correction c is 0 for the variance of the elements themselves (as in normalization layers),
/// 1 for the unbiased estimate from a sample (PyTorch's default). NaN where n ≤ c.
#[derive(Clone, Debug)]
pub struct Variance {
    pub(super) axes: Axes,
    correction: usize,
}

impl Variance {
    /// Over all elements: the result is a scalar.
    pub fn all(correction: usize) -> Self {
        Variance { axes: Axes::All, correction }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool, correction: usize) -> Self {
        Variance { axes: Axes::These { axes: axes.to_vec(), keep }, correction }
    }

    /// n − c, or NaN if that is not positive.
    pub(super) fn divisor<T: Float>(&self, shape: &[usize]) -> T {
        match self.axes.count(shape).checked_sub(self.correction) {
            Some(n) if n > 0 => T::of(n as f64),
            _ => T::nan(),
        }
    }

    /// x − m
    pub(super) fn centred<T: Float>(&self, x: &Tensor<T>) -> Result<Tensor<T>> {
        // The sum first: it refuses axes that do not exist.
        let sum = self.axes.sum(x)?;
        let n = T::of(self.axes.count(x.shape()) as f64);
        let mean = sum.map(|sum| sum / n);
        Ok(x.zip(&self.axes.spread(&mean, x.shape())?, |x, mean| x - mean)?)
    }
}

impl<T: Float> Op<T, 1> for Variance {
    fn name(&self) -> &'static str {
        "variance"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let squares = self.centred(x)?.map(|x| x * x);
        let divisor = self.divisor(x.shape());
        Ok(self.axes.sum(&squares)?.map(|sum| sum / divisor))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let factor = T::of(2.0) / self.divisor(x.shape());
            let dy = self.axes.spread(dy, x.shape())?;
            Ok(self.centred(x)?.zip(&dy, |x, dy| x * factor * dy)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Σ (x − mean)² / (n − `correction`) over all n elements: a scalar. The correction is 0 for
    /// the variance of the elements, 1 for the unbiased estimate from a sample.
    #[doc(alias = "var")]
    pub fn variance(self, correction: usize) -> Result<Self> {
        self.tape().apply(Variance::all(correction), [self])
    }

    /// The variance over `axes`, which are retained with length 1 if `keep`, else removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn variance_axes(self, axes: &[impl Axis], keep: bool, correction: usize) -> Result<Self> {
        let axes = self.axes("variance", axes)?;
        self.tape().apply(Variance::over(&axes, keep, correction), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Variance::all(0), [normal([2, 3])]),
        grad_case!(Variance::all(1), [normal([2, 3])]).named("unbiased"),
        grad_case!(Variance::over(&[0], false, 1), [normal([3, 2])]).named("axis 0"),
        grad_case!(Variance::over(&[0, 2], true, 0), [normal([2, 3, 2])]).named("two, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("variance", |given| {
        let correction = given.whole("correction");
        match given.axes() {
            None => given.x(0).variance(correction),
            Some((axes, keep)) => given.x(0).variance_axes(&axes, keep, correction),
        }
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_large_mean_does_not_cancel() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 6.0]));
        let y = x.variance(0).unwrap();
        assert_eq!(y.value().item(), Ok(3.5));
        assert_eq!(x.variance_axes(&[0], true, 1).unwrap().value(), Tensor::from([14.0 / 3.0]));
        let gradients = y.backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-1.0, -0.5, 0.0, 1.5]));
    }

    #[test]
    fn one_element_has_no_unbiased_variance() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::from([5.0_f64]));
        assert_eq!(x.variance(0).unwrap().value().item(), Ok(0.0));
        assert!(x.variance(1).unwrap().value().item().unwrap().is_nan());
    }

    #[test]
    fn an_axis_that_is_not_there_is_refused() {
        let tape = Tape::new();
        let error = tape.constant(Tensor::from([5.0])).variance_axes(&[1], false, 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "variance: [1]: there is no axis 1; the axes are counted from 0"
        );
    }
}
