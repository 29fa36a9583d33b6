//! The inverse of the hyperbolic cosine.
//!
//! y  = ln(x + √(x² − 1))
//! dx = dy / (√(x − 1)·√(x + 1))
//!
//! shapes: y as x
//!
//! The value is computed as ln(1 + (x − 1 + √…)), since x is near 1 where y is near 0, and with two
//! roots, since x² may overflow.

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = arcosh x, not negative; dx = dy / (√(x − 1)·√(x + 1)): infinite at 1. NaN below 1.
#[derive(Clone, Copy, Debug)]
pub struct Acosh;

impl<T: Float> Op<T, 1> for Acosh {
    fn name(&self) -> &'static str {
        "acosh"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(inverse))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / root(x))?))?])
    }
}

/// arcosh x
fn inverse<T: Float>(x: T) -> T {
    math::ln_1p(x - T::one() + root(x))
}

/// √(x² − 1)
fn root<T: Float>(x: T) -> T {
    (x - T::one()).sqrt() * (x + T::one()).sqrt()
}

impl<T: Float> Var<'_, T> {
    /// The inverse of the hyperbolic cosine: not negative, NaN below 1.
    #[doc(alias = "arccosh")]
    pub fn acosh(self) -> Result<Self> {
        self.tape().apply(Acosh, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    let above_one = Tensor::from([[1.1, 1.5, 2.0], [3.0, 10.0, 100.0]]);
    vec![grad_case!(Acosh, [above_one])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("acosh", |given| given.x(0).acosh())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn five_quarters() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 1.25]));
        let y = x.acosh().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in
            [(y.value(), [0.0, std::f64::consts::LN_2]), (dx, [f64::INFINITY, 4.0 / 3.0])]
        {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
