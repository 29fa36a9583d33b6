//! A power with a constant exponent.
//!
//! y  = xᵖ
//! dx = dy ∘ p·xᵖ⁻¹, and 0 for p = 0
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = xᵖ for a constant exponent p; dx = dy ∘ p·xᵖ⁻¹.
///
/// For negative x, y and dx are NaN unless p is an integer.
#[derive(Clone, Copy, Debug)]
pub struct Powf<T> {
    /// p
    pub exponent: T,
}

impl<T: Float> Op<T, 1> for Powf<T> {
    fn name(&self) -> &'static str {
        "powf"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let p = self.exponent;
        Ok(x.map(|x| x.powf(p)))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], p) = (call.inputs, self.exponent);
        // At x = 0 the formula would give 0·∞ for p = 0.
        let slope = |x: T| if p.is_zero() { T::zero() } else { p * x.powf(p - T::one()) };
        Ok([call.wanted(0, || Ok(dy.zip(x, |dy, x| dy * slope(x))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// x to the power `exponent`
    #[doc(alias = "power")]
    pub fn powf(self, exponent: T) -> Result<Self> {
        self.tape().apply(Powf { exponent }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{away_from_zero, positive};
    vec![
        grad_case!(Powf { exponent: Float::of(2.5) }, [positive([2, 3])]),
        grad_case!(Powf { exponent: Float::of(-1.0) }, [away_from_zero([2, 3])]).named("-1"),
        grad_case!(Powf { exponent: Float::of(3.0) }, [away_from_zero([2, 3])]).named("3"),
        grad_case!(Powf { exponent: Float::of(0.0) }, [away_from_zero([2, 3])]).named("0"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("powf", |given| given.x(0).powf(given.number("exponent")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn cubes() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, -2.0]));
        let y = x.powf(3.0).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, -8.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([3.0, 12.0]));
    }

    #[test]
    fn the_powers_0_and_1_have_slopes_at_zero() {
        for (exponent, slope) in [(0.0, 0.0), (1.0, 1.0)] {
            let tape = Tape::new();
            let x = tape.parameter(Tensor::scalar(0.0));
            let gradients = x.powf(exponent).unwrap().backward().unwrap();
            assert_eq!(gradients.of(x).unwrap().item(), Ok(slope));
        }
    }
}
