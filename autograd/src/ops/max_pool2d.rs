//! Max pooling: the greatest element of windows over the last two axes.
//!
//! y  = the greatest x in each window
//! dx = for each element the sum of dy over the windows in which it is the greatest, the first of
//!      equals
//!
//! shapes: x `[…, height, width]`, y as x, but with the number of windows that fit along the last
//! two axes

use tensor::{Float, Tensor, Windows};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = the greatest x in each window; dy goes to it, and to the first of equals. This is the
/// convention of PyTorch's `max_pool2d`; [`Max`](super::Max) divides dy among equals instead.
///
/// Padding is ignored. A window without elements gives −∞, one with a NaN gives NaN.
#[derive(Clone, Debug)]
pub struct MaxPool2d {
    size: [usize; 2],
    windows: Windows<2>,
    /// The position of each y in its plane, saved by forward for backward.
    indices: Vec<usize>,
}

impl MaxPool2d {
    /// Pools windows of this size, with their stride, padding and dilation.
    pub fn new(size: [usize; 2], windows: Windows<2>) -> Self {
        MaxPool2d { size, windows, indices: Vec::new() }
    }

    /// The size of the windows.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Stride, padding and dilation of the windows.
    pub fn windows(&self) -> Windows<2> {
        self.windows
    }
}

impl<T: Float> Op<T, 1> for MaxPool2d {
    fn name(&self) -> &'static str {
        "max_pool2d"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let (y, indices) = x.max_pool2d(self.size, self.windows)?;
        self.indices = indices;
        Ok(y)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || Ok(dy.max_pool2d_gradient(x.shape(), &self.indices)?))?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The greatest element of each window of a `size` over the last two axes: PyTorch's
    /// `max_pool2d`, whose windows do not overlap by default.
    ///
    /// ```
    /// use autograd::{Tape, Windows};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 7.0, 6.0]]));
    /// let y = x.max_pool2d([2, 2], Windows::tiled([2, 2]))?;
    /// assert_eq!(y.value(), Tensor::from([[5.0, 7.0]]));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no window fits.
    pub fn max_pool2d(self, size: [usize; 2], windows: Windows<2>) -> Result<Self> {
        self.tape().apply(MaxPool2d::new(size, windows), [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::distinct;
    fn moved() -> Windows<2> {
        Windows::default().stride([2, 1]).padding([1, 1]).dilation([1, 2])
    }
    vec![
        grad_case!(MaxPool2d::new([2, 2], Windows::default()), [distinct([2, 3, 4])]),
        grad_case!(MaxPool2d::new([2, 3], moved()), [distinct([1, 2, 3, 5])]).named("moved"),
        grad_case!(MaxPool2d::new([2, 2], Windows::tiled([2, 2])), [distinct([5, 4])])
            .named("a plane"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("max_pool2d", |given| {
        given.x(0).max_pool2d(given.pair("size"), given.windows())
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn the_first_of_equals_gets_all() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[3.0, 3.0, 1.0]]));
        let y = x.max_pool2d([1, 2], Windows::default()).unwrap();
        assert_eq!(y.value(), Tensor::from([[3.0, 3.0]]));
        let gradients = y.backward_with(Tensor::from([[1.0, 10.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[1.0, 10.0, 0.0]]));
        assert_eq!(
            x.max_pool2d([2, 2], Windows::default()).unwrap_err().to_string(),
            "max_pool2d: [1, 3]: a window of 2 with the dilation 1 does not fit into 1 elements \
             with 0 elements of padding at either end"
        );
    }
}
