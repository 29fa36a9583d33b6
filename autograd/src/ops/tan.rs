//! The tangent.
//!
//! y  = tan x
//! dx = dy ∘ (1 + y²)
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = tan x, x in radians; dx = dy ∘ (1 + y²).
#[derive(Clone, Copy, Debug)]
pub struct Tan;

impl<T: Float> Op<T, 1> for Tan {
    fn name(&self) -> &'static str {
        "tan"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.tan()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| dy * (T::one() + y * y))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The tangent of x in radians.
    pub fn tan(self) -> Result<Self> {
        self.tape().apply(Tan, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    let points = Tensor::from([[-1.4, -0.5, 0.0], [0.3, 1.0, 2.5]]);
    vec![grad_case!(Tan, [points])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("tan", |given| given.x(0).tan())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn zero_and_an_eighth_turn() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, std::f64::consts::FRAC_PI_4]));
        let y = x.tan().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [(y.value(), [0.0, 1.0]), (dx, [1.0, 2.0])] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
