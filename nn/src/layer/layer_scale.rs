//! Layer scale: each column times a learned factor.
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

/// Layer scale of `N` columns: y = x∘g, with the parameter g `[N]`, named `scale`, which starts
/// at 1.
///
/// At the end of a residual branch it is the layer scale of Touvron et al. (2021). As the first
/// layer it weights the inputs, as in RealMLP (Holzmüller et al. 2024).
pub type LayerScale<const N: usize> = ByRow<N, LayerScaleRule>;

/// The formula of [`LayerScale`], for rows of any width.
pub type LayerScaleFormula<W> = ByRowFormula<LayerScaleRule, W>;

/// See [`LayerScale`].
#[derive(Clone, Copy, Debug)]
pub struct LayerScaleRule;

/// The parameters of a [`LayerScale`].
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct ScaleView<'a, T, const N: usize> {
    /// The factor of each column.
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
