//! Repetition along the axes.
//!
//! y  = x, repeated times[i] times along each axis i: `unsqueeze` and `index_select`

use tensor::Float;

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// Repeats x `times[i]` times along axis i, with new axes in front if there are more numbers
    /// than axes. PyTorch's `repeat`, NumPy's `tile`. [`broadcast_to`](Var::broadcast_to) repeats
    /// an axis of length 1 without copying.
    ///
    /// # Errors
    ///
    /// If there are fewer numbers than axes, or more than a tensor has axes.
    #[doc(alias = "tile")]
    pub fn repeat(self, times: &[usize]) -> Result<Self> {
        let Some(new_axes) = times.len().checked_sub(self.shape().len()) else {
            let rule = format!("{:?} by {times:?}: expected a number for each axis", self.shape());
            return Err(Error::invalid("repeat", rule));
        };
        let mut y = self;
        for _ in 0..new_axes {
            y = y.unsqueeze(0)?;
        }
        for (axis, &times) in times.iter().enumerate().filter(|&(_, &times)| times != 1) {
            let length = y.shape()[axis];
            let indices: Vec<usize> = (0..times).flat_map(|_| 0..length).collect();
            y = y.index_select(axis, &indices)?;
        }
        Ok(y)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("repeat", |given| given.x(0).repeat(&given.case.indices("times")))]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn each_copy_adds_to_the_gradient() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0]));
        let y = x.repeat(&[2, 2]).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 2.0, 1.0, 2.0], [1.0, 2.0, 1.0, 2.0]]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([4.0, 4.0]));
        assert_eq!(
            x.repeat(&[]).unwrap_err().to_string(),
            "repeat: [2] by []: expected a number for each axis"
        );
        assert!(x.repeat(&[1; 9]).is_err());
    }
}
