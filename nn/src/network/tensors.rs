//! The tensors of a network's flat parameters, by name.

use super::Architecture;
use crate::layer::Info;
use crate::parameters::NamedTensor;

/// The tensors of a network in the order of the flat buffer.
pub(crate) fn tensors<N: Architecture>() -> Vec<NamedTensor> {
    tensors_of(N::INFO, N::NAMES)
}

/// The same for layers with these names.
pub(crate) fn tensors_of(info: &Info, names: &[&str]) -> Vec<NamedTensor> {
    let mut tensors = Vec::with_capacity(info.tensors());
    for index in 0..info.count() {
        let (layer, start) = info.layer(index);
        let name = info.name(names, index);
        tensors.extend(
            layer
                .tensors
                .iter()
                .map(|tensor| tensor.named(format!("{}.{}", name.as_str(), tensor.name), start)),
        );
    }
    tensors
}
