//! Replacement of masked elements by a number.
//!
//! y  = value where the mask is not 0, x elsewhere: `select`

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// `value` where `mask` is not 0, x elsewhere. Replaced elements get no gradient, even if they
    /// are NaN.
    ///
    /// ```
    /// # use autograd::Tape;
    /// # use tensor::Tensor;
    /// let tape = Tape::new();
    /// let scores = tape.parameter(Tensor::from([1.0, 2.0]));
    /// let padding = tape.constant(Tensor::from([0.0, 1.0]));
    /// assert_eq!(
    ///     scores.masked_fill(padding, f64::NEG_INFINITY)?.softmax(0)?.value().to_vec(),
    ///     [1.0, 0.0]
    /// );
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the mask does not broadcast to the shape of x, or requires a gradient: it has none.
    pub fn masked_fill(self, mask: Self, value: T) -> Result<Self> {
        let (shape, of_mask) = (self.shape(), mask.shape());
        if mask.value().broadcast_to(shape).is_err() {
            let rule = format!("the mask, {of_mask:?}, does not broadcast to {shape:?}");
            return Err(Error::invalid("masked_fill", rule));
        }
        mask.select(self.tape().constant(Tensor::scalar(value)), self)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("masked_fill", |given| {
        given.x(0).masked_fill(given.x(1), given.number("value"))
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn a_mask_is_not_longer_than_what_it_masks() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, f64::NAN]));
        let mask = tape.constant(Tensor::from([0.0, 1.0]));
        let y = x.masked_fill(mask, 7.0).unwrap();
        assert_eq!(y.value(), Tensor::from([1.0, 7.0]));
        assert_eq!(y.sum().unwrap().backward().unwrap().of(x).unwrap().to_vec(), [1.0, 0.0]);
        let mask = tape.constant(Tensor::zeros([3, 2]));
        assert_eq!(
            x.masked_fill(mask, 7.0).unwrap_err().to_string(),
            "masked_fill: the mask, [3, 2], does not broadcast to [2]"
        );
    }
}
