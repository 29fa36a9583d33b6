//! The sine.
//!
//! y  = sin x
//! dx = dy ∘ cos x
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = sin x, x in radians; dx = dy ∘ cos x.
///
/// See [`Tensor::sin`] for the accuracy.
#[derive(Clone, Copy, Debug)]
pub struct Sin;

impl<T: Float> Op<T, 1> for Sin {
    fn name(&self) -> &'static str {
        "sin"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.sin())
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(&x.cos(), |dy, cos| dy * cos)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The sine of x in radians.
    pub fn sin(self) -> Result<Self> {
        self.tape().apply(Sin, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Sin, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sin", |given| given.x(0).sin())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn zero_and_a_quarter_turn() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, std::f64::consts::FRAC_PI_2]));
        let y = x.sin().unwrap();
        assert_eq!(y.value(), Tensor::from([0.0, 1.0]));
        let gradients = y.sum().unwrap().backward().unwrap().take(x).unwrap().to_vec();
        assert!(gradients[0] == 1.0 && gradients[1].abs() < 1e-16);
    }
}
