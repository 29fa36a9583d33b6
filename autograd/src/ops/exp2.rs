//! The power of 2.
//!
//! y  = 2ˣ
//! dx = dy ∘ y·ln 2
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = 2ˣ; dx = dy ∘ y·ln 2. Exact for integer x.
#[derive(Clone, Copy, Debug)]
pub struct Exp2;

impl<T: Float> Op<T, 1> for Exp2 {
    fn name(&self) -> &'static str {
        "exp2"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.exp2()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ln_2 = T::of(std::f64::consts::LN_2);
        let y = call.output;
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| dy * y * ln_2)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// 2ˣ
    pub fn exp2(self) -> Result<Self> {
        self.tape().apply(Exp2, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Exp2, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("exp2", |given| given.x(0).exp2())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn whole_powers() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-1.0, 0.0, 10.0]));
        let y = x.exp2().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [
            (y.value(), [0.5, 1.0, 1024.0]),
            (dx, [0.5, 1.0, 1024.0].map(|y| y * std::f64::consts::LN_2)),
        ] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
