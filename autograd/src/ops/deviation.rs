//! The standard deviation of all elements or along axes.
//!
//! y  = √(Σ (x − m)² / (n − c)), m the mean of the n elements that are reduced to one, c a
//!      correction
//! dx = dy ∘ (x − m) / ((n − c)·y), and 0 where y = 0
//!
//! shapes: y is x without the axes (or with length 1 there), a scalar if all are taken

use tensor::{Float, Tensor};

use super::variance::Variance;
use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = √(Σ (x − m)² / (n − c)) over all elements or along axes; dx = dy ∘ (x − m) / ((n − c)·y).
///
/// PyTorch's and NumPy's `std`. The correction c is the same as for [`Variance`]: 0 is NumPy's
/// default, 1 PyTorch's. Where all elements are equal, y and dx are 0, as in PyTorch: the kink is
/// that of |x| at 0. NaN where n ≤ c.
#[derive(Clone, Debug)]
pub struct Deviation {
    variance: Variance,
}

impl Deviation {
    /// Over all elements: the result is a scalar.
    pub fn all(correction: usize) -> Self {
        Deviation { variance: Variance::all(correction) }
    }

    /// Along `axes`, which are retained with length 1 if `keep`, else removed.
    pub fn over(axes: &[usize], keep: bool, correction: usize) -> Self {
        Deviation { variance: Variance::over(axes, keep, correction) }
    }
}

impl<T: Float> Op<T, 1> for Deviation {
    fn name(&self) -> &'static str {
        "std"
    }

    fn forward(&mut self, inputs: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(self.variance.forward(inputs)?.map(|variance| variance.sqrt()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], y) = (call.inputs, call.output);
        Ok([call.wanted(0, || {
            let divisor = self.variance.divisor::<T>(x.shape());
            let share = |dy: T, y: T| if y == T::zero() { y } else { dy / (divisor * y) };
            let share = self.variance.axes.spread(&dy.zip(y, share)?, x.shape())?;
            Ok(self.variance.centred(x)?.zip(&share, |x, share| x * share)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The standard deviation √(Σ (x − mean)² / (n − `correction`)) of all n elements: a scalar.
    /// The correction is 0 for the standard deviation of the elements, 1 for the estimate from a
    /// sample.
    #[doc(alias = "standard_deviation")]
    pub fn std(self, correction: usize) -> Result<Self> {
        self.tape().apply(Deviation::all(correction), [self])
    }

    /// The standard deviation over `axes`, which are retained with length 1 if `keep`, else
    /// removed.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or one is repeated.
    pub fn std_axes(self, axes: &[impl Axis], keep: bool, correction: usize) -> Result<Self> {
        let axes = self.axes("std", axes)?;
        self.tape().apply(Deviation::over(&axes, keep, correction), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Deviation::all(0), [normal([2, 3])]),
        grad_case!(Deviation::all(1), [normal([2, 3])]).named("of a sample"),
        grad_case!(Deviation::over(&[0], false, 1), [normal([3, 2])]).named("axis 0"),
        grad_case!(Deviation::over(&[0, 2], true, 0), [normal([2, 3, 2])]).named("two, kept"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("std", |given| {
        let correction = given.whole("correction");
        match given.axes() {
            None => given.x(0).std(correction),
            Some((axes, keep)) => given.x(0).std_axes(&axes, keep, correction),
        }
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_pair_and_equals() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 5.0], [3.0, 3.0]]));
        let y = x.std_axes(&[1], false, 0).unwrap();
        assert_eq!(y.value(), Tensor::from([2.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[-0.5, 0.5], [0.0, 0.0]]));
        assert!(
            tape.constant(Tensor::from([5.0_f64])).std(1).unwrap().value().item().unwrap().is_nan()
        );
        assert_eq!(
            x.std_axes(&[2], false, 0).unwrap_err().to_string(),
            "std: [2, 2]: there is no axis 2; the axes are counted from 0"
        );
    }
}
