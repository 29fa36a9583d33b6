//! The smooth L1 loss: the absolute error, squared near the target.
//!
//! y  = Σ s(a − b) / n, n the number of elements,
//!      s(d) = d²/2β for |d| < β, |d| − β/2 beyond
//! da = dy ∘ s'(a − b) / n, s'(d) = d/β for |d| < β, sign d beyond
//! db = −da
//!
//! shapes: a and b equal, y `[]`

use tensor::{Float, Tensor};

use super::mse::check_equal;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean of s(a − b), s(d) = d²/2β for |d| < β, |d| − β/2 beyond;
/// da = dy ∘ ((a − b)/β, clamped to ±1) / n, db = −da. PyTorch's `smooth_l1_loss`.
///
/// It is [`Huber`](super::Huber) divided by β, and with β = 0 [`Mae`](super::Mae). The shapes must
/// be equal.
#[derive(Clone, Copy, Debug)]
pub struct SmoothL1<T> {
    /// β, beyond which the loss is linear; at least 0.
    pub beta: T,
}

impl<T: Float> Op<T, 2> for SmoothL1<T> {
    fn name(&self) -> &'static str {
        "smooth_l1"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let beta = self.beta;
        if beta.is_nan() || beta < T::zero() {
            let rule = format!("beta is {beta}; it must be at least 0");
            return Err(Error::invalid("smooth_l1", rule));
        }
        check_equal("smooth_l1", a, b)?;
        let half = T::of(0.5);
        let loss = |a: T, b: T| {
            let size = (a - b).abs();
            if size < beta { half * size * size / beta } else { size - half * beta }
        };
        Ok(Tensor::scalar(a.zip(b, loss)?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let (beta, scale) = (self.beta, dy.item()? / T::of(a.len() as f64));
        let slope = |d: T| {
            if d.is_zero() {
                d // also at the kink of β = 0, where `signum` is ±1
            } else if d.abs() < beta {
                scale * d / beta
            } else {
                scale * d.signum()
            }
        };
        Ok([
            call.wanted(0, || Ok(a.zip(b, |a, b| slope(a - b))?))?,
            call.wanted(1, || Ok(a.zip(b, |a, b| slope(b - a))?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of d²/(2·`beta`) for |d| < `beta` and of |d| − `beta`/2 beyond, d = self − target.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `beta` is below 0.
    #[doc(alias = "smooth_l1_loss")]
    pub fn smooth_l1(self, target: Self, beta: T) -> Result<Self> {
        self.tape().apply(SmoothL1 { beta }, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, normal};
    fn op<T: Float>(beta: f64) -> SmoothL1<T> {
        SmoothL1 { beta: T::of(beta) }
    }
    vec![
        grad_case!(op(1.0), [normal([3, 4]), normal([3, 4])]),
        grad_case!(op(20.0), [normal([2, 2]), normal([2, 2])]).named("squared"),
        grad_case!(op(0.0), [away_from_zero([2, 3]), Tensor::zeros([2, 3]).into()])
            .named("absolute"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("smooth_l1", |given| given.x(0).smooth_l1(given.x(1), given.number("beta")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn near_and_far() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, -5.0, 100.0, 0.0]));
        let b = tape.parameter(Tensor::zeros([4]));
        let y = a.smooth_l1(b, 2.0).unwrap();
        assert_eq!(y.value(), Tensor::scalar((0.25 + 4.0 + 99.0) / 4.0));
        let gradients = y.backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([0.125, -0.25, 0.25, 0.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([-0.125, 0.25, -0.25, 0.0]));
        assert_eq!(a.smooth_l1(b, 0.0).unwrap().value(), a.mae(b).unwrap().value());
        assert_eq!(
            a.smooth_l1(b, -1.0).unwrap_err().to_string(),
            "smooth_l1: beta is -1; it must be at least 0"
        );
    }
}
