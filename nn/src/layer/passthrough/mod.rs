//! Passthrough: the identity.

#[cfg(feature = "std")]
mod train;

use tensor::Float;

#[cfg(feature = "std")]
pub use train::PassthroughFormula;

use crate::layer::{Inference, Info, LayerInfo};

/// The identity on `N` numbers: an input that is concatenated with others without a layer, as in
/// `concat(dense(784 -> 128, relu), input(4))`.
#[derive(Debug)]
pub struct Passthrough<const N: usize>;

impl<const N: usize> Inference for Passthrough<N> {
    const INPUTS: usize = N;
    const OUTPUTS: usize = N;
    const LEN: usize = 0;
    const STACK: usize = N;
    const INFO: Info = Info::Layer(LayerInfo::of_notation("input", N, N));

    type Outputs<T: Float> = [T; N];

    #[inline(always)]
    fn predict_inline<T: Float>(_parameters: &[T], x: &[T]) -> [T; N] {
        let mut y = [T::zero(); N];
        y.copy_from_slice(x);
        y
    }
}
