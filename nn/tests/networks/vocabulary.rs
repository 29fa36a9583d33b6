//! The words of the notation are those that have a type here, and no others.

use nn_grammar::vocabulary::{ACTIVATIONS, INITIALIZERS, LAYERS, SOFTMAX};

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

#[test]
fn every_initialiser_of_the_notation_is_in_the_list_of_initialisers() {
    let mut notation: Vec<&str> = INITIALIZERS.iter().map(|rule| rule.word).collect();
    let mut list = nn::init::WORDS.to_vec();
    notation.sort_unstable();
    list.sort_unstable();
    assert_eq!(notation, list, "nn-macros/grammar and nn/src/layer/init.rs");
}

/// The pages that list the notation have a row for each word.
#[test]
fn every_word_is_documented() {
    let pages = [
        ("nn-macros/src/network.md", include_str!("../../../nn-macros/src/network.md")),
        ("nn/src/layer/mod.rs", include_str!("../../src/layer/mod.rs")),
    ];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words = |page: &'static str| page.split(move |c| !is_word(c)).collect::<Vec<_>>();
    for (name, page) in pages {
        // Of the second page, only the table.
        let lines =
            page.lines().take_while(|line| name.ends_with(".md") || line.starts_with("//!"));
        let page: Vec<&str> = lines.flat_map(words).collect();
        for layer in LAYERS {
            assert!(page.contains(&layer.word), "{name} does not name `{}`", layer.word);
        }
    }
    let grammar = words(pages[0].1);
    for activation in ACTIVATIONS.iter().filter(|activation| activation.word != "identity") {
        assert!(
            grammar.contains(&activation.word),
            "network.md does not name `{}`",
            activation.word
        );
    }
}
