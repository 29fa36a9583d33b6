//! The logarithm to base 10.
//!
//! y  = log₁₀ x
//! dx = dy / (x·ln 10)
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = log₁₀ x; dx = dy / (x·ln 10). NaN below 0, −∞ at 0.
#[derive(Clone, Copy, Debug)]
pub struct Log10;

impl<T: Float> Op<T, 1> for Log10 {
    fn name(&self) -> &'static str {
        "log10"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.log10()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ln_10 = T::of(std::f64::consts::LN_10);
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy / (x * ln_10))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// log₁₀ x
    pub fn log10(self) -> Result<Self> {
        self.tape().apply(Log10, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Log10, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("log10", |given| given.x(0).log10())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn one_and_a_thousand() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 1000.0]));
        let y = x.log10().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [
            (y.value(), [0.0, 3.0]),
            (dx, [1.0 / std::f64::consts::LN_10, 1e-3 / std::f64::consts::LN_10]),
        ] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
