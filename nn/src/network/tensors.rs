//! The tensors that the flat parameters of a network consist of, by name.

use super::Architecture;

/// One tensor of a network, as files name it.
pub(crate) struct NamedTensor {
    pub(crate) name: String,
    pub(crate) shape: &'static [usize],
    /// In the flat buffer.
    pub(crate) offset: usize,
    pub(crate) trained: bool,
}

/// The tensors of a network in the order of the flat buffer.
pub(crate) fn tensors<N: Architecture>() -> Vec<NamedTensor> {
    let mut tensors = Vec::with_capacity(N::INFO.tensors());
    for index in 0..N::INFO.count() {
        let (layer, start) = N::INFO.layer(index);
        let name = N::INFO.name(N::NAMES, index);
        tensors.extend(layer.tensors.iter().map(|tensor| NamedTensor {
            name: format!("{}.{}", name.as_str(), tensor.name),
            shape: tensor.shape,
            offset: start + tensor.offset,
            trained: tensor.trained,
        }));
    }
    tensors
}
