//! Whether the encoders of a network have been fitted.

use tensor::Float;

use super::{Network, tensors};
use crate::error::{Error, Result, quoted};
use crate::layer::Inference as _;
use crate::parameters::{NamedTensor, TensorKind};

/// Part of the message about a network with an encoder that was not fitted.
const UNKNOWN: &str = "no statistics of the columns, since it was never adapted";
const ADVICE: &str = "train it with `fit`, which computes them from the training rows before the \
                      first step, pass rows to `adapt`, or load a file of a trained network";

/// Returns the name of an encoder that has not been fitted, if there is one.
fn unknown<'t, T: Float>(tensors: &'t [NamedTensor], flat: &[T]) -> Option<&'t str> {
    // An encoder's only tensor without an axis is the number of rows that its statistics were
    // computed from.
    let is_unknown = |tensor: &&NamedTensor| {
        tensor.kind == TensorKind::Found
            && tensor.shape.is_empty()
            && flat[tensor.offset] == T::zero()
    };
    let tensor = tensors.iter().find(is_unknown)?;
    Some(tensor.name.rsplit_once('.').map_or(&tensor.name, |(layer, _)| layer))
}

/// Returns an error if an encoder of the model with this name has not been fitted.
pub(crate) fn check_adapted<T: Float>(
    name: &str,
    tensors: &[NamedTensor],
    flat: &[T],
) -> Result<()> {
    match unknown(tensors, flat) {
        None => Ok(()),
        Some(layer) => Err(Error::value(
            format!("encoder {} of {name}", quoted(layer)),
            UNKNOWN,
            "those of training rows",
            ADVICE,
        )),
    }
}

/// Returns an error if an encoder of the network has not been fitted.
pub(crate) fn check_encoder<N: Network>(network: &N) -> Result<()> {
    match const { N::Layers::ENCODES } {
        false => Ok(()),
        true => check_adapted(N::NAME, &tensors::<N>(), network.parameters().as_slice()),
    }
}

/// Panics at the caller's line if an encoder of the network has not been fitted.
#[track_caller]
pub(super) fn assert_encoder<N: Network>(network: &N) {
    if const { N::Layers::ENCODES } && !N::Layers::is_adapted(network.parameters().as_slice()) {
        match check_encoder(network) {
            Err(error) => panic!("{error}"),
            Ok(()) => panic!("encoder of {}: found {UNKNOWN}; {ADVICE}", N::NAME),
        }
    }
}
