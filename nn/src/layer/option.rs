//! Numeric options of layers, checked against their bounds in the vocabulary.

use nn_grammar::vocabulary::{self, LayerOption, Number};

#[cfg(feature = "std")]
use crate::error::{Error, Result};
use crate::text::Message;

/// The bounds of this numeric option of the layer `word`.
pub(crate) const fn rule(word: &str, option: &str) -> &'static Number {
    match vocabulary::number(word, option) {
        Some(rule) => rule,
        None => panic!("the vocabulary has no such option"),
    }
}

/// The options of the layer `word`.
pub(super) const fn options(word: &str) -> &'static [LayerOption] {
    match vocabulary::layer(word) {
        Some(layer) => layer.options,
        None => panic!("the vocabulary has no such layer"),
    }
}

/// Checks the option of a layer whose type is written by hand, given its bits. (Options that the
/// macro writes have been checked before.)
pub(super) const fn checked(word: &str, option: &str, bits: u64) -> f64 {
    let (number, rule) = (f64::from_bits(bits), rule(word, option));
    if !rule.allows(number) {
        let message = Message::new()
            .text(word)
            .text(": a number among its type's parameters cannot be ")
            .text(rule.cannot_be);
        panic!("{}", message.as_str());
    }
    number
}

/// Checks that each option of the layer `word` is within its bounds.
#[cfg(feature = "std")]
pub(super) fn checked_options<const N: usize>(
    word: &str,
    width: usize,
    options: &[f64],
) -> Result<[f64; N]> {
    let names = || vocabulary::layer(word).map(|layer| layer.options).unwrap_or_default();
    for (option, &number) in names().iter().zip(options) {
        let rule = rule(word, option.word);
        if !rule.allows(number) {
            let what = format!("{} of {word}", option.word);
            let found = format!("{number}, which is {}", rule.refused);
            return Err(Error::value(what, found, "a number within its bounds", "correct it"));
        }
        if !rule.fits(number, width as u64) {
            let (what, found) = (format!("{} of {word}", option.word), number.to_string());
            let expected = format!("{} that divides the {width} numbers of a row", rule.called);
            return Err(Error::value(what, found, expected, "correct it"));
        }
    }
    options.try_into().map_err(|_| {
        let names: Vec<&str> = names().iter().map(|option| option.word).collect();
        let found = format!("{} numbers", options.len());
        let expected = format!("{N}: {}", names.join(", "));
        Error::value(format!("options of {word}"), found, expected, "give one number for each")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(
        expected = "dropout: a number among its type's parameters cannot be the rate: it is"
    )]
    fn a_number_outside_of_its_bounds_is_refused() {
        const { assert!(checked("dropout", "rate", f64::to_bits(0.25)) == 0.25) };
        checked("dropout", "rate", f64::to_bits(1.0));
    }
}
