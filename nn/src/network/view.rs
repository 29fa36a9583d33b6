//! Views of the parameters of one layer, with their shapes.

use tensor::activation::Identity;

use super::Network;
use crate::layer::{Dense, DenseView, Layer};

/// Returns the parameters of the part `L` of a network, whose first layer has this `index`. The
/// accessors that `network!` writes return it.
///
/// # Panics
///
/// If the network has no such part at this index.
#[track_caller]
pub fn layer_view<N: Network, L: Layer>(network: &N, index: usize) -> L::View<'_, N::Float> {
    let (expected, found) = (L::INFO.layer(0).0, N::INFO.layer(index));
    let (found, offset) = found;
    assert!(
        found.inputs == expected.inputs
            && found.outputs == expected.outputs
            && found.kind == expected.kind,
        "layer {index} of {} is {} of {} -> {}, not {} of {} -> {}",
        N::NAME,
        found.kind,
        found.inputs,
        found.outputs,
        expected.kind,
        expected.inputs,
        expected.outputs
    );
    L::view(&network.parameters().as_slice()[offset..][..L::LEN])
}

/// [`layer_view`] of a dense layer.
///
/// # Panics
///
/// If the layer at `index` does not have these widths.
#[track_caller]
pub fn dense_view<N: Network, const I: usize, const O: usize>(
    network: &N,
    index: usize,
) -> DenseView<'_, N::Float, I, O> {
    layer_view::<N, Dense<I, O, Identity>>(network, index)
}
