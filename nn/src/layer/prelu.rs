//! PReLU: a leaky ReLU with a learned slope per column.
//!
//! y  = x where x > 0, else x∘a
//! dx = dy where x > 0, else dy∘a
//! da = Σ rows of 0 where x > 0, else dy∘x
//!
//! shapes: x, y `[rows, N]`, a `[N]`

use tensor::Float;

use super::by_row::{ByRow, ByRowFormula, RowRule, column, column_mut};
use crate::parameters::TensorKind;
#[cfg(feature = "std")]
use crate::parameters::array;

/// PReLU of `N` columns: the identity for positive numbers, else times a learned slope (He et al.
/// 2015).
///
/// y = x where x > 0, else x∘a. The parameter a `[N]` is named `slope` and starts at the number
/// whose bits are `SLOPE`. The derivative at 0 is a, as in PyTorch.
pub type Prelu<const N: usize, const SLOPE: u64> = ByRow<N, PreluRule, SLOPE>;

/// The formula of [`Prelu`], for rows of any width.
pub type PreluFormula<W> = ByRowFormula<PreluRule, W>;

/// See [`Prelu`].
#[derive(Clone, Copy, Debug)]
pub struct PreluRule {
    /// The initial slope.
    slope: f64,
}

/// The parameters of a [`Prelu`].
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct PreluView<'a, T, const N: usize> {
    /// The slope of each column where x is not positive.
    pub slope: &'a [T; N],
}

impl RowRule for PreluRule {
    const WORD: &'static str = "prelu";
    const TENSORS: &'static [(&'static str, TensorKind)] = &[("slope", TensorKind::Scale)];
    type Options = [f64; 1];
    #[cfg(feature = "std")]
    type View<'a, T: Float, const N: usize> = PreluView<'a, T, N>;

    fn new([slope]: [f64; 1]) -> Self {
        PreluRule { slope }
    }

    #[cfg(feature = "std")]
    fn view<T: Float, const N: usize>(parameters: &[T]) -> PreluView<'_, T, N> {
        PreluView { slope: array(parameters, 0) }
    }

    fn first(&self, _index: usize) -> f64 {
        self.slope
    }

    #[inline(always)]
    fn forward<T: Float>(&self, parameters: &[T], x: &[T], y: &mut [T], _kept: &mut [T]) {
        bend(column(parameters, 0, x.len()), x, x, y);
    }

    #[inline(always)]
    fn backward<T: Float>(&self, parameters: &[T], x: &[T], _: &[T], dy: &[T], dx: &mut [T]) {
        bend(column(parameters, 0, x.len()), x, dy, dx);
    }

    #[inline(always)]
    fn gradient<T: Float>(&self, x: &[T], _kept: &[T], dy: &[T], gradient: &mut [T]) {
        let slope = column_mut(gradient, 0, x.len());
        for ((slope, &x), &dy) in slope.iter_mut().zip(x).zip(dy) {
            *slope = *slope + if x > T::zero() { T::zero() } else { dy * x };
        }
    }
}

/// Computes `to` = `values` where x > 0, else `values`∘a. `values` is x in the forward pass and dy
/// in the backward pass.
#[inline(always)]
fn bend<T: Float>(slope: &[T], x: &[T], values: &[T], to: &mut [T]) {
    for (((to, &value), &x), &slope) in to.iter_mut().zip(values).zip(x).zip(slope) {
        *to = if x > T::zero() { value } else { value * slope };
    }
}
