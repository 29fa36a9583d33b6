//! The natural logarithm of 1 + x, exact where x is tiny.
//!
//! y  = ln(1 + x), without rounding 1 + x
//! dx = dy / (1 + x)
//!
//! shapes: y as x

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = ln(1 + x), also called log1p; dx = dy / (1 + x). −∞ at −1, NaN below.
#[derive(Clone, Copy, Debug)]
pub struct Ln1p;

impl<T: Float> Op<T, 1> for Ln1p {
    fn name(&self) -> &'static str {
        "ln_1p"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(math::ln_1p))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / (T::one() + x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// ln(1 + x), exact where x is tiny
    #[doc(alias = "log1p")]
    pub fn ln_1p(self) -> Result<Self> {
        self.tape().apply(Ln1p, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Ln1p, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("ln_1p", |given| given.x(0).ln_1p())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_tiny_x_is_its_own_logarithm() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1e-30, 0.0, -0.5, -1.0]));
        let y = x.ln_1p().unwrap();
        let half = -std::f64::consts::LN_2;
        assert_eq!(y.value(), Tensor::from([1e-30, 0.0, half, f64::NEG_INFINITY]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, 1.0, 2.0, f64::INFINITY]));
    }
}
