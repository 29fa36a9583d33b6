//! The square.
//!
//! y  = x²
//! dx = dy ∘ 2x
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x²; dx = dy ∘ 2x.
#[derive(Clone, Copy, Debug)]
pub struct Square;

impl<T: Float> Op<T, 1> for Square {
    fn name(&self) -> &'static str {
        "square"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x * x))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * (x + x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// x²
    pub fn square(self) -> Result<Self> {
        self.tape().apply(Square, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Square, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("square", |given| given.x(0).square())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_and_minus_four() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([3.0, -4.0]));
        let y = x.square().unwrap();
        assert_eq!(y.value(), Tensor::from([9.0, 16.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([6.0, -8.0]));
    }
}
