//! Numeric options of a layer as constants of its type.

use nn_grammar::vocabulary;
use tensor::decimal::Written;

use crate::layer::option;
use crate::text::Text;

/// The numeric options of a layer: an array of at most two.
pub trait Options: Copy {
    /// The first of these numbers, as many as the layer has options.
    fn first_of(numbers: [f64; 2]) -> Self;
}

impl Options for [f64; 0] {
    fn first_of(_numbers: [f64; 2]) -> Self {
        []
    }
}

impl Options for [f64; 1] {
    fn first_of([a, _]: [f64; 2]) -> Self {
        [a]
    }
}

impl Options for [f64; 2] {
    fn first_of(numbers: [f64; 2]) -> Self {
        numbers
    }
}

/// Checks the options with these bits, as many as the layer `word` has, against their bounds for
/// this width.
pub(super) const fn checked(word: &str, bits: [u64; 2], width: usize) -> [f64; 2] {
    let options = option::options(word);
    assert!(options.len() <= 2, "a layer by rows has two options at most");
    let (mut numbers, mut at) = ([0.0; 2], 0);
    while at < options.len() {
        numbers[at] = option::checked(word, options[at].word, bits[at]);
        let fits = option::rule(word, options[at].word).fits(numbers[at], width as u64);
        assert!(fits, "group_norm: the number of groups does not divide the layer's width");
        at += 1;
    }
    numbers
}

/// The text in tables for the layer `word` with these options.
pub(super) const fn shown(word: &str, numbers: [f64; 2]) -> Text<48> {
    let Some(layer) = vocabulary::layer(word) else { panic!("the vocabulary has no such layer") };
    let (mut text, mut at) = (Text::new(), 0);
    while at < layer.options.len() {
        if layer.shows(at) {
            let separator = if text.as_str().is_empty() { "" } else { ", " };
            text = text.text(separator).text(Written::number(numbers[at]).as_str());
        }
        at += 1;
    }
    text
}
