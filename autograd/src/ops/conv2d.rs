//! Convolution over the last two axes.
//!
//! y  = Σ w[o, c, p, q]·x[n, c, i·s + p·d − padding, j·s + q·d − padding] at [n, o, i, j], Σ over
//!      c, p and q
//! dx = for each element the sum of dy·w over the windows that contain it
//! dw = for each position in the window the sum of dy·x over images and windows
//!
//! shapes: x `[images, channels, height, width]`, w `[output channels, channels/groups, rows,
//! columns]`, y `[images, output channels, …]` with the number of windows that fit

use tensor::{Float, Tensor, Windows};

use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = each window of x times the weight of each output channel; dx and dw are the sums in which an
/// element and a weight occur. PyTorch's `conv2d`; in mathematics, a cross-correlation.
///
/// The windows' elements become the columns of a matrix, image by image, and the matrix kernels
/// multiply; see [`Tensor::conv2d`].
#[derive(Clone, Copy, Debug)]
pub struct Conv2d {
    /// Stride, padding and dilation of the windows.
    pub windows: Windows<2>,
    /// The number of groups of channels, convolved independently; usually 1.
    pub groups: usize,
}

impl<T: Float> Op<T, 2> for Conv2d {
    fn name(&self) -> &'static str {
        "conv2d"
    }

    fn forward(&mut self, [x, w]: [&Tensor<T>; 2]) -> Result<Tensor<T>> {
        Ok(x.conv2d(w, self.windows, self.groups)?)
    }

    fn backward(&self, call: &Call<'_, T, 2>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 2]> {
        let ([x, w], Conv2d { windows, groups }) = (call.inputs, *self);
        Ok([
            call.wanted(0, || Ok(dy.conv2d_input_gradient(four(x), w, windows, groups)?))?,
            call.wanted(1, || Ok(dy.conv2d_weight_gradient(x, four(w), windows, groups)?))?,
        ])
    }
}

/// The shape as an array; forward has checked that there are four axes.
fn four<T: Float>(x: &Tensor<T>) -> [usize; 4] {
    let Ok(shape) = x.shape().try_into() else { unreachable!("forward has checked the shape") };
    shape
}

impl<T: Float> Var<'_, T> {
    /// Each window of x, `[images, channels, height, width]`, times the `weight`, `[output
    /// channels, channels/groups, rows, columns]`: PyTorch's `conv2d`. `groups` is 1 except for
    /// grouped and depthwise convolutions. [`add_channels`](Var::add_channels) adds a bias for each
    /// channel.
    ///
    /// ```
    /// use autograd::{Tape, Windows};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let images = tape.constant(Tensor::<f32>::ones([8, 3, 32, 32]));
    /// let weight = tape.parameter(Tensor::ones([16, 3, 3, 3]));
    /// let same = images.conv2d(weight, Windows::default().padding([1, 1]), 1)?;
    /// assert_eq!(same.shape()[..], [8, 16, 32, 32]);
    /// let half = images.conv2d(weight, Windows::default().stride([2, 2]).padding([1, 1]), 1)?;
    /// assert_eq!(half.shape()[..], [8, 16, 16, 16]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the shapes do not match, the groups do not divide the channels, or no window fits.
    pub fn conv2d(self, weight: Self, windows: Windows<2>, groups: usize) -> Result<Self> {
        self.tape().apply(Conv2d { windows, groups }, [self, weight])
    }

    /// x, `[images, channels, …]`, plus a number for each channel, `[channels]`: the bias of a
    /// convolution.
    ///
    /// # Errors
    ///
    /// If there is not one number for each channel.
    pub fn add_channels(self, shift: Self) -> Result<Self> {
        let (shape, of_shift) = (self.shape(), shift.shape());
        if shape.get(1).is_none_or(|&channels| of_shift[..] != [channels]) {
            let rule = format!(
                "inputs {shape:?}, shift {of_shift:?}: the inputs must be [images, channels, …], \
                the shift [channels]"
            );
            return Err(Error::invalid("add_channels", rule));
        }
        let mut column = vec![1; shape.len() - 1];
        column[0] = shape[1];
        self.add(shift.reshape(&column[..])?)
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(windows: Windows<2>, groups: usize) -> Conv2d {
        Conv2d { windows, groups }
    }
    fn one() -> Windows<2> {
        Windows::default()
    }
    fn moved() -> Windows<2> {
        one().stride([2, 1]).padding([1, 2]).dilation([1, 2])
    }
    vec![
        grad_case!(op(one(), 1), [normal([2, 2, 3, 4]), normal([3, 2, 2, 2])]),
        grad_case!(op(moved(), 1), [normal([1, 2, 4, 3]), normal([2, 2, 3, 2])]).named("moved"),
        grad_case!(op(one(), 2), [normal([2, 4, 3, 2]), normal([2, 2, 2, 1])]).named("groups"),
        grad_case!(op(one(), 1), [normal([2, 3, 2, 2]), normal([2, 3, 1, 1])])
            .named("of one place"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("conv2d", |given| {
        let y = given.x(0).conv2d(given.x(1), given.windows(), given.whole("groups"))?;
        match given.inputs.get(2) {
            Some(&shift) => y.add_channels(shift),
            None => Ok(y),
        }
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn differences_of_neighbours() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[[1.0, 2.0, 4.0, 8.0]]]));
        let x = x.unsqueeze(0).unwrap();
        let w = tape.parameter(Tensor::from([-1.0, 1.0]).reshape([1, 1, 1, 2]).unwrap());
        let y = x.conv2d(w, Windows::default(), 1).unwrap();
        assert_eq!(y.value().to_vec(), [1.0, 2.0, 4.0]);
        x.keep_gradient();
        let dy = Tensor::from([1.0, 10.0, 100.0]).reshape([1, 1, 1, 3]).unwrap();
        let gradients = y.backward_with(dy).unwrap();
        assert_eq!(gradients.of(x).unwrap().to_vec(), [-1.0, -9.0, -90.0, 100.0]);
        assert_eq!(gradients.of(w).unwrap().to_vec(), [421.0, 842.0]);
        assert_eq!(
            x.conv2d(x, Windows::default(), 2).unwrap_err().to_string(),
            "conv2d: [1, 1, 1, 4] and [1, 1, 1, 4]: 2 groups must divide the 1 input channels and \
             the 1 output channels"
        );
        let shift = tape.parameter(Tensor::from([1.0, 2.0]));
        assert_eq!(
            y.add_channels(shift).unwrap_err().to_string(),
            "add_channels: inputs [1, 1, 1, 3], shift [2]: the inputs must be [images, channels, \
            …], the shift [channels]"
        );
    }
}
