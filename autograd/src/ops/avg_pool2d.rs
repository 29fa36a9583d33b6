//! Average pooling: the mean of windows over the last two axes.
//!
//! y  = Σ x / n over each window, n its positions, or only those inside x
//! dx = for each element the sum of dy / n over the windows that contain it
//!
//! shapes: x `[…, height, width]`, y as x, but with the number of windows that fit along the last
//! two axes

use tensor::{Float, Tensor, Windows};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = the mean of each window; its elements get equal parts of dy. PyTorch's `avg_pool2d`.
#[derive(Clone, Copy, Debug)]
pub struct AvgPool2d {
    /// The size of the windows.
    pub size: [usize; 2],
    /// Stride, padding and dilation of the windows.
    pub windows: Windows<2>,
    /// Whether padding counts as elements with the value 0: PyTorch's `count_include_pad`, whose
    /// default is true.
    pub counts_padding: bool,
}

impl<T: Float> Op<T, 1> for AvgPool2d {
    fn name(&self) -> &'static str {
        "avg_pool2d"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        Ok(x.avg_pool2d(self.size, self.windows, self.counts_padding)?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let ([x], AvgPool2d { size, windows, counts_padding }) = (call.inputs, *self);
        Ok([call.wanted(0, || {
            Ok(dy.avg_pool2d_gradient(x.shape(), size, windows, counts_padding)?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// The mean of each window of a `size` over the last two axes: PyTorch's `avg_pool2d`, whose
    /// windows do not overlap by default. Padding counts as elements with the value 0; apply
    /// [`ops::AvgPool2d`](AvgPool2d) to exclude it.
    ///
    /// # Errors
    ///
    /// If no window fits.
    #[doc(alias = "average_pool")]
    pub fn avg_pool2d(self, size: [usize; 2], windows: Windows<2>) -> Result<Self> {
        self.tape().apply(AvgPool2d { size, windows, counts_padding: true }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op(size: [usize; 2], windows: Windows<2>, counts_padding: bool) -> AvgPool2d {
        AvgPool2d { size, windows, counts_padding }
    }
    fn moved() -> Windows<2> {
        Windows::default().stride([2, 1]).padding([1, 1]).dilation([1, 2])
    }
    vec![
        grad_case!(op([2, 2], Windows::default(), true), [normal([2, 3, 4])]),
        grad_case!(op([2, 3], moved(), true), [normal([1, 2, 3, 5])]).named("moved"),
        grad_case!(op([2, 3], moved(), false), [normal([3, 5])]).named("only elements count"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("avg_pool2d", |given| {
        let counts_padding = given.case.flag("counts_padding", true);
        let op = AvgPool2d { size: given.pair("size"), windows: given.windows(), counts_padding };
        given.tape.apply(op, [given.x(0)])
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn neighbours_share() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 3.0, 5.0]]));
        let y = x.avg_pool2d([1, 2], Windows::default()).unwrap();
        assert_eq!(y.value(), Tensor::from([[2.0, 4.0]]));
        let gradients = y.backward_with(Tensor::from([[2.0, 20.0]])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([[1.0, 11.0, 10.0]]));
        assert!(x.avg_pool2d([1, 4], Windows::default()).is_err());
    }
}
