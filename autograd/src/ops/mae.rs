//! The mean absolute error.
//!
//! y  = Σ |a − b| / n, n the number of elements
//! da = dy ∘ sign(a − b) / n, 0 where a = b
//! db = −da
//!
//! shapes: a and b equal, y `[]`

use tensor::{Float, Tensor};

use super::mse::check_equal;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean of |a − b|; da = dy ∘ sign(a − b) / n, db = −da. PyTorch's `l1_loss`.
///
/// The shapes must be equal. Where a = b, at the kink, the gradient is 0.
#[derive(Clone, Copy, Debug)]
pub struct Mae;

impl<T: Float> Op<T, 2> for Mae {
    fn name(&self) -> &'static str {
        "mae"
    }

    fn forward(&mut self, [a, b]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("mae", a, b)?;
        Ok(Tensor::scalar(a.zip(b, |a, b| (a - b).abs())?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [a, b] = call.inputs;
        let scale = dy.item()? / T::of(a.len() as f64);
        // Not `signum`, which is ±1 at ±0.
        let slope = |d: T| if d.is_zero() { d } else { scale * d.signum() };
        Ok([
            call.wanted(0, || Ok(a.zip(b, |a, b| slope(a - b))?))?,
            call.wanted(1, || Ok(a.zip(b, |a, b| slope(b - a))?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of |self − target|.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    #[doc(alias = "l1_loss")]
    pub fn mae(self, target: Self) -> Result<Self> {
        self.tape().apply(Mae, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::away_from_zero;
    // The differences stay away from the kink.
    let zeros = || Tensor::zeros([2, 3]).into();
    vec![
        grad_case!(Mae, [away_from_zero([2, 3]), zeros()]),
        grad_case!(Mae, [zeros(), away_from_zero([2, 3])]).named("the other way"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("mae", |given| given.x(0).mae(given.x(1)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn off_by_two_below_by_four_above_and_not_at_all() {
        let tape = Tape::new();
        let [a, b] =
            [[1.0, 9.0, 7.0, 0.0], [3.0, 5.0, 7.0, 0.0]].map(|x| tape.parameter(Tensor::from(x)));
        let y = a.mae(b).unwrap();
        assert_eq!(y.value(), Tensor::scalar(1.5));
        let gradients = y.backward().unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([-0.25, 0.25, 0.0, 0.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([0.25, -0.25, 0.0, 0.0]));
    }
}
