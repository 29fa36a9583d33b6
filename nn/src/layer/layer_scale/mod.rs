//! Layer scale: each column times a factor of its own, which is learned.

#[cfg(feature = "std")]
mod train;

use tensor::Float;

#[cfg(feature = "std")]
pub use train::ScaleView;

use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// Each of `N` numbers of a row times a learned factor: y = x∘g, with g `[N]`, the parameter `scale`, at first 1.
///
/// At the end of a residual branch it is what Touvron et al. (2021) call so; in front of a network it weighs the inputs, as
/// RealMLP does (Holzmüller et al. 2024).
#[derive(Debug)]
pub struct LayerScale<const N: usize>;

/// What [`LayerScale`] computes, for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct LayerScaleFormula<W> {
    width: W,
}

impl<W: Width> LayerScaleFormula<W> {
    /// Of rows of `width` numbers.
    pub(crate) const fn new(width: W, []: [f64; 0]) -> Self {
        LayerScaleFormula { width }
    }

    /// One row.
    #[inline(always)]
    fn multiply<T: Float>(&self, scale: &[T], x: &[T], y: &mut [T]) {
        for ((y, &x), &scale) in y.iter_mut().zip(x).zip(&scale[..self.width.get()]) {
            *y = x * scale;
        }
    }
}

impl<const N: usize> Inference for LayerScale<N> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        params: N,
        len: Self::LEN,
        tensors: &[TensorInfo::new("scale", &[N], 0).kind(TensorKind::Scale)],
        ..LayerInfo::new("layer_scale", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        LayerScaleFormula::<Fixed<N>>::new(Fixed, []).multiply(parameters, x, &mut y);
        y
    }
}
