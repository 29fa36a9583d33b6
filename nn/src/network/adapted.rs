//! Whether the encoders of a network know their columns.

use tensor::Float;

use super::{Network, tensors};
use crate::error::{Error, Result, quoted};
use crate::layer::Inference as _;
use crate::parameters::{NamedTensor, TensorKind};

/// What is wrong with a network whose encoders know nothing.
const UNKNOWN: &str = "nothing of the columns, since it was never adapted";
const ADVICE: &str = "train it with `fit`, which finds that from the training rows before the first step, give rows to `adapt`, \
                      or load a file of a trained network";

/// The encoder that has found nothing yet, if there is one.
fn unknown<'t, T: Float>(tensors: &'t [NamedTensor], flat: &[T]) -> Option<&'t str> {
    // The number of rows that an encoder's state was found from is its only tensor without an axis.
    let is_unknown = |tensor: &&NamedTensor| {
        tensor.kind == TensorKind::Found
            && tensor.shape.is_empty()
            && flat[tensor.offset] == T::zero()
    };
    let tensor = tensors.iter().find(is_unknown)?;
    Some(tensor.name.rsplit_once('.').map_or(&tensor.name, |(layer, _)| layer))
}

/// Refuses a model of this name if an encoder in front of it has found nothing yet.
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
            "what it finds from training rows",
            ADVICE,
        )),
    }
}

/// Refuses a network whose encoder has found nothing yet.
pub(crate) fn check_encoder<N: Network>(network: &N) -> Result<()> {
    match const { N::Layers::ENCODES } {
        false => Ok(()),
        true => check_adapted(N::NAME, &tensors::<N>(), network.parameters().as_slice()),
    }
}

/// Panics at the caller's line if the encoder of a network has found nothing yet.
#[track_caller]
pub(super) fn assert_encoder<N: Network>(network: &N) {
    if const { N::Layers::ENCODES } && !N::Layers::is_adapted(network.parameters().as_slice()) {
        match check_encoder(network) {
            Err(error) => panic!("{error}"),
            Ok(()) => panic!("encoder of {}: found {UNKNOWN}; {ADVICE}", N::NAME),
        }
    }
}
