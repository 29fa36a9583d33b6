//! The sum with a number, which requires no gradient.
//!
//! y  = x + c
//! dx = dy
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x + `term`; dx = dy.
#[derive(Clone, Copy, Debug)]
pub struct AddScalar<T> {
    /// The number to add.
    pub term: T,
}

impl<T: Float> Op<T, 1> for AddScalar<T> {
    fn name(&self) -> &'static str {
        "add_scalar"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let term = self.term;
        Ok(x.map(|x| x + term))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.clone()))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// x + `term`
    pub fn add_scalar(self, term: T) -> Result<Self> {
        self.tape().apply(AddScalar { term }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(AddScalar { term: Float::of(-2.5) }, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("add_scalar", |given| given.x(0).add_scalar(given.number("term")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn plus_three() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, -2.0]));
        let y = x.add_scalar(3.0).unwrap();
        assert_eq!(y.value(), Tensor::from([4.0, 1.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([1.0, 1.0]));
    }
}
