//! The Huber loss: squared near the target, linear far from it.
//!
//! y  = Σ h(a − b) / n, n the number of elements,
//!      h(d) = d²/2 for |d| ≤ δ, δ·(|d| − δ/2) beyond
//! da = dy ∘ h'(a − b) / n, h'(d) = d for |d| ≤ δ, δ·sign d beyond
//! db = −da
//!
//! shapes: a and b equal, y `[]`

use tensor::{Float, Tensor};

use super::mse::check_equal;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean of h(a − b), h(d) = d²/2 for |d| ≤ δ, δ·(|d| − δ/2) beyond;
/// da = dy ∘ (a − b, clamped to ±δ) / n, db = −da. PyTorch's `huber_loss`.
///
/// The shapes must be equal.
#[derive(Clone, Copy, Debug)]
pub struct Huber<T> {
    /// δ, beyond which the loss is linear; positive.
    pub delta: T,
}

impl<T: Float> Op<T, 2> for Huber<T> {
    fn name(&self) -> &'static str {
        "huber"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        let delta = self.delta;
        if delta.is_nan() || delta <= T::zero() {
            return Err(Error::invalid("huber", format!("delta is {delta}; it must be positive")));
        }
        check_equal("huber", a, b)?;
        let half = T::of(0.5);
        let loss = |a: T, b: T| {
            let size = (a - b).abs();
            if size <= delta { half * size * size } else { delta * (size - half * delta) }
        };
        Ok(Tensor::scalar(a.zip(b, loss)?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let (delta, scale) = (self.delta, dy.item()? / T::of(a.len() as f64));
        // `signum` passes NaN through; `clamp` would not.
        let slope = |d: T| scale * if d.abs() <= delta { d } else { delta * d.signum() };
        Ok([
            call.wanted(0, || Ok(a.zip(b, |a, b| slope(a - b))?))?,
            call.wanted(1, || Ok(a.zip(b, |a, b| slope(b - a))?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of d²/2 for |d| ≤ `delta` and of `delta`·(|d| − `delta`/2) beyond, d = self −
    /// target.
    ///
    /// # Errors
    ///
    /// If the shapes differ, or `delta` is not positive.
    #[doc(alias = "huber_loss")]
    pub fn huber(self, target: Self, delta: T) -> Result<Self> {
        self.tape().apply(Huber { delta }, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(delta: f64) -> Huber<T> {
        Huber { delta: T::of(delta) }
    }
    vec![
        grad_case!(op(1.0), [normal([3, 4]), normal([3, 4])]),
        grad_case!(op(0.1), [normal([5]), normal([5])]).named("mostly linear"),
        grad_case!(op(20.0), [normal([2, 2]), normal([2, 2])]).named("squared"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("huber", |given| given.x(0).huber(given.x(1), given.number("delta")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn near_and_far() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([1.0, -5.0, 100.0, -100.0]));
        let b = tape.parameter(Tensor::zeros([4]));
        let y = a.huber(b, 2.0).unwrap();
        assert_eq!(y.value(), Tensor::scalar((0.5 + 8.0 + 198.0 + 198.0) / 4.0));
        let gradients = y.backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([0.25, -0.5, 0.5, -0.5]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([-0.25, 0.5, -0.5, 0.5]));
        assert_eq!(
            a.huber(b, 0.0).unwrap_err().to_string(),
            "huber: delta is 0; it must be positive"
        );
    }
}
