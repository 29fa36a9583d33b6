//! RMS norm: root mean square 1 along the last axes, then a gain for each element.
//!
//! y  = x/√(mean x² + ε)∘g: `square`, `mean_axes`, `rsqrt`, `mul`

use tensor::Float;

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// x/√(mean x² + `eps`)∘gain, the mean along the last axes, those of `gain`: PyTorch's
    /// `rms_norm(x, gain.shape, gain, eps)`. The squares must not overflow.
    ///
    /// # Errors
    ///
    /// If `gain` does not have the shape of the last axes, at least one.
    pub fn rms_norm(self, gain: Self, eps: T) -> Result<Self> {
        let (shape, part) = (self.shape(), gain.shape());
        if part.is_empty() || !shape.ends_with(&part) {
            let rule = format!(
                "inputs {shape:?}, gain {part:?}: the gain must have the shape of the inputs' last \
                 axes, at least one"
            );
            return Err(Error::invalid("rms_norm", rule));
        }
        let axes: Vec<usize> = (shape.len() - part.len()..shape.len()).collect();
        let size = self.square()?.mean_axes(&axes, true)?.add_scalar(eps)?.rsqrt()?;
        self.mul(size)?.mul(gain)
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("rms_norm", |given| {
        given.x(0).rms_norm(given.x(1), given.number("epsilon"))
    })]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        let g = tape.parameter(Tensor::<f32>::zeros([2]));
        assert_eq!(
            x.rms_norm(g, 1e-5).unwrap_err().to_string(),
            "rms_norm: inputs [2, 3], gain [2]: the gain must have the shape of the inputs' last \
             axes, at least one"
        );
    }
}
