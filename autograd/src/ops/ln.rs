//! The natural logarithm.
//!
//! y  = ln x
//! dx = dy / x
//!
//! shapes: y as x

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = ln x; dx = dy / x. −∞ at 0, NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Ln;

impl<T: Float> Op<T, 1> for Ln {
    fn name(&self) -> &'static str {
        "ln"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(math::ln))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / x)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The natural logarithm.
    #[doc(alias = "log")]
    pub fn ln(self) -> Result<Self> {
        self.tape().apply(Ln, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Ln, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("ln", |given| given.x(0).ln())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_and_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 0.0]));
        let y = x.ln().unwrap();
        assert_eq!(y.value(), Tensor::from([0.0, f64::NEG_INFINITY]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, f64::INFINITY]));
    }
}
