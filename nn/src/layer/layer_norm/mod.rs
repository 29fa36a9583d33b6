//! Layer norm: every row gets mean 0 and deviation 1, then a scale and a shift for each column.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

#[cfg(feature = "std")]
pub use train::NormView;

use crate::layer::moments::mean_and_rate;
use crate::layer::option::checked;
use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// Each row of `N` numbers with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016).
///
/// y = n∘g + s, n = (x − m)/√(v + ε), with m and v the row's mean and biased variance, ε the number whose
/// bits are `EPSILON`, and g and s `[N]`, the parameters `scale` and `shift`, at first 1 and 0.
#[derive(Debug)]
pub struct LayerNorm<const N: usize, const EPSILON: u64>;

/// What [`LayerNorm`] computes, for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct LayerNormFormula<W> {
    width: W,
    /// What is added to the variance.
    epsilon: f64,
}

impl<W: Width> LayerNormFormula<W> {
    /// Of rows of `width` numbers, adding `epsilon` to the variance.
    pub(crate) const fn new(width: W, [epsilon]: [f64; 1]) -> Self {
        LayerNormFormula { width, epsilon }
    }

    /// Where the shift begins in the flat buffer; its gap included, it is as long as the scale.
    fn shift(&self) -> usize {
        padded(self.width.get())
    }

    /// One row; its mean and 1/√(v + ε).
    #[inline(always)]
    fn normalize<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T]) -> (T, T) {
        let width = self.width.get();
        let (scale, shift) = (&parameters[..width], &parameters[self.shift()..][..width]);
        let (mean, rate) = mean_and_rate(&x[..width], T::of(self.epsilon));
        for ((y, &x), (&scale, &shift)) in y.iter_mut().zip(x).zip(scale.iter().zip(shift)) {
            *y = (x - mean) * rate * scale + shift;
        }
        (mean, rate)
    }
}

impl<const N: usize, const EPSILON: u64> LayerNorm<N, EPSILON> {
    const FORMULA: LayerNormFormula<Fixed<N>> =
        LayerNormFormula::new(Fixed, [checked("layer_norm", "epsilon", EPSILON)]);
}

impl<const N: usize, const EPSILON: u64> Inference for LayerNorm<N, EPSILON> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 2 * padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::FORMULA.epsilon) }.as_str(),
        params: 2 * N,
        len: Self::LEN,
        tensors: &[
            TensorInfo::new("scale", &[N], 0).kind(TensorKind::Scale),
            TensorInfo::new("shift", &[N], padded(N)).kind(TensorKind::Bias),
        ],
        ..LayerInfo::new("layer_norm", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::FORMULA.normalize(parameters, x, &mut y);
        y
    }
}
