//! PReLU: a leaky ReLU whose slopes are learned, one for each column.
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

/// Each of `N` numbers of a row as it is where it is positive, else times a learned slope (He et al. 2015).
///
/// y = x where x > 0, else x∘a, with a `[N]`, the parameter `slope`, at first the number whose bits are `SLOPE`. At 0 the
/// derivative is a, as PyTorch has it.
pub type Prelu<const N: usize, const SLOPE: u64> = ByRow<N, PreluRule, SLOPE>;

/// What [`Prelu`] computes, for rows of any width.
pub type PreluFormula<W> = ByRowFormula<PreluRule, W>;

/// See [`Prelu`].
#[derive(Clone, Copy, Debug)]
pub struct PreluRule {
    /// The slopes at first.
    slope: f64,
}

/// The parameters of a [`Prelu`].
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct PreluView<'a, T, const N: usize> {
    /// What each column is multiplied by where it is not positive.
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

/// `to` = `values` where x > 0, else `values`∘a. Forward, `values` is x; on the way back dy.
#[inline(always)]
fn bend<T: Float>(slope: &[T], x: &[T], values: &[T], to: &mut [T]) {
    for (((to, &value), &x), &slope) in to.iter_mut().zip(values).zip(x).zip(slope) {
        *to = if x > T::zero() { value } else { value * slope };
    }
}
