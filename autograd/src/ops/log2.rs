//! The logarithm to base 2.
//!
//! y  = log₂ x
//! dx = dy / (x·ln 2)
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = log₂ x; dx = dy / (x·ln 2). NaN below 0, −∞ at 0. Powers of 2 are exact.
#[derive(Clone, Copy, Debug)]
pub struct Log2;

impl<T: Float> Op<T, 1> for Log2 {
    fn name(&self) -> &'static str {
        "log2"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.log2()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ln_2 = T::of(std::f64::consts::LN_2);
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / (x * ln_2))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// log₂ x
    pub fn log2(self) -> Result<Self> {
        self.tape().apply(Log2, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Log2, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("log2", |given| given.x(0).log2())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_half_and_eight() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.5, 8.0]));
        let y = x.log2().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [
            (y.value(), [-1.0, 3.0]),
            (dx, [2.0 / std::f64::consts::LN_2, 0.125 / std::f64::consts::LN_2]),
        ] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
