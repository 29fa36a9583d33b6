//! The reciprocal.
//!
//! y  = 1/x
//! dx = −dy ∘ y²
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = 1/x; dx = −dy ∘ y². ±∞ at ±0, where the slope is −∞.
#[derive(Clone, Copy, Debug)]
pub struct Reciprocal;

impl<T: Float> Op<T, 1> for Reciprocal {
    fn name(&self) -> &'static str {
        "reciprocal"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.recip()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| -dy * y * y)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// 1/x
    pub fn reciprocal(self) -> Result<Self> {
        self.tape().apply(Reciprocal, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::away_from_zero;
    vec![grad_case!(Reciprocal, [away_from_zero([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("reciprocal", |given| given.x(0).reciprocal())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_quarter_and_infinity() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([4.0, -0.5, f64::INFINITY]));
        let y = x.reciprocal().unwrap();
        assert_eq!(y.value(), Tensor::from([0.25, -2.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-0.0625, -4.0, 0.0]));
    }
}
