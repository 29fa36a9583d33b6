//! One-hot encoding: classes as rows that are 1 at the class and 0 elsewhere.
//!
//! y  = 1 where the index along the last axis is x, 0 elsewhere
//!
//! shapes: y is x with one more axis, whose length is the number of classes

use tensor::{Buffer, Float, Shape, Tensor};

use crate::error::{Error, Result};
use crate::op::NoGradOp;
use crate::var::Var;

/// y = 1 where the index along a new last axis is x, 0 elsewhere. It has no gradient. PyTorch's
/// `one_hot(x, classes)`.
///
/// x are integers from 0 on, such as those of [`ArgMax`](super::ArgMax).
#[derive(Clone, Copy, Debug)]
pub struct OneHot {
    /// The number of classes.
    pub classes: usize,
}

impl<T: Float> NoGradOp<T, 1> for OneHot {
    fn name(&self) -> &'static str {
        "one_hot"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let shape: Shape = x.shape().iter().copied().chain([self.classes]).collect();
        let mut values = Buffer::zeroed(shape.elements());
        let inputs = x.shape();
        for (at, x) in x.to_vec().into_iter().enumerate() {
            let class = x.to_usize().filter(|&class| class < self.classes);
            let Some(class) = class.filter(|_| x.trunc() == x) else {
                let rule = format!(
                    "element {at} of {:?} is {x}; expected a class, an integer from 0 to below {}",
                    inputs, self.classes
                );
                return Err(Error::invalid("one_hot", rule));
            };
            values[at * self.classes + class] = T::one();
        }
        Ok(Tensor::from_buffer(values, shape)?)
    }
}

impl<T: Float> Var<'_, T> {
    /// 1 where the index along a new last axis, of length `classes`, is x, 0 elsewhere.
    ///
    /// # Errors
    ///
    /// If self requires a gradient, since the result has none (see [`detach`](Var::detach)), or an
    /// element is not one of the integers from 0 to `classes` − 1.
    pub fn one_hot(self, classes: usize) -> Result<Self> {
        self.tape().apply_without_gradient(OneHot { classes }, [self])
    }
}

#[cfg(test)]
pub(super) fn uses(x: crate::Var<'_, f64>) -> Vec<Result<crate::Var<'_, f64>>> {
    vec![x.one_hot(7)]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("one_hot", |given| given.x(0).one_hot(given.whole("classes")))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_class_is_a_whole_number_below_their_count() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::from([1.0, 0.0]));
        let y = x.one_hot(3).unwrap();
        assert_eq!(y.value(), Tensor::from([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]));
        for wrong in [3.0, -1.0, 0.5, f64::NAN] {
            let x = tape.constant(Tensor::from([0.0, wrong]));
            assert_eq!(
                x.one_hot(3).unwrap_err().to_string(),
                format!(
                    "one_hot: element 1 of [2] is {wrong}; expected a class, an integer from 0 to \
                     below 3"
                )
            );
        }
    }
}
