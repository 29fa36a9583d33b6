//! Cyclic shift along an axis.
//!
//! y[i + shift] = x[i], indices modulo the length: `index_select`

use tensor::Float;

use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The elements shifted by `shift` positions along `axis`, cyclically: from the last position
    /// to the first. PyTorch's and NumPy's `roll`.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn roll(self, shift: isize, axis: impl Axis) -> Result<Self> {
        let axis = self.axis("roll", axis)?;
        let shape = self.shape();
        let Some(&length) = shape.get(axis) else {
            let rule = format!("{shape:?}: there is no axis {axis}; the axes are counted from 0");
            return Err(Error::invalid("roll", rule));
        };
        let first = match length as isize {
            0 => 0,
            length => (length - shift.rem_euclid(length)) as usize,
        };
        let indices: Vec<usize> = (0..length).map(|at| (first + at) % length).collect();
        self.index_select(axis, &indices)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("roll", |given| {
        given.x(0).roll(given.case.integer("shift", 0) as isize, given.whole("axis"))
    })]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn around_and_around() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0, 3.0]));
        for (shift, expected) in [
            (1, [3.0, 1.0, 2.0]),
            (-1, [2.0, 3.0, 1.0]),
            (6, [1.0, 2.0, 3.0]),
            (isize::MIN, [3.0, 1.0, 2.0]), // −2⁶³ is 1 more than a multiple of 3
        ] {
            assert_eq!(x.roll(shift, -1).unwrap().value(), Tensor::from(expected), "{shift}");
        }
        assert_eq!(
            x.roll(1, 1).unwrap_err().to_string(),
            "roll: [3]: there is no axis 1; the axes are counted from 0"
        );
    }
}
