//! Negation.
//!
//! y  = −x
//! dx = −dy
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = −x; dx = −dy.
#[derive(Clone, Copy, Debug)]
pub struct Neg;

impl<T: Float> Op<T, 1> for Neg {
    fn name(&self) -> &'static str {
        "neg"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| -x))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.map(|dy| -dy)))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// −x
    #[allow(clippy::should_implement_trait)]
    #[doc(alias = "negative")]
    pub fn neg(self) -> Result<Self> {
        self.tape().apply(Neg, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Neg, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("neg", |given| given.x(0).neg())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_sign_changes() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, -2.0]));
        let y = x.neg().unwrap();
        assert_eq!(y.value(), Tensor::from([-1.0, 2.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-1.0, -1.0]));
    }
}
