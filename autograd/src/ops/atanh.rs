//! The inverse of the hyperbolic tangent.
//!
//! y  = ln((1 + x)/(1 − x))/2
//! dx = dy / ((1 − x)(1 + x))
//!
//! shapes: y as x
//!
//! With a = |x| it is computed as ln(1 + 2a/(1 − a))/2, without cancellation near 0.

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = artanh x; dx = dy / ((1 − x)(1 + x)). ±∞ at ±1, NaN beyond.
#[derive(Clone, Copy, Debug)]
pub struct Atanh;

impl<T: Float> Op<T, 1> for Atanh {
    fn name(&self) -> &'static str {
        "atanh"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(inverse))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / ((T::one() - x) * (T::one() + x)))?))?])
    }
}

/// artanh x
fn inverse<T: Float>(x: T) -> T {
    let a = x.abs();
    (math::ln_1p((a + a) / (T::one() - a)) * T::of(0.5)).copysign(x)
}

impl<T: Float> Var<'_, T> {
    /// The inverse of the hyperbolic tangent.
    #[doc(alias = "arctanh")]
    pub fn atanh(self) -> Result<Self> {
        self.tape().apply(Atanh, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    let inside = Tensor::from([[-0.95, -0.5, -1e-3], [0.0, 0.3, 0.9]]);
    vec![grad_case!(Atanh, [inside])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("atanh", |given| given.x(0).atanh())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_fifths() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, 0.6]));
        let y = x.atanh().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in
            [(y.value(), [0.0, std::f64::consts::LN_2]), (dx, [1.0, 1.0 / 0.64])]
        {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
