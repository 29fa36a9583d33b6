//! Convolution and pooling over one axis: as over two axes, the first of length 1.
//!
//! `unsqueeze`, the operation over two axes, `squeeze`

use tensor::{Float, Windows};

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// Each window of x, `[images, channels, length]`, times the `weight`, `[output channels,
    /// channels/groups, positions]`: PyTorch's `conv1d`. As [`conv2d`](Var::conv2d).
    ///
    /// # Errors
    ///
    /// If the shapes do not match, the groups do not divide the channels, or no window fits.
    pub fn conv1d(self, weight: Self, windows: Windows<1>, groups: usize) -> Result<Self> {
        let (shape, of_weight) = (self.shape(), weight.shape());
        if shape.len() != 3 || of_weight.len() != 3 {
            let rule = format!(
                "{shape:?} and {of_weight:?}: the first must be [images, channels, length], the \
                second, the weight, [output channels, input channels of a group, positions]"
            );
            return Err(Error::invalid("conv1d", rule));
        }
        let weight = weight.unsqueeze(2)?;
        self.unsqueeze(2)?.conv2d(weight, windows.in_two_axes(), groups)?.squeeze(2)
    }

    /// The greatest element of each window of a `size` over the last axis: PyTorch's `max_pool1d`.
    /// As [`max_pool2d`](Var::max_pool2d).
    ///
    /// # Errors
    ///
    /// If no window fits.
    pub fn max_pool1d(self, size: usize, windows: Windows<1>) -> Result<Self> {
        let x = with_a_row("max_pool1d", self)?;
        x.max_pool2d([1, size], windows.in_two_axes())?.squeeze(-2)
    }

    /// The mean of each window of a `size` over the last axis: PyTorch's `avg_pool1d`. As
    /// [`avg_pool2d`](Var::avg_pool2d).
    ///
    /// # Errors
    ///
    /// If no window fits.
    pub fn avg_pool1d(self, size: usize, windows: Windows<1>) -> Result<Self> {
        let x = with_a_row("avg_pool1d", self)?;
        x.avg_pool2d([1, size], windows.in_two_axes())?.squeeze(-2)
    }
}

/// x with an axis of length 1 before the last.
fn with_a_row<'t, T: Float>(op: &'static str, x: Var<'t, T>) -> Result<Var<'t, T>> {
    match x.shape().len() {
        0 => Err(Error::invalid(op, "a scalar has no axis for the windows to move over")),
        rank => x.unsqueeze(rank - 1),
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![
        compared!("conv1d", |given| {
            given.x(0).conv1d(given.x(1), given.windows(), given.whole("groups"))
        }),
        compared!("max_pool1d", |given| {
            given.x(0).max_pool1d(given.whole("size"), given.windows())
        }),
        compared!("avg_pool1d", |given| {
            given.x(0).avg_pool1d(given.whole("size"), given.windows())
        }),
    ]
}

#[cfg(test)]
mod tests {
    use tensor::{Tensor, Windows};

    use crate::Tape;

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([2, 3]));
        assert_eq!(
            x.conv1d(x, Windows::default(), 1).unwrap_err().to_string(),
            "conv1d: [2, 3] and [2, 3]: the first must be [images, channels, length], the second, \
            the weight, [output channels, input channels of a group, positions]"
        );
        assert!(x.max_pool1d(4, Windows::default()).is_err());
        let scalar = tape.parameter(Tensor::scalar(1.0_f32));
        assert!(scalar.avg_pool1d(1, Windows::default()).is_err());
        assert_eq!(x.avg_pool1d(2, Windows::tiled([2])).unwrap().shape()[..], [2, 1]);
    }
}
