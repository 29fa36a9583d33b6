//! The inverse of the hyperbolic sine.
//!
//! y  = ln(x + √(x² + 1))
//! dx = dy / √(x² + 1)
//!
//! shapes: y as x
//!
//! The root is computed as a length (`hypot`), which does not overflow.

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = arsinh x; dx = dy / √(x² + 1).
#[derive(Clone, Copy, Debug)]
pub struct Asinh;

impl<T: Float> Op<T, 1> for Asinh {
    fn name(&self) -> &'static str {
        "asinh"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.asinh()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / x.hypot(T::one()))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The inverse of the hyperbolic sine.
    #[doc(alias = "arcsinh")]
    pub fn asinh(self) -> Result<Self> {
        self.tape().apply(Asinh, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    let points = Tensor::from([[-3.0, -1e-9, 0.0], [1e-20, 0.5, 9.0]]);
    vec![grad_case!(Asinh, [normal([2, 3])]), grad_case!(Asinh, [points]).named("tiny and large")]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("asinh", |given| given.x(0).asinh())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_quarters() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, 0.75]));
        let y = x.asinh().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [(y.value(), [0.0, std::f64::consts::LN_2]), (dx, [1.0, 0.8])] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
