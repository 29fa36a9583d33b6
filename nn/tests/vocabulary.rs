//! The words of the notation are those that have a type here, and no others.

use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS, SOFTMAX};

#[test]
fn every_layer_of_the_notation_is_in_the_list_of_layers() {
    let mut notation: Vec<&str> = LAYERS.iter().map(|layer| layer.word).collect();
    let mut list = nn::layer::WORDS.to_vec();
    notation.sort_unstable();
    list.sort_unstable();
    assert_eq!(notation, list, "nn-macros/grammar and nn/src/layer/list.rs");
}

#[test]
fn every_activation_of_the_notation_is_in_the_list_of_activations() {
    let of_units = ACTIVATIONS.iter().filter(|activation| activation.word != SOFTMAX);
    let mut notation: Vec<_> =
        of_units.map(|activation| (activation.word, activation.parameter)).collect();
    let mut list = tensor::activation::WORDS.to_vec();
    notation.sort_unstable();
    list.sort_unstable();
    assert_eq!(notation, list, "nn-macros/grammar and tensor/src/activation");
}
