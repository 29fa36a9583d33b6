//! The square root.
//!
//! y  = √x
//! dx = dy / 2y
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = √x; dx = dy / 2y. NaN below 0; at 0 the slope is infinite.
#[derive(Clone, Copy, Debug)]
pub struct Sqrt;

impl<T: Float> Op<T, 1> for Sqrt {
    fn name(&self) -> &'static str {
        "sqrt"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.map(|x| x.sqrt()))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let y = call.output;
        Ok([call.wanted(0, || Ok(dy.zip(y, |dy, y| dy / (y + y))?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// √x
    pub fn sqrt(self) -> Result<Self> {
        self.tape().apply(Sqrt, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::positive;
    vec![grad_case!(Sqrt, [positive([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("sqrt", |given| given.x(0).sqrt())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn four_and_sixteen() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([4.0, 16.0]));
        let y = x.sqrt().unwrap();
        assert_eq!(y.value(), Tensor::from([2.0, 4.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.25, 0.125]));
    }
}
