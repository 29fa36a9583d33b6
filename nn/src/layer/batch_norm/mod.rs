//! Batch norm: each column gets mean 0 and standard deviation 1, then a scale and a shift.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

#[cfg(feature = "std")]
pub use train::BatchNormView;

use crate::layer::moments::rate;
use crate::layer::option::checked;
use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// Batch norm of `N` columns: mean 0 and standard deviation 1, then scaled and shifted (Ioffe and
/// Szegedy 2015).
///
/// y = n∘g + s, n = (x − m)/√(v + ε), with ε the number whose bits are `EPSILON`. The parameters g
/// and s `[N]` are named `scale` and `shift`; they start at 1 and 0.
///
/// - In training, m and v are mean and biased variance of the column in the batch, which must have
///   at least two rows.
/// - In evaluation, they are the running mean and variance, which start at 0 and 1. Each training
///   step moves them toward the batch's mean and its unbiased variance, by the fraction whose bits
///   are `MOMENTUM`, as in PyTorch. They are saved and loaded with the parameters.
#[derive(Debug)]
pub struct BatchNorm<const N: usize, const MOMENTUM: u64, const EPSILON: u64>;

/// The formula of [`BatchNorm`], for any number of columns. The flat buffer has scale, shift,
/// running mean and running variance, each padded to the same length.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormFormula<W> {
    width: W,
    /// The fraction by which a step moves the running statistics.
    #[cfg_attr(not(feature = "std"), allow(dead_code))] // for training
    momentum: f64,
    /// ε, which is added to the variance.
    epsilon: f64,
}

impl<W: Width> BatchNormFormula<W> {
    /// Creates the formula for `width` columns.
    pub(crate) const fn new(width: W, [momentum, epsilon]: [f64; 2]) -> Self {
        BatchNormFormula { width, momentum, epsilon }
    }

    /// Returns the tensor at `index`, in the order of the flat buffer.
    #[inline(always)]
    fn tensor<'p, T>(&self, parameters: &'p [T], index: usize) -> &'p [T] {
        let width = self.width.get();
        &parameters[index * padded(width)..][..width]
    }

    /// Normalizes one row by the running mean and variance.
    #[inline(always)]
    fn normalize<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T]) {
        let tensor = |index| self.tensor(parameters, index);
        let (scale, shift) = (tensor(SCALE), tensor(SHIFT));
        let (mean, variance) = (tensor(MEAN), tensor(VARIANCE));
        for i in 0..self.width.get() {
            y[i] = (x[i] - mean[i]) * rate(variance[i], T::of(self.epsilon)) * scale[i] + shift[i];
        }
    }
}

/// Indices of the tensors.
const SCALE: usize = 0;
const SHIFT: usize = 1;
const MEAN: usize = 2;
const VARIANCE: usize = 3;

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> BatchNorm<N, MOMENTUM, EPSILON> {
    const FORMULA: BatchNormFormula<Fixed<N>> = BatchNormFormula::new(
        Fixed,
        [checked("batch_norm", "momentum", MOMENTUM), checked("batch_norm", "epsilon", EPSILON)],
    );
}

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> Inference
    for BatchNorm<N, MOMENTUM, EPSILON>
{
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 4 * padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::FORMULA.epsilon) }.as_str(),
        params: 2 * N,
        len: Self::LEN,
        tensors: &[
            TensorInfo::new("scale", &[N], SCALE * padded(N)).kind(TensorKind::Scale),
            TensorInfo::new("shift", &[N], SHIFT * padded(N)).kind(TensorKind::Bias),
            TensorInfo::kept("running_mean", &[N], MEAN * padded(N)),
            TensorInfo::kept("running_variance", &[N], VARIANCE * padded(N)),
        ],
        ..LayerInfo::of_notation("batch_norm", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::FORMULA.normalize(parameters, x, &mut y);
        y
    }
}
