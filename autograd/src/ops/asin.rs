//! The inverse of the sine.
//!
//! y  = arcsin x, from −π/2 to π/2
//! dx = dy / √((1 − x)(1 + x))
//!
//! shapes: y as x
//!
//! (1 − x)(1 + x), not 1 − x²: near ±1 the square would cancel.

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = arcsin x; dx = dy / √((1 − x)(1 + x)): infinite at ±1. NaN outside of \[−1, 1\].
#[derive(Clone, Copy, Debug)]
pub struct Asin;

impl<T: Float> Op<T, 1> for Asin {
    fn name(&self) -> &'static str {
        "asin"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.asin()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call
            .wanted(0, || Ok(dy.zip(x, |dy, x| dy / ((T::one() - x) * (T::one() + x)).sqrt())?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The angle in radians whose sine is x.
    #[doc(alias = "arcsin")]
    pub fn asin(self) -> Result<Self> {
        self.tape().apply(Asin, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    let inside = Tensor::from([[-0.95, -0.5, -1e-3], [0.0, 0.3, 0.9]]);
    vec![grad_case!(Asin, [inside])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("asin", |given| given.x(0).asin())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn zero_and_the_end() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, 1.0]));
        let y = x.asin().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in
            [(y.value(), [0.0, std::f64::consts::FRAC_PI_2]), (dx, [1.0, f64::INFINITY])]
        {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
