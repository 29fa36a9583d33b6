//! RMS norm: each row gets a root mean square of 1, then a scale per column.
//!
//! y  = x·r∘g, r = 1/√(mean x² + ε)
//! dx = r·(h − x·r²·mean (h∘x)), h = dy∘g
//! dg = Σ rows of dy∘x·r
//!
//! shapes: x, y `[rows, N]`, r `[rows]`, g `[N]`; means along a row

use tensor::Float;

#[cfg(feature = "std")]
use super::ScaleView;
use super::by_row::{ByRow, ByRowFormula, RowRule, column, column_mut};
use super::moments::{rms_rate, sum};
use crate::parameters::TensorKind;
#[cfg(feature = "std")]
use crate::parameters::array;

/// RMS norm of rows of `N` numbers: divided by the root mean square, then scaled (Zhang and
/// Sennrich 2019).
///
/// y = x·r∘g, r = 1/√(mean x² + ε), with the mean over the row, and ε the number whose bits are
/// `EPSILON`. The parameter g `[N]` is named `scale` and starts at 1. It is
/// [`LayerNorm`](crate::layer::LayerNorm) without the mean and the shift, at about half its cost.
pub type RmsNorm<const N: usize, const EPSILON: u64> = ByRow<N, RmsNormRule, EPSILON>;

/// The formula of [`RmsNorm`], for rows of any width.
pub type RmsNormFormula<W> = ByRowFormula<RmsNormRule, W>;

/// See [`RmsNorm`].
#[derive(Clone, Copy, Debug)]
pub struct RmsNormRule {
    /// ε, which is added to the mean square.
    epsilon: f64,
}

impl RowRule for RmsNormRule {
    const WORD: &'static str = "rms_norm";
    const TENSORS: &'static [(&'static str, TensorKind)] = &[("scale", TensorKind::Scale)];
    type Options = [f64; 1];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = ScaleView<'a, T, N>;

    fn new([epsilon]: [f64; 1]) -> Self {
        RmsNormRule { epsilon }
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> ScaleView<'_, T, N> {
        ScaleView { scale: array(parameters, 0) }
    }

    fn first(&self, _index: usize) -> f64 {
        1.0
    }

    /// r.
    fn kept(&self) -> usize {
        1
    }

    #[inline(always)]
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], kept: &mut [T]) {
        let scale = column(parameters, 0, x.len());
        let rate = rms_rate(x, T::of(self.epsilon));
        for ((y, &x), &scale) in y.iter_mut().zip(x).zip(scale) {
            *y = x * rate * scale;
        }
        kept.fill(rate);
    }

    #[inline(always)]
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], kept: &[T], dy: &[T], dx: &mut [T]) {
        let (scale, rate) = (column(parameters, 0, x.len()), kept[0]);
        let share = T::one() / T::of(x.len() as f64);
        // dx holds h in between.
        for ((h, &dy), &scale) in dx.iter_mut().zip(dy).zip(scale) {
            *h = dy * scale;
        }
        let along = sum(dx, x, |h, x| h * (x * rate)) * share;
        for (dx, &x) in dx.iter_mut().zip(x) {
            *dx = rate * (*dx - x * rate * along);
        }
    }

    #[inline(always)]
    fn gradient<T: Float>(&self, x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
        let (scale, rate) = (column_mut(gradient, 0, x.len()), kept[0]);
        for ((scale, &x), &dy) in scale.iter_mut().zip(x).zip(dy) {
            *scale = *scale + dy * (x * rate);
        }
    }
}
