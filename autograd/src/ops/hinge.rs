//! The hinge loss of a margin classifier.
//!
//! y  = Σ max(0, margin − t∘x) / n, n the number of elements
//! dx = −dy ∘ t / n where t∘x < margin, 0 elsewhere
//! dt = −dy ∘ x / n there
//!
//! shapes: x and t equal, y `[]`

use tensor::{Float, Tensor};

use super::mse::check_equal;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = mean of max(0, margin − t∘x) for scores x and targets t of −1 or 1; dx = −dy ∘ t / n where
/// t∘x < margin, 0 elsewhere, and so for dt with x. PyTorch's `(margin − t*x).relu().mean()`.
///
/// The shapes must be equal. At the kink, t∘x = margin, the gradient is 0.
#[derive(Clone, Copy, Debug)]
pub struct Hinge<T> {
    /// The margin: the loss is 0 where t∘x is at least this; usually 1.
    pub margin: T,
}

impl<T: Float> Op<T, 2> for Hinge<T> {
    fn name(&self) -> &'static str {
        "hinge"
    }

    fn forward(&mut self, [x, t]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        check_equal("hinge", x, t)?;
        let loss = |x: T, t: T| {
            let missing = self.margin - t * x;
            // Not `max`, which would ignore NaN.
            if missing < T::zero() { T::zero() } else { missing }
        };
        Ok(Tensor::scalar(x.zip(t, loss)?.mean()))
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let [x, t] = call.inputs;
        let scale = dy.item()? / T::of(x.len() as f64);
        let slope = |x: T, t: T, by: T| {
            if self.margin - t * x <= T::zero() { T::zero() } else { -scale * by }
        };
        Ok([
            call.wanted(0, || Ok(x.zip(t, |x, t| slope(x, t, t))?))?,
            call.wanted(1, || Ok(x.zip(t, |x, t| slope(x, t, x))?))?,
        ])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of max(0, `margin` − target∘self) for targets −1 and 1.
    ///
    /// # Errors
    ///
    /// If the shapes differ.
    pub fn hinge(self, target: Self, margin: T) -> Result<Self> {
        self.tape().apply(Hinge { margin }, [self, target])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(margin: f64) -> Hinge<T> {
        Hinge { margin: T::of(margin) }
    }
    let signs = || Tensor::from([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0]]).into();
    vec![
        grad_case!(op(1.0), [normal([2, 3]), signs()]),
        grad_case!(op(0.3), [normal([2, 3]), normal([2, 3])]).named("other targets"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("hinge", |given| given.x(0).hinge(given.x(1), Float::of(1.0)))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn right_by_the_margin_too_near_and_wrong() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([2.0, -0.5, 3.0, 100.0, 1.0]));
        let t = tape.constant(Tensor::from([1.0, -1.0, -1.0, -1.0, 1.0]));
        let y = x.hinge(t, 1.0).unwrap();
        assert_eq!(y.value(), Tensor::scalar((0.5 + 4.0 + 101.0) / 5.0));
        let expected = Tensor::from([0.0, 0.2, 0.2, 0.2, 0.0]);
        assert_eq!(*y.backward().unwrap().of(x).unwrap(), expected);
    }
}
