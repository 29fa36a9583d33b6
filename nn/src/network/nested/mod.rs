//! Nested networks.

use core::marker::PhantomData;

use tensor::Float;

#[cfg(feature = "std")]
mod train;

use super::Architecture;
use crate::head::HeadFunction;
use crate::layer::{Inference, Info};

/// The layers of the network `Net` as a layer of another network. Its parameters are part of the
/// other's, and its tensors are named after it: `encoder.layer1.weight`.
///
/// `Net` must end in a linear layer, since the function of a head belongs to the loss.
#[derive(Debug)]
pub struct Nested<Net>(PhantomData<fn() -> Net>);

type Inner<Net> = <Net as Architecture>::Layers;

impl<Net: Architecture> Nested<Net> {
    const IS_LINEAR: () = assert!(
        matches!(<Net::Head as HeadFunction<Net::Float>>::NAME.as_bytes(), b"linear"),
        "a nested network must end in a linear layer: remove softmax or sigmoid from it, and write \
         it at the end of the outer network"
    );
}

impl<Net: Architecture> Inference for Nested<Net> {
    const INPUTS: usize = Inner::<Net>::INPUTS;
    const OUTPUTS: usize = Inner::<Net>::OUTPUTS;
    const LEN: usize = {
        let () = Self::IS_LINEAR;
        Inner::<Net>::LEN
    };
    const STACK: usize = Inner::<Net>::STACK;
    const INFO: Info =
        Info::Nested { name: Net::NAME, names: Net::NAMES, layers: &Inner::<Net>::INFO };
    const ENCODES: bool = Inner::<Net>::ENCODES;
    const HAS_GAPS: bool = Inner::<Net>::HAS_GAPS;
    const TARGET: Option<usize> = Inner::<Net>::TARGET;

    type Outputs<T: Float> = <Inner<Net> as Inference>::Outputs<T>;

    #[inline(always)]
    fn encode<T: Float>(parameters: &[T], row: &mut [T]) {
        Inner::<Net>::encode(parameters, row);
    }

    #[inline(always)]
    fn is_adapted<T: Float>(parameters: &[T]) -> bool {
        Inner::<Net>::is_adapted(parameters)
    }

    #[inline(always)]
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T> {
        Inner::<Net>::predict_inline(parameters, x)
    }
}
