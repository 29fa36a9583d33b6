//! The reciprocal of the square root.
//!
//! y  = 1/√x
//! dx = −dy ∘ y³/2
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = 1/√x; dx = −dy ∘ y³/2. NaN below 0; ∞ at 0, where the slope is −∞.
#[derive(Clone, Copy, Debug)]
pub struct Rsqrt;

impl<T: Float> Op<T, 1> for Rsqrt {
    fn name(&self) -> &'static str {
        "rsqrt"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.sqrt().recip()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let (y, half) = (call.output, T::of(0.5));
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| -dy * half * (y * y * y))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// 1/√x
    pub fn rsqrt(self) -> Result<Self> {
        self.tape().apply(Rsqrt, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Rsqrt, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("rsqrt", |given| given.x(0).rsqrt())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_half_and_infinity() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([4.0, 0.25, f64::INFINITY]));
        let y = x.rsqrt().unwrap();
        assert_eq!(y.value(), Tensor::from([0.5, 2.0, 0.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-0.0625, -4.0, 0.0]));
    }
}
