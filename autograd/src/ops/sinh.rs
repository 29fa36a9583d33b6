//! The hyperbolic sine.
//!
//! y  = sinh x = (eˣ − e⁻ˣ)/2
//! dx = dy ∘ cosh x
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = sinh x; dx = dy ∘ cosh x.
#[derive(Clone, Copy, Debug)]
pub struct Sinh;

impl<T: Float> Op<T, 1> for Sinh {
    fn name(&self) -> &'static str {
        "sinh"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.sinh()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * x.cosh())?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The hyperbolic sine (eˣ − e⁻ˣ)/2.
    pub fn sinh(self) -> Result<Self> {
        self.tape().apply(Sinh, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Sinh, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sinh", |given| given.x(0).sinh())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_logarithm_of_two() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, std::f64::consts::LN_2]));
        let y = x.sinh().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [(y.value(), [0.0, 0.75]), (dx, [1.0, 1.25])] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
