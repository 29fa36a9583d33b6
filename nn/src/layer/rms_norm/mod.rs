//! RMS norm: every row gets a root mean square of 1, then a scale for each column.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

use crate::layer::moments::rms_rate;
use crate::layer::option::checked;
use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// Each row of `N` numbers divided by its root mean square, then scaled (Zhang and Sennrich 2019).
///
/// y = x·r∘g, r = 1/√(mean x² + ε), with the mean over the row, ε the number whose bits are `EPSILON`, and g `[N]`, the
/// parameter `scale`, at first 1. It is [`LayerNorm`](crate::layer::LayerNorm) without the mean and the shift, at about
/// half its cost.
#[derive(Debug)]
pub struct RmsNorm<const N: usize, const EPSILON: u64>;

/// What [`RmsNorm`] computes, for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct RmsNormFormula<W> {
    width: W,
    /// What is added to the mean square.
    epsilon: f64,
}

impl<W: Width> RmsNormFormula<W> {
    /// Of rows of `width` numbers, adding `epsilon` to the mean square.
    pub(crate) const fn new(width: W, [epsilon]: [f64; 1]) -> Self {
        RmsNormFormula { width, epsilon }
    }

    /// One row; its r.
    #[inline(always)]
    fn normalize<T: Float>(&self, scale: &[T], x: &[T], y: &mut [T]) -> T {
        let width = self.width.get();
        let rate = rms_rate(&x[..width], T::of(self.epsilon));
        for ((y, &x), &scale) in y.iter_mut().zip(x).zip(&scale[..width]) {
            *y = x * rate * scale;
        }
        rate
    }
}

impl<const N: usize, const EPSILON: u64> RmsNorm<N, EPSILON> {
    const FORMULA: RmsNormFormula<Fixed<N>> =
        RmsNormFormula::new(Fixed, [checked("rms_norm", "epsilon", EPSILON)]);
}

impl<const N: usize, const EPSILON: u64> Inference for RmsNorm<N, EPSILON> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::FORMULA.epsilon) }.as_str(),
        params: N,
        len: Self::LEN,
        tensors: &[TensorInfo::new("scale", &[N], 0).kind(TensorKind::Scale)],
        ..LayerInfo::new("rms_norm", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::FORMULA.normalize(parameters, x, &mut y);
        y
    }
}
