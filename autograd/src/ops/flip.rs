//! Reversal of the order along some axes.
//!
//! y  = x with index n − 1 − i instead of i along each of the axes
//! dx = dy, flipped the same way
//!
//! shapes: y as x

use tensor::{Float, Tensor};

use crate::axis::Axis;
use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x with the order along each of some axes reversed; dx = dy, flipped the same way.
#[derive(Clone, Debug)]
pub struct Flip {
    /// The axes along which the order is reversed.
    pub axes: Vec<usize>,
}

impl<T: Float> Op<T, 1> for Flip {
    fn name(&self) -> &'static str {
        "flip"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.flip(&self.axes)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || Ok(dy.flip(&self.axes)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Reverses the order of the elements along each of `axes`.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn flip(self, axes: &[impl Axis]) -> Result<Self> {
        let axes = self.axes("flip", axes)?;
        self.tape().apply(Flip { axes: axes.to_vec() }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Flip { axes: vec![1] }, [normal([2, 3])]),
        grad_case!(Flip { axes: vec![0, 2] }, [normal([2, 3, 4])]).named("two axes"),
        grad_case!(Flip { axes: vec![] }, [normal([2])]).named("no axis"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("flip", |given| given.x(0).flip(&given.case.indices("axes")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_first_becomes_the_last() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let y = x.flip(&[1]).unwrap();
        assert_eq!(y.value(), Tensor::from([[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]));
        let dy = Tensor::from([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0]]);
        let expected = Tensor::from([[0.0, 0.0, 1.0], [2.0, 0.0, 0.0]]);
        assert_eq!(*y.backward_with(dy).unwrap().of(x).unwrap(), expected);
        assert_eq!(
            x.flip(&[2]).unwrap_err().to_string(),
            "flip: [2, 3]: there is no axis 2; the axes are counted from 0"
        );
    }
}
