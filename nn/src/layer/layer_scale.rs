//! Layer scale: each column times a factor of its own, which is learned.
//!
//! y  = x∘g
//! dx = dy∘g, dg = Σ rows of dy∘x
//!
//! shapes: x, y `[rows, N]`, g `[N]`

use tensor::Float;

use super::by_row::{ByRow, ByRowFormula, RowRule, column, column_mut};
use crate::parameters::TensorKind;
#[cfg(feature = "std")]
use crate::parameters::array;

/// Each of `N` numbers of a row times a learned factor: y = x∘g, with g `[N]`, the parameter `scale`, at first 1.
///
/// At the end of a residual branch it is what Touvron et al. (2021) call so; in front of a network it weighs the inputs, as
/// RealMLP does (Holzmüller et al. 2024).
pub type LayerScale<const N: usize> = ByRow<N, LayerScaleRule>;

/// What [`LayerScale`] computes, for rows of any width.
pub type LayerScaleFormula<W> = ByRowFormula<LayerScaleRule, W>;

/// See [`LayerScale`].
#[derive(Clone, Copy, Debug)]
pub struct LayerScaleRule;

/// The parameters of a layer that scales its columns.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct ScaleView<'a, T, const N: usize> {
    /// What each column is multiplied by.
    pub scale: &'a [T; N],
}

impl RowRule for LayerScaleRule {
    const WORD: &'static str = "layer_scale";
    const TENSORS: &'static [(&'static str, TensorKind)] = &[("scale", TensorKind::Scale)];
    type Options = [f64; 0];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = ScaleView<'a, T, N>;

    fn new([]: [f64; 0]) -> Self {
        LayerScaleRule
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> ScaleView<'_, T, N> {
        ScaleView { scale: array(parameters, 0) }
    }

    fn first(&self, _index: usize) -> f64 {
        1.0
    }

    #[inline(always)]
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], _kept: &mut [T]) {
        let scale = column(parameters, 0, x.len());
        for ((y, &x), &scale) in y.iter_mut().zip(x).zip(scale) {
            *y = x * scale;
        }
    }

    #[inline(always)]
    fn backward<T: Float>(&self, parameters: &[T], _x: &[T], _: &[T], dy: &[T], dx: &mut [T]) {
        self.forward(parameters, dy, dx, &mut []);
    }

    #[inline(always)]
    fn gradient<T: Float>(&self, x: &[T], _kept: &[T], dy: &[T], gradient: &mut [T]) {
        let scale = column_mut(gradient, 0, x.len());
        for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
            *scale = *scale + dy * x;
        }
    }
}
