//! The exponential function.
//!
//! y  = eˣ
//! dx = dy ∘ y
//!
//! shapes: y as x

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = eˣ; dx = dy ∘ y.
#[derive(Clone, Copy, Debug)]
pub struct Exp;

impl<T: Float> Op<T, 1> for Exp {
    fn name(&self) -> &'static str {
        "exp"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(math::exp))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| dy * y)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// eˣ
    pub fn exp(self) -> Result<Self> {
        self.tape().apply(Exp, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Exp, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("exp", |given| given.x(0).exp())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn zero_and_minus_infinity() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, f64::NEG_INFINITY]));
        let y = x.exp().unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, 0.0]));
    }
}
