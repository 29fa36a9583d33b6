//! Splitting into parts of equal length along an axis.
//!
//! `split` into parts of ⌈n/count⌉ elements; the last part has the rest

use tensor::Float;

use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// Splits into `count` consecutive parts along `axis`, all of the length ⌈n/`count`⌉ except the
    /// last, which may be shorter. As in PyTorch there are fewer parts if that length uses up the
    /// axis before: 5 in 4 parts are 2, 2 and 1.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or `count` is 0.
    pub fn chunk(self, count: usize, axis: impl Axis) -> Result<Vec<Self>> {
        let axis = self.axis("chunk", axis)?;
        let shape = self.shape();
        let Some(&length) = shape.get(axis).filter(|_| count > 0) else {
            let rule = format!(
                "{shape:?} in {count} parts along axis {axis}: the axis must exist; expected at \
                 least one part"
            );
            return Err(Error::invalid("chunk", rule));
        };
        let part = length.div_ceil(count);
        let lengths: Vec<usize> = match part {
            0 => vec![0; count],
            _ => (0..length).step_by(part).map(|start| part.min(length - start)).collect(),
        };
        self.split(axis, &lengths)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("chunk", |given| {
        let parts = given.x(0).chunk(given.whole("count"), given.whole("axis"));
        parts.map(|parts| parts[given.whole("part")])
    })]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn five_in_four_are_three_parts() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0, 3.0, 4.0, 5.0]));
        let lengths = |count: usize| -> Vec<usize> {
            x.chunk(count, -1).unwrap().iter().map(|part| part.shape()[0]).collect()
        };
        assert_eq!(lengths(4), [2, 2, 1]);
        assert_eq!(lengths(2), [3, 2]);
        assert_eq!(lengths(9), [1; 5]);
        assert_eq!(
            x.chunk(0, 0).unwrap_err().to_string(),
            "chunk: [5] in 0 parts along axis 0: the axis must exist; expected at least one part"
        );
        assert!(x.chunk(2, 1).is_err());
    }
}
