//! Layer norm: each row gets mean 0 and standard deviation 1, then a scale and a shift per column.
//!
//! y  = n∘g + s, n = (x − m)·r, r = 1/√(v + ε)
//! dx = r·(h − mean h − n·mean (h∘n)), h = dy∘g
//! dg = Σ rows of dy∘n, ds = Σ rows of dy
//!
//! shapes: x, y `[rows, N]`, m, v `[rows]`, g, s `[N]`; means along a row

use tensor::Float;

use super::by_row::{ByRow, ByRowFormula, RowRule, column, column_mut};
use super::moments::{mean_and_rate, sum};
use crate::parameters::TensorKind;
#[cfg(feature = "std")]
use crate::parameters::{array, padded};

/// Layer norm of rows of `N` numbers: mean 0 and standard deviation 1, then scaled and shifted (Ba
/// et al. 2016).
///
/// y = n∘g + s, n = (x − m)/√(v + ε), with m and v the row's mean and biased variance, and ε the
/// number whose bits are `EPSILON`. The parameters g and s `[N]` are named `scale` and `shift`;
/// they start at 1 and 0.
pub type LayerNorm<const N: usize, const EPSILON: u64> = ByRow<N, LayerNormRule, EPSILON>;

/// The formula of [`LayerNorm`], for rows of any width.
pub type LayerNormFormula<W> = ByRowFormula<LayerNormRule, W>;

/// See [`LayerNorm`].
#[derive(Clone, Copy, Debug)]
pub struct LayerNormRule {
    /// ε, which is added to the variance.
    epsilon: f64,
}

/// The parameters of a layer norm.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct NormView<'a, T, const N: usize> {
    /// The factor of each column.
    pub scale: &'a [T; N],
    /// The shift of each column, which is added.
    pub shift: &'a [T; N],
}

#[cfg(feature = "std")]
impl<'a, T, const N: usize> NormView<'a, T, N> {
    /// Views the scale and then the shift.
    pub(super) fn of(parameters: &'a [T]) -> Self {
        NormView { scale: array(parameters, 0), shift: array(parameters, padded(N)) }
    }
}

/// The tensors of a norm that scales and shifts.
pub(super) const TENSORS: &[(&str, TensorKind)] =
    &[("scale", TensorKind::Scale), ("shift", TensorKind::Bias)];

impl RowRule for LayerNormRule {
    const WORD: &'static str = "layer_norm";
    const TENSORS: &'static [(&'static str, TensorKind)] = TENSORS;
    type Options = [f64; 1];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = NormView<'a, T, N>;

    fn new([epsilon]: [f64; 1]) -> Self {
        LayerNormRule { epsilon }
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> NormView<'_, T, N> {
        NormView::of(parameters)
    }

    /// The scale is 1 and the shift 0.
    fn first(&self, index: usize) -> f64 {
        1.0 - index as f64
    }

    /// m and r.
    fn kept(&self) -> usize {
        2
    }

    #[inline(always)]
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], kept: &mut [T]) {
        let (scale, shift) = (column(parameters, 0, x.len()), column(parameters, 1, x.len()));
        normalize(self.epsilon, [scale, shift], x, y, kept);
    }

    #[inline(always)]
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], kept: &[T], dy: &[T], dx: &mut [T]) {
        normalize_backward(column(parameters, 0, x.len()), x, kept, dy, dx);
    }

    #[inline(always)]
    fn gradient<T: Float>(&self, x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
        add_scale_gradient(x, kept, dy, column_mut(gradient, 0, x.len()));
        add_shift_gradient(dy, column_mut(gradient, 1, x.len()));
    }
}

/// Computes y from scale and shift. Caches m and r, if `kept` has room for them.
#[inline(always)]
pub(super) fn normalize<T: Float>(
    epsilon: f64,
    [scale, shift]: [&[T]; 2],
    x: &[T],
    y: &mut [T],
    kept: &mut [T],
) {
    let (mean, rate) = mean_and_rate(x, T::of(epsilon));
    for ((y, &x), (&scale, &shift)) in y.iter_mut().zip(x).zip(scale.iter().zip(shift)) {
        *y = (x - mean) * rate * scale + shift;
    }
    if let [to_mean, to_rate] = kept {
        (*to_mean, *to_rate) = (mean, rate);
    }
}

/// Computes dx from dy and the scale.
#[inline(always)]
pub(super) fn normalize_backward<T: Float>(
    scale: &[T],
    x: &[T],
    kept: &[T],
    dy: &[T],
    dx: &mut [T],
) {
    let (mean, rate) = (kept[0], kept[1]);
    let share = T::one() / T::of(x.len() as f64);
    // dx holds h in between.
    for ((h, &dy), &scale) in dx.iter_mut().zip(dy).zip(scale) {
        *h = dy * scale;
    }
    let mean_h = sum(dx, dx, |h, _| h) * share;
    let along = sum(dx, x, |h, x| h * ((x - mean) * rate)) * share;
    for (dx, &x) in dx.iter_mut().zip(x) {
        *dx = rate * (*dx - mean_h - (x - mean) * rate * along);
    }
}

/// Adds dy∘n to the gradient of the scale.
#[inline(always)]
pub(super) fn add_scale_gradient<T: Float>(x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
    let (mean, rate) = (kept[0], kept[1]);
    for ((scale, &x), &dy) in gradient.iter_mut().zip(x).zip(dy) {
        *scale = *scale + dy * ((x - mean) * rate);
    }
}

/// Adds dy to the gradient of the shift.
#[inline(always)]
pub(super) fn add_shift_gradient<T: Float>(dy: &[T], gradient: &mut [T]) {
    for (shift, &dy) in gradient.iter_mut().zip(dy) {
        *shift = *shift + dy;
    }
}
