//! Batch norm: every column gets mean 0 and deviation 1, then a scale and a shift.

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

/// Each of `N` columns with mean 0 and deviation 1, then scaled and shifted (Ioffe and Szegedy 2015).
///
/// y = n∘g + s, n = (x − m)/√(v + ε), with ε the number whose bits are `EPSILON`, and g and s `[N]`, the
/// parameters `scale` and `shift`, at first 1 and 0. While the network trains, m and v are mean and
/// biased variance of the column in the batch, which must have two rows at least. Afterwards they are
/// the running ones, at first 0 and 1, which every step moves by the share whose bits are `MOMENTUM`
/// towards the batch's mean and its unbiased variance: what PyTorch does. They are kept, saved and loaded
/// with the parameters.
#[derive(Debug)]
pub struct BatchNorm<const N: usize, const MOMENTUM: u64, const EPSILON: u64>;

/// What [`BatchNorm`] computes, for any number of columns. In the flat buffer scale, shift, running mean and running
/// variance follow one another, each padded to the same length.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormFormula<W> {
    width: W,
    /// The share by which the running numbers move in a step.
    #[cfg_attr(not(feature = "std"), allow(dead_code))] // for training
    momentum: f64,
    /// What is added to the variance.
    epsilon: f64,
}

impl<W: Width> BatchNormFormula<W> {
    /// Of `width` columns.
    pub(crate) const fn new(width: W, [momentum, epsilon]: [f64; 2]) -> Self {
        BatchNormFormula { width, momentum, epsilon }
    }

    /// The tensor at `index`, in the order of the flat buffer.
    #[inline(always)]
    fn tensor<'p, T>(&self, parameters: &'p [T], index: usize) -> &'p [T] {
        let width = self.width.get();
        &parameters[index * padded(width)..][..width]
    }

    /// One row, by the running mean and variance.
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

/// The tensors in their order.
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
