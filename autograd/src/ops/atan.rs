//! The inverse of the tangent.
//!
//! y  = arctan x, from −π/2 to π/2
//! dx = dy / (1 + x²)
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = arctan x; dx = dy / (1 + x²). [`Atan2`](super::Atan2) also resolves the quadrant.
#[derive(Clone, Copy, Debug)]
pub struct Atan;

impl<T: Float> Op<T, 1> for Atan {
    fn name(&self) -> &'static str {
        "atan"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.atan()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / (T::one() + x * x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The angle in radians, from −π/2 to π/2, whose tangent is x.
    #[doc(alias = "arctan")]
    pub fn atan(self) -> Result<Self> {
        self.tape().apply(Atan, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Atan, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("atan", |given| given.x(0).atan())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_is_an_eighth_turn() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, 1.0]));
        let y = x.atan().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [(y.value(), [0.0, std::f64::consts::FRAC_PI_4]), (dx, [1.0, 0.5])]
        {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
