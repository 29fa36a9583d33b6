//! PReLU: a leaky ReLU whose slopes are learned, one for each column.

#[cfg(feature = "std")]
mod train;

use tensor::Float;
use tensor::decimal::Written;

#[cfg(feature = "std")]
pub use train::PreluView;

use crate::layer::option::checked;
use crate::layer::{Fixed, Inference, Info, LayerInfo, TensorInfo, Width};
use crate::parameters::{TensorKind, padded};

/// Each of `N` numbers of a row as it is where it is positive, else times a learned slope (He et al. 2015).
///
/// y = x where x > 0, else x∘a, with a `[N]`, the parameter `slope`, at first the number whose bits are `SLOPE`. At 0 the
/// derivative is a, as PyTorch has it.
#[derive(Debug)]
pub struct Prelu<const N: usize, const SLOPE: u64>;

/// What [`Prelu`] computes, for rows of any width.
#[derive(Clone, Copy, Debug)]
pub struct PreluFormula<W> {
    width: W,
    /// The slopes at first.
    slope: f64,
}

impl<W: Width> PreluFormula<W> {
    /// Of rows of `width` numbers, whose slopes begin with `slope`.
    pub(crate) const fn new(width: W, [slope]: [f64; 1]) -> Self {
        PreluFormula { width, slope }
    }

    /// One row: `to` = `values` where x > 0, else `values`∘a. Forward, `values` is x; on the way back dy.
    #[inline(always)]
    fn bend<T: Float>(&self, slope: &[T], x: &[T], values: &[T], to: &mut [T]) {
        let each = to.iter_mut().zip(values).zip(x).zip(&slope[..self.width.get()]);
        for (((to, &value), &x), &slope) in each {
            *to = if x > T::zero() { value } else { value * slope };
        }
    }
}

impl<const N: usize, const SLOPE: u64> Prelu<N, SLOPE> {
    const FORMULA: PreluFormula<Fixed<N>> =
        PreluFormula::new(Fixed, [checked("prelu", "slope", SLOPE)]);
}

impl<const N: usize, const SLOPE: u64> Inference for Prelu<N, SLOPE> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = padded(N);
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo {
        option: const { &Written::number(Self::FORMULA.slope) }.as_str(),
        params: N,
        len: Self::LEN,
        tensors: &[TensorInfo::new("slope", &[N], 0).kind(TensorKind::Scale)],
        ..LayerInfo::new("prelu", N, N)
    });

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        Self::FORMULA.bend(parameters, x, x, &mut y);
        y
    }
}
