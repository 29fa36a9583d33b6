//! Clamping: each number limited to the range between two bounds.
//!
//! y  = min(max(x, low), high)
//! dx = dy where low < x < high, 0 elsewhere
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = min(max(x, low), high); dx = dy where low < x < high, 0 elsewhere. At the bounds dx is 0, as
/// in PyTorch (since 2.15) and in [`relu`](crate::Var::relu), which is also a clamp.
///
/// An infinite bound has no effect. If `low` is above `high`, y is `high` everywhere. NaN stays
/// NaN.
#[derive(Clone, Copy, Debug)]
pub struct Clamp<T> {
    /// The least y.
    pub low: T,
    /// The greatest y.
    pub high: T,
}

impl<T: Float> Op<T, 1> for Clamp<T> {
    fn name(&self) -> &'static str {
        "clamp"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let Clamp { low, high } = *self;
        Ok(x.map(|x| {
            let x = if x < low { low } else { x };
            if x > high { high } else { x }
        }))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], Clamp { low, high }) = (call.inputs, *self);
        let above = |x: T| x > low || low == T::neg_infinity();
        let below = |x: T| x < high || high == T::infinity();
        let inside = |x: T| above(x) && below(x);
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| if inside(x) { dy } else { T::zero() })?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// min(max(x, `low`), `high`); an infinite bound has no effect
    #[doc(alias = "clip")]
    pub fn clamp(self, low: T, high: T) -> Result<Self> {
        self.tape().apply(Clamp { low, high }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::distinct;
    fn op<T: Float>(low: f64, high: f64) -> Clamp<T> {
        Clamp { low: T::of(low), high: T::of(high) }
    }
    // The values of `distinct` are odd multiples of 0.1.
    vec![
        grad_case!(op(-0.4, 0.2), [distinct([2, 5])]),
        grad_case!(op(0.0, f64::INFINITY), [distinct([2, 5])]).named("low"),
        grad_case!(op(0.4, 0.2), [distinct([2, 5])]).named("crossed"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("clamp", |given| given.x(0).clamp(given.number("low"), given.number("high")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_not_between_the_bounds_gets_no_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-100.0, -1.0, 0.5, 2.0, 100.0]));
        let y = x.clamp(-1.0, 2.0).unwrap();
        assert_eq!(y.value(), Tensor::from([-1.0, -1.0, 0.5, 2.0, 2.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.0, 0.0, 1.0, 0.0, 0.0]));
        let nan = tape.constant(Tensor::scalar(f64::NAN));
        assert!(nan.clamp(-1.0, 2.0).unwrap().value().item().unwrap().is_nan());
    }
}
