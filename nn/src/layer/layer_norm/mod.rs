//! Layer norm: every row gets mean 0 and deviation 1, then a scale and a shift for each column.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

use crate::layer::moments::{epsilon, mean_and_rate};
#[cfg(feature = "std")]
pub use train::NormView;

use crate::layer::{Inference, Info, LayerInfo, TensorInfo};
use crate::parameters::padded;

/// Each row of `N` numbers with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016).
///
/// y = n∘g + s, n = (x − m)/√(v + ε), with m and v the row's mean and biased variance, ε the number whose
/// bits are `EPSILON`, and g and s `[N]`, the parameters `scale` and `shift`, at first 1 and 0.
#[derive(Debug)]
pub struct LayerNorm<const N: usize, const EPSILON: u64>;

impl<const N: usize, const EPSILON: u64> LayerNorm<N, EPSILON> {
    /// What is added to the variance.
    pub(crate) const E: f64 = epsilon(EPSILON);
    /// Where the shift begins in the flat buffer.
    pub(crate) const SHIFT: usize = padded(N);

    /// One row.
    #[inline(always)]
    pub(crate) fn normalize<T: Float>(parameters: &[T], x: &[T], y: &mut [T]) -> (T, T) {
        let (scale, shift) = (&parameters[..N], &parameters[Self::SHIFT..][..N]);
        let (mean, rate) = mean_and_rate(&x[..N], T::of(Self::E));
        for ((y, &x), (&scale, &shift)) in y.iter_mut().zip(x).zip(scale.iter().zip(shift)) {
            *y = (x - mean) * rate * scale + shift;
        }
        (mean, rate)
    }
}

impl<const N: usize, const EPSILON: u64> Inference for LayerNorm<N, EPSILON> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = Self::SHIFT + padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::E) }.as_str(),
        params: 2 * N,
        len: Self::LEN,
        tensors: &[TensorInfo::new("scale", &[N], 0), TensorInfo::new("shift", &[N], Self::SHIFT)],
        ..LayerInfo::new("layer_norm", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::normalize(parameters, x, &mut y);
        y
    }
}
