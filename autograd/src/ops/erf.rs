//! The error function.
//!
//! y  = erf x = 2/√π ∫₀ˣ e^−t² dt
//! dx = dy ∘ 2/√π·e^−x²
//!
//! shapes: y as x

use tensor::{Float, Tensor, math};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = erf x; dx = dy ∘ 2/√π·e^−x².
#[derive(Clone, Copy, Debug)]
pub struct Erf;

impl<T: Float> Op<T, 1> for Erf {
    fn name(&self) -> &'static str {
        "erf"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(math::erf))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let slope = |x: T| T::of(std::f64::consts::FRAC_2_SQRT_PI) * math::exp(-(x * x));
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * slope(x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The error function 2/√π ∫₀ˣ e^−t² dt.
    pub fn erf(self) -> Result<Self> {
        self.tape().apply(Erf, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Erf, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("erf", |given| given.x(0).erf())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn half_of_all_and_all() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.0, 0.4769362762044699, 30.0]));
        let y = x.erf().unwrap();
        let dx = y.sum().unwrap().backward().unwrap().take(x).unwrap();
        for (found, expected) in [
            (y.value(), [0.0, 0.5, 1.0]),
            (
                dx,
                [1.0, (-0.4769362762044699_f64 * 0.4769362762044699).exp(), 0.0]
                    .map(|x| x * std::f64::consts::FRAC_2_SQRT_PI),
            ),
        ] {
            for (found, expected) in found.to_vec().into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-15 * expected.abs();
                assert!(near || found == expected, "{found} {expected}");
            }
        }
    }
}
