//! Splitting into consecutive parts along an axis.
//!
//! yᵢ = x where the index along the axis is in part i
//! dx = [dy₀, dy₁, …]
//!
//! shapes: yᵢ as x, but for the axis, where it has the length of its part; the lengths add up

use tensor::{Float, Tensor};

use super::concat::concat;
use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::list::{ListCall, ListOp};
use crate::var::Var;

/// The consecutive parts of x along an axis as outputs; dx = \[dy₀, dy₁, …\].
#[derive(Clone, Debug)]
pub struct Split {
    /// The axis.
    pub axis: usize,
    /// The lengths of the parts, which add up to that of the axis.
    pub lengths: Vec<usize>,
}

impl<T: Float> ListOp<T> for Split {
    fn name(&self) -> &'static str {
        "split"
    }

    fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
        let &[x] = inputs else {
            let rule = format!("{} inputs; expected one", inputs.len());
            return Err(Error::invalid("split", rule));
        };
        let sum = self.lengths.iter().try_fold(0_usize, |sum, &length| sum.checked_add(length));
        if x.shape().get(self.axis).is_none_or(|&length| sum != Some(length)) {
            return Err(Error::invalid(
                "split",
                format!(
                    "{:?} into the lengths {:?} along axis {}: the axis must exist, and the \
                    lengths must add up to its length",
                    x.shape(),
                    self.lengths,
                    self.axis
                ),
            ));
        }
        let mut start = 0;
        let part = |&length: &usize| {
            let range = start..start + length;
            start = range.end;
            Ok(x.slice(self.axis, range)?)
        };
        self.lengths.iter().map(part).collect()
    }

    fn backward(&self, call: &ListCall<'_, T>, dy: &[Tensor<T>]) -> Result<Vec<Option<Tensor<T>>>> {
        let parts: Vec<&Tensor<T>> = dy.iter().collect();
        let gradient = call.wanted(0, || match parts[..] {
            // An axis of length 0 may be split into no parts at all.
            [] => Ok(Tensor::zeros(call.inputs[0].shape())),
            _ => concat(self.axis, &parts),
        })?;
        Ok(vec![gradient])
    }
}

impl<T: Float> Var<'_, T> {
    /// Splits into consecutive parts of these lengths along `axis`.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([1.0, 2.0, 3.0]));
    /// let parts = x.split(0, &[1, 2])?;
    /// assert_eq!(parts[1].value(), Tensor::from([2.0, 3.0]));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such axis, or the lengths do not add up to its length.
    pub fn split(self, axis: impl Axis, lengths: &[usize]) -> Result<Vec<Self>> {
        let axis = self.axis("split", axis)?;
        self.tape().apply_list(Split { axis, lengths: lengths.to_vec() }, &[self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::gradcheck::{GradCase, normal};
    let op = |axis, lengths: &'static [usize]| move || Split { axis, lengths: lengths.to_vec() };
    vec![
        GradCase::list(op(1, &[2, 1]), [normal([2, 3])]),
        GradCase::list(op(1, &[1, 0, 2, 1]), [normal([2, 4, 3])]).named("the middle axis"),
        GradCase::list(op(0, &[3]), [normal([3])]).named("one part"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("split", |given| {
        let parts = given.x(0).split(given.whole("axis"), &given.case.indices("lengths"));
        parts.map(|parts| parts[given.whole("part")])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn what_is_split_gets_its_gradient_from_every_part() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        let parts = x.split(1, &[1, 0, 1, 1]).unwrap();
        assert_eq!(parts[0].value(), Tensor::from([[1.0], [4.0]]));
        assert_eq!(parts[1].shape()[..], [2, 0]);
        assert_eq!(parts[3].value(), Tensor::from([[3.0], [6.0]]));
        // The middle part is unused.
        let y = parts[0].sum().unwrap() + parts[3].sum().unwrap() * 10.0;
        let expected = Tensor::from([[1.0, 0.0, 10.0], [1.0, 0.0, 10.0]]);
        assert_eq!(*y.backward().unwrap().of(x).unwrap(), expected);
    }

    #[test]
    fn the_lengths_must_add_up() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.split(1, &[1, 1]).unwrap_err().to_string(),
            "split: [2, 3] into the lengths [1, 1] along axis 1: the axis must exist, and the \
            lengths must add up to its length"
        );
        assert!(x.split(2, &[1]).is_err() && x.split(1, &[usize::MAX, 4]).is_err());
    }
}
