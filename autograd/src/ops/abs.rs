//! The absolute value.
//!
//! y  = |x|
//! dx = dy ∘ sign x, and 0 at the kink
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = |x|; dx = dy ∘ sign x, and 0 where x is 0.
#[derive(Clone, Copy, Debug)]
pub struct Abs;

impl<T: Float> Op<T, 1> for Abs {
    fn name(&self) -> &'static str {
        "abs"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.abs()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        // Not `signum`, which is ±1 at ±0.
        let sign = |x: T| if x.is_zero() { x } else { x.signum() };
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * sign(x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// |x|
    pub fn abs(self) -> Result<Self> {
        self.tape().apply(Abs, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::away_from_zero;
    vec![grad_case!(Abs, [away_from_zero([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("abs", |given| given.x(0).abs())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_kink_has_slope_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-2.0, 0.0, 3.0]));
        let y = x.abs().unwrap();
        assert_eq!(y.value(), Tensor::from([2.0, 0.0, 3.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-1.0, 0.0, 1.0]));
    }
}
