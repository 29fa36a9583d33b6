//! The sign: −1, 0 or 1.
//!
//! y  = sign x
//! dx = 0
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = −1 below zero, 1 above, 0 at ±0, and NaN for NaN; dx = 0.
///
/// The slope is 0 wherever it exists, and so is the gradient everywhere, also at the jump, as in
/// PyTorch: x·sign x then has the slope of |x|. Parameters that act only through `sign` are
/// therefore not trained.
#[derive(Clone, Copy, Debug)]
pub struct Sign;

impl<T: Float> Op<T, 1> for Sign {
    fn name(&self) -> &'static str {
        "sign"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        // Not `signum` alone, which is ±1 at ±0.
        Ok(x.map(|x| if x.is_zero() { x.abs() } else { x.signum() }))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(Tensor::zeros(dy.shape())))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// −1, 0 or 1; its gradient is 0.
    pub fn sign(self) -> Result<Self> {
        self.tape().apply(Sign, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::away_from_zero;
    vec![grad_case!(Sign, [away_from_zero([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sign", |given| given.x(0).sign())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_value_times_its_sign_has_the_slope_of_its_size() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-2.0, 0.0, -0.0, 3.0]));
        let sign = x.sign().unwrap();
        assert_eq!(sign.value(), Tensor::from([-1.0, 0.0, 0.0, 1.0]));
        let gradients = (x * sign).sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([-1.0, 0.0, 0.0, 1.0]));
    }
}
