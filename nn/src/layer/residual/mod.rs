//! Residual connection: y = x + L(x).

#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
pub(crate) use train::add_to;

#[cfg(feature = "std")]
pub use train::ResidualWorkspace;

use crate::layer::{Inference, Info};
use crate::row::Row as _;

/// Residual connection around the layers `L`: y = x + L(x) (He et al. 2016).
#[derive(Debug)]
pub struct Residual<L>(PhantomData<L>);

impl<L: Inference> Residual<L> {
    const FITS: () = {
        assert!(
            L::INPUTS == L::OUTPUTS,
            "residual: x + f(x) needs layers with as many outputs as inputs"
        );
        assert!(
            !L::ENCODES,
            "residual: an encoder such as `standardize` must come before all layers, not in a \
             residual"
        );
    };
}

impl<L: Inference> Inference for Residual<L> {
    const INPUTS: usize = L::INPUTS;
    const OUTPUTS: usize = L::OUTPUTS;
    const LEN: usize = {
        let () = Self::FITS;
        L::LEN
    };
    const STACK: usize = L::STACK;
    const INFO: Info = Info::Residual(&L::INFO);

    type Outputs<T: Float> = L::Outputs<T>;

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> L::Outputs<T> {
        let mut y = L::predict_inline(parameters, x);
        for (y, &x) in y.as_mut_slice().iter_mut().zip(x) {
            *y = x + *y;
        }
        y
    }
}
