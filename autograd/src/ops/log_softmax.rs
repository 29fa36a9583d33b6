//! The logarithm of softmax, without computing softmax.
//!
//! y  = x − ln Σ eˣ, computed as (x − m) − ln Σ eˣ⁻ᵐ with m = max x
//! dx = dy − eʸ ∘ Σ dy
//!
//! shapes: y as x; Σ and max along the axis

use tensor::{Float, Tensor, math};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x − ln Σ eˣ along an axis, the logarithm of softmax; dx = dy − eʸ ∘ Σ dy.
#[derive(Clone, Copy, Debug)]
pub struct LogSoftmax {
    /// The axis along which eʸ sums to 1.
    pub axis: usize,
}

impl<T: Float> Op<T, 1> for LogSoftmax {
    fn name(&self) -> &'static str {
        "log_softmax"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        log_softmax(x, self.axis)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || {
            let sum = dy.sum_axes(&[self.axis], true)?;
            let share = y.zip(&sum, |y, sum| math::exp(y) * sum)?;
            Ok(dy.zip(&share, |dy, share| dy - share)?)
        })?])
    }
}

/// (x − m) − ln Σ eˣ⁻ᵐ along `axis`. x − (m + ln Σ eˣ⁻ᵐ) would lose as many digits as m has before
/// the decimal point.
pub(super) fn log_softmax<T: Float>(x: &Tensor<T>, axis: usize) -> Result<Tensor<T>> {
    let max = x.max_axes_or(&[axis], true, T::neg_infinity())?;
    let below = x.zip(&max, |x, max| x - max)?;
    let sum = below.map(math::exp).sum_axes(&[axis], true)?;
    Ok(below.zip(&sum.map(math::ln), |below, ln_sum| below - ln_sum)?)
}

impl<T: Float> Var<'_, T> {
    /// The logarithm of [`softmax`](Var::softmax) along `axis`, without computing it.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn log_softmax(self, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("log_softmax", axis)?;
        self.tape().apply(LogSoftmax { axis }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(LogSoftmax { axis: 1 }, [normal([2, 3])]),
        grad_case!(LogSoftmax { axis: 0 }, [normal([3, 2])]).named("axis 0"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("log_softmax", |given| given.x(0).log_softmax(given.whole("axis")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn improbable_stays_finite() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1000.0, 0.0]]));
        let y = x.log_softmax(1).unwrap();
        assert_eq!(y.value(), Tensor::from([[0.0, -1000.0]]));
        let gradients = y.backward_with(Tensor::from([[0.0, 1.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[-1.0, 1.0]]));
    }
}
