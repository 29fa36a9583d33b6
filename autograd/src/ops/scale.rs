//! The product with a number, which requires no gradient.
//!
//! y  = c·x
//! dx = c·dy
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = `by`·x; dx = `by`·dy.
#[derive(Clone, Copy, Debug)]
pub struct Scale<T> {
    /// The factor.
    pub by: T,
}

impl<T: Float> Op<T, 1> for Scale<T> {
    fn name(&self) -> &'static str {
        "scale"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let by = self.by;
        Ok(x.map(|x| by * x))
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let by = self.by;
        Ok([call.wanted(0, || Ok(dy.map(|dy| by * dy)))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// `by`·x
    pub fn scale(self, by: T) -> Result<Self> {
        self.tape().apply(Scale { by }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![grad_case!(Scale { by: Float::of(-2.5) }, [normal([2, 3])])]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("scale", |given| given.x(0).scale(given.number("by")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn three_times() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, -2.0]));
        let y = x.scale(3.0).unwrap();
        assert_eq!(y.value(), Tensor::from([3.0, -6.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([3.0, 3.0]));
    }
}
