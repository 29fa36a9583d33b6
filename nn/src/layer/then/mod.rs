//! Composition of two layers.

#[cfg(feature = "std")]
mod train;

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
pub(crate) use train::{add_penalties, pair_cut, pair_descend, pair_gradient, pair_penalty};

#[cfg(feature = "std")]
pub use train::ThenWorkspace;

use crate::layer::{Inference, Info};
use crate::row::Row as _;

/// The composition B(A(x)) of `A` and `B`. `network!` joins layers as a balanced tree of these.
#[derive(Debug)]
pub struct Then<A, B>(PhantomData<(A, B)>);

impl<A: Inference, B: Inference> Then<A, B> {
    /// Checks that `A` and `B` fit together. Evaluated at compile time for each network with this
    /// pair.
    const FITS: () = {
        assert!(
            A::OUTPUTS == B::INPUTS,
            "two consecutive layers do not fit: the second must have as many inputs as the first \
             has outputs"
        );
        assert!(
            !B::ENCODES,
            "an encoder such as `standardize` encodes raw rows, so it must come before all layers: \
             make the network that begins with it the first layer, or leave it out there"
        );
    };
}

impl<A: Inference, B: Inference> Inference for Then<A, B> {
    const INPUTS: usize = A::INPUTS;
    const OUTPUTS: usize = B::OUTPUTS;
    const LEN: usize = {
        let () = Self::FITS;
        A::LEN + B::LEN
    };
    const STACK: usize = A::STACK + B::STACK;
    const INFO: Info = Info::Then(&A::INFO, &B::INFO);
    const ENCODES: bool = A::ENCODES;
    const HAS_GAPS: bool = A::HAS_GAPS;
    const TARGET: Option<usize> = A::TARGET;

    type Outputs<T: Float> = B::Outputs<T>;

    #[inline(always)]
    fn encode<T: Float>(parameters: &[T], row: &mut [T]) {
        A::encode(&parameters[..A::LEN], row);
    }

    #[inline(always)]
    fn is_adapted<T: Float>(parameters: &[T]) -> bool {
        A::is_adapted(&parameters[..A::LEN])
    }

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        let (a, b) = parameters.split_at(A::LEN);
        if A::IS_ENCODER {
            return B::predict_inline(b, x);
        }
        let between = A::predict_inline(a, x);
        B::predict_inline(b, between.as_slice())
    }
}
