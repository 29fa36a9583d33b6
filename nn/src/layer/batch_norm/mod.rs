//! Batch norm: every column gets mean 0 and deviation 1, then a scale and a shift.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

use crate::layer::moments::{epsilon, rate};
#[cfg(feature = "std")]
pub use train::BatchNormView;

use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::padded;

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

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> BatchNorm<N, MOMENTUM, EPSILON> {
    /// What is added to the variance.
    pub(crate) const E: f64 = epsilon(EPSILON);
    /// How far the running numbers move in a step.
    #[cfg(feature = "std")] // for training
    pub(crate) const SHARE: f64 = {
        let share = f64::from_bits(MOMENTUM);
        assert!(
            share > 0.0 && share <= 1.0,
            "batch_norm: the momentum is the share of a new batch in the running mean; it must be more \
             than 0 and at most 1"
        );
        share
    };
    /// Where the shift begins in the flat buffer.
    pub(crate) const SHIFT: usize = padded(N);
    /// Where the running mean begins.
    pub(crate) const MEAN: usize = 2 * padded(N);
    /// Where the running variance begins.
    pub(crate) const VARIANCE: usize = 3 * padded(N);
}

impl<const N: usize, const MOMENTUM: u64, const EPSILON: u64> Inference
    for BatchNorm<N, MOMENTUM, EPSILON>
{
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 4 * padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::E) }.as_str(),
        params: 2 * N,
        len: Self::LEN,
        tensors: &[
            TensorInfo::new("scale", &[N], 0),
            TensorInfo::new("shift", &[N], Self::SHIFT),
            TensorInfo::kept("running_mean", &[N], Self::MEAN),
            TensorInfo::kept("running_variance", &[N], Self::VARIANCE),
        ],
        ..LayerInfo::new("batch_norm", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let part = |at: usize| &parameters[at..][..N];
        let (scale, shift) = (part(0), part(Self::SHIFT));
        let (mean, variance) = (part(Self::MEAN), part(Self::VARIANCE));
        let mut y = [T::zero(); N];
        for i in 0..N {
            y[i] = (x[i] - mean[i]) * rate(variance[i], T::of(Self::E)) * scale[i] + shift[i];
        }
        y
    }
}
