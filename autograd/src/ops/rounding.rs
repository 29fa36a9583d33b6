//! Rounding to an integer: down, up, to the nearest, towards zero.
//!
//! y  = ⌊x⌋, ⌈x⌉, the nearest integer, or x without its fractional part
//! dx = 0
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = an integer near x; dx = 0.
///
/// The slope is 0 wherever it exists, and so is the gradient everywhere, also at the steps, as in
/// PyTorch. Parameters that act only through a rounding are therefore not trained. For a
/// straight-through gradient, as if there were no rounding, write
/// `x.add(x.round()?.sub(x)?.detach())`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// The greatest integer that is not above x.
    Floor,
    /// The least integer that is not below x.
    Ceil,
    /// The nearest integer; of two, the even one, as in IEEE 754, NumPy and PyTorch.
    Round,
    /// The nearest integer that is not farther from 0 than x.
    Trunc,
}

impl<T: Float> Op<T, 1> for Rounding {
    fn name(&self) -> &'static str {
        match self {
            Rounding::Floor => "floor",
            Rounding::Ceil => "ceil",
            Rounding::Round => "round",
            Rounding::Trunc => "trunc",
        }
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(match self {
            Rounding::Floor => x.map(|x| x.floor()),
            Rounding::Ceil => x.map(|x| x.ceil()),
            Rounding::Round => x.map(nearest),
            Rounding::Trunc => x.map(|x| x.trunc()),
        })
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(Tensor::zeros(dy.shape())))?])
    }
}

/// The nearest integer, of two the even one. (`Float::round` takes the one farther from 0.)
fn nearest<T: Float>(x: T) -> T {
    let half = T::of(0.5);
    let is_tie = (x - x.trunc()).abs() == half;
    if is_tie { (x * half).round() * T::of(2.0) } else { x.round() }
}

impl<T: Float> Var<'_, T> {
    /// The greatest integer that is not above x; its gradient is 0.
    pub fn floor(self) -> Result<Self> {
        self.tape().apply(Rounding::Floor, [self])
    }

    /// The least integer that is not below x; its gradient is 0.
    pub fn ceil(self) -> Result<Self> {
        self.tape().apply(Rounding::Ceil, [self])
    }

    /// The nearest integer, of two the even one; its gradient is 0.
    pub fn round(self) -> Result<Self> {
        self.tape().apply(Rounding::Round, [self])
    }

    /// x without its fractional part; its gradient is 0.
    pub fn trunc(self) -> Result<Self> {
        self.tape().apply(Rounding::Trunc, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::distinct;
    // The values of `distinct` are odd multiples of 0.1. 5 of them would be a step of `round`; six
    // values stay below it.
    vec![
        grad_case!(Rounding::Floor, [distinct([2, 3])]),
        grad_case!(Rounding::Ceil, [distinct([2, 3])]),
        grad_case!(Rounding::Round, [Tensor::from([[-1.4, -0.6, -0.1], [0.2, 0.7, 2.4]])]),
        grad_case!(Rounding::Trunc, [distinct([2, 3])]),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![
        compared!("floor", |given| given.x(0).floor()),
        compared!("ceil", |given| given.x(0).ceil()),
        compared!("round", |given| given.x(0).round()),
        compared!("trunc", |given| given.x(0).trunc()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn of_two_the_even_one() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 4503599627370497.0]));
        let y = x.round().unwrap();
        let expected = Tensor::from([-2.0, -2.0, 0.0, 0.0, 2.0, 2.0, 4503599627370497.0]);
        assert_eq!(y.value(), expected);
        assert!(y.value().get(&[2]).is_some_and(f64::is_sign_negative));
        assert_eq!(*y.sum().unwrap().backward().unwrap().of(x).unwrap(), Tensor::zeros([7]));
    }

    #[test]
    fn what_is_rounded_can_let_the_gradient_through() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([0.75, -0.75]));
        let y = x.add(x.round().unwrap().sub(x).unwrap().detach()).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, -1.0]));
        assert_eq!(*y.sum().unwrap().backward().unwrap().of(x).unwrap(), Tensor::ones([2]));
    }
}
