//! The same elements in another shape.
//!
//! y  = x in the new shape
//! dx = dy in the shape of x
//!
//! shapes: y has as many elements as x

use tensor::{Float, MOST_AXES, Shape, Tensor};

use crate::axis::{Axis, Lengths};
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = x in another shape of as many elements; dx = dy in the shape of x.
#[derive(Clone, Copy, Debug)]
pub struct Reshape {
    /// The shape of y.
    pub shape: Shape,
}

impl<T: Float> Op<T, 1> for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.reshape(self.shape)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.reshape(x.shape())?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The same elements in another shape. One length may be −1; it is inferred from the number of
    /// elements.
    ///
    /// # Errors
    ///
    /// If the shape has another number of elements, or the other lengths do not divide the number
    /// of elements.
    pub fn reshape(self, shape: impl Lengths) -> Result<Self> {
        let shape = shape.shape(|| self.shape())?;
        self.tape().apply(Reshape { shape }, [self])
    }

    /// Removes `axis`, which has length 1.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or it has another length.
    pub fn squeeze(self, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("squeeze", axis)?;
        let mut shape = self.shape().to_vec();
        if shape.get(axis) != Some(&1) {
            return Err(Error::invalid(
                "squeeze",
                format!("{shape:?} without axis {axis}: the axis must exist and have length 1"),
            ));
        }
        shape.remove(axis);
        self.reshape(&shape[..])
    }

    /// Inserts an axis of length 1, which becomes axis number `axis`.
    ///
    /// # Errors
    ///
    /// If `axis` is more than the number of axes of self.
    #[doc(alias = "expand_dims")]
    pub fn unsqueeze(self, axis: impl Axis) -> Result<Self> {
        let axis = axis.counted("unsqueeze", || with_one_more(self.shape()))?;
        let mut shape = self.shape().to_vec();
        if axis > shape.len() {
            return Err(Error::invalid(
                "unsqueeze",
                format!(
                    "{shape:?} with a new axis {axis}: its position must be in 0..={}",
                    shape.len()
                ),
            ));
        }
        if shape.len() == MOST_AXES {
            let rule = format!("{shape:?} has {MOST_AXES} axes already, the maximum");
            return Err(Error::invalid("unsqueeze", rule));
        }
        shape.insert(axis, 1);
        self.reshape(&shape[..])
    }
}

/// The shape with one more axis in front, if possible: its axes are the positions for a new one.
pub(super) fn with_one_more(shape: Shape) -> Shape {
    [1].into_iter().chain(shape.iter().copied()).take(MOST_AXES).collect()
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Reshape { shape: [3, 4].into() }, [normal([2, 6])]),
        grad_case!(Reshape { shape: [].into() }, [normal([1, 1])]).named("to a scalar"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("reshape", |given| given.x(0).reshape(&given.case.indices("shape")[..]))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn elements_keep_their_order() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let y = x.reshape([4]).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 2.0, 3.0, 4.0]));
        let gradients = y.backward_with(Tensor::from([5.0, 6.0, 7.0, 8.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[5.0, 6.0], [7.0, 8.0]]));
    }

    #[test]
    fn axes_of_length_one_come_and_go() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0]]));
        let y = x.squeeze(0).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 2.0]));
        let z = y.unsqueeze(1).unwrap();
        assert_eq!(z.value(), Tensor::from([[1.0], [2.0]]));
        let gradients = z.backward_with(Tensor::from([[3.0], [4.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[3.0, 4.0]]));
        assert_eq!(
            x.squeeze(1).unwrap_err().to_string(),
            "squeeze: [1, 2] without axis 1: the axis must exist and have length 1"
        );
        assert_eq!(
            x.unsqueeze(3).unwrap_err().to_string(),
            "unsqueeze: [1, 2] with a new axis 3: its position must be in 0..=2"
        );
        assert!(x.squeeze(2).is_err());
    }
}
