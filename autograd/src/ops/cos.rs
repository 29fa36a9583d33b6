//! The cosine.
//!
//! y  = cos x
//! dx = −dy ∘ sin x
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = cos x, x in radians; dx = −dy ∘ sin x.
///
/// See [`Tensor::sin`] for the accuracy.
#[derive(Clone, Copy, Debug)]
pub struct Cos;

impl<T: Float> Op<T, 1> for Cos {
    fn name(&self) -> &'static str {
        "cos"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.cos())
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(&x.sin(), |dy, sin| -dy * sin)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The cosine of x in radians.
    pub fn cos(self) -> Result<Self> {
        self.tape().apply(Cos, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Cos, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("cos", |given| given.x(0).cos())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn zero_and_a_quarter_turn() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, std::f64::consts::FRAC_PI_2]));
        let y = x.cos().unwrap();
        let values = y.value().to_vec();
        assert!(values[0] == 1.0 && values[1].abs() < 1e-16);
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.0, -1.0]));
    }
}
