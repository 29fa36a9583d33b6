//! Group norm: the layer norm of each group of neighboring columns.
//!
//! y  = n∘g + s, n = (x − m)·r, r = 1/√(v + ε)
//! dx = r·(h − mean h − n·mean (h∘n)), h = dy∘g
//! dg = Σ rows of dy∘n, ds = Σ rows of dy
//!
//! shapes: x, y `[rows, N]`, m, v `[rows, groups]`, g, s `[N]`; means along a row's part of a group

use tensor::Float;

#[cfg(feature = "std")]
use super::NormView;
use super::by_row::{ByRow, ByRowFormula, RowRule, column, column_mut};
use super::layer_norm::{
    TENSORS, add_scale_gradient, add_shift_gradient, normalize, normalize_backward,
};
use crate::parameters::TensorKind;

/// Group norm of rows of `N` numbers: each group of neighboring columns gets mean 0 and standard
/// deviation 1, then each column is scaled and shifted (Wu and He 2018).
///
/// It is [`LayerNorm`](crate::layer::LayerNorm) of each group separately. `GROUPS` has the bits of
/// the number of groups, which divides `N`; `EPSILON` those of ε, which is added to each variance.
pub type GroupNorm<const N: usize, const GROUPS: u64, const EPSILON: u64> =
    ByRow<N, GroupNormRule, GROUPS, EPSILON>;

/// The formula of [`GroupNorm`], for rows of any width.
pub type GroupNormFormula<W> = ByRowFormula<GroupNormRule, W>;

/// See [`GroupNorm`].
#[derive(Clone, Copy, Debug)]
pub struct GroupNormRule {
    groups: usize,
    /// ε, which is added to the variance.
    epsilon: f64,
}

impl RowRule for GroupNormRule {
    const WORD: &'static str = "group_norm";
    const TENSORS: &'static [(&'static str, TensorKind)] = TENSORS;
    type Options = [f64; 2];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = NormView<'a, T, N>;

    fn new([groups, epsilon]: [f64; 2]) -> Self {
        GroupNormRule { groups: groups as usize, epsilon }
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> NormView<'_, T, N> {
        NormView::of(parameters)
    }

    /// The scale is 1 and the shift 0.
    fn first(&self, index: usize) -> f64 {
        1.0 - index as f64
    }

    /// m and r of each group.
    fn kept(&self) -> usize {
        2 * self.groups
    }

    #[inline(always)]
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], kept: &mut [T]) {
        let each = x.len() / self.groups;
        let scale = column(parameters, 0, x.len()).chunks_exact(each);
        let shift = column(parameters, 1, x.len()).chunks_exact(each);
        let rows = x.chunks_exact(each).zip(y.chunks_exact_mut(each));
        let mut kept = kept.chunks_exact_mut(2);
        for ((scale, shift), (x, y)) in scale.zip(shift).zip(rows) {
            normalize(self.epsilon, [scale, shift], x, y, kept.next().unwrap_or_default());
        }
    }

    #[inline(always)]
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], kept: &[T], dy: &[T], dx: &mut [T]) {
        let each = x.len() / self.groups;
        let scale = column(parameters, 0, x.len()).chunks_exact(each);
        let gradients = dy.chunks_exact(each).zip(dx.chunks_exact_mut(each));
        let groups = scale.zip(x.chunks_exact(each)).zip(kept.chunks_exact(2));
        for (((scale, x), kept), (dy, dx)) in groups.zip(gradients) {
            normalize_backward(scale, x, kept, dy, dx);
        }
    }

    #[inline(always)]
    fn gradient<T: Float>(&self, x: &[T], kept: &[T], dy: &[T], gradient: &mut [T]) {
        let each = x.len() / self.groups;
        let scale = column_mut(gradient, 0, x.len()).chunks_exact_mut(each);
        let groups = x.chunks_exact(each).zip(dy.chunks_exact(each)).zip(kept.chunks_exact(2));
        for (((x, dy), kept), scale) in groups.zip(scale) {
            add_scale_gradient(x, kept, dy, scale);
        }
        add_shift_gradient(dy, column_mut(gradient, 1, x.len()));
    }
}
