//! The exponential function less 1, exact where x is tiny.
//!
//! y  = eˣ − 1, without cancelling
//! dx = dy ∘ eˣ
//!
//! shapes: y as x

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = eˣ − 1; dx = dy ∘ eˣ.
#[derive(Clone, Copy, Debug)]
pub struct Expm1;

impl<T: Float> Op<T, 1> for Expm1 {
    fn name(&self) -> &'static str {
        "expm1"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(math::expm1))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        // Not y + 1: it loses the digits of eˣ where x is far below zero.
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * math::exp(x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// eˣ − 1, exact where x is tiny
    pub fn expm1(self) -> Result<Self> {
        self.tape().apply(Expm1, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Expm1, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("expm1", |given| given.x(0).expm1())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn neither_a_tiny_x_nor_a_tiny_slope_is_lost() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1e-30, 0.0, -100.0]));
        let y = x.expm1().unwrap();
        assert_eq!(y.value(), Tensor::from([1e-30, 0.0, -1.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        let tiny = math::exp(-100.0);
        assert!(tiny > 0.0);
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, 1.0, tiny]));
    }
}
