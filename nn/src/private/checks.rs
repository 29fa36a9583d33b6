//! Checks of constants, which `network!` cannot evaluate and the compiler can. They report in the
//! same words and at the same place as the macro.
//!
//! `layer` is always the layer's name in messages, ``layer `hidden` ``. The other texts are the
//! numbers as they are written in the declaration.

use crate::layer::rule;
use crate::text::Message;

/// Rejects a width that is zero.
#[track_caller]
pub const fn check_width<const WIDTH: usize>(layer: &str, written: &str) {
    if WIDTH == 0 {
        let message = Message::new()
            .text("a width of ")
            .text(layer)
            .text(" is zero: `")
            .text(written)
            .text("` = 0; a layer has 1 unit or more");
        panic!("{}", message.as_str());
    }
}

/// Rejects neighboring layers whose widths differ.
#[track_caller]
pub const fn check_widths<const GIVEN: usize, const TAKEN: usize>(
    before: &str,
    given: &str,
    layer: &str,
    taken: &str,
) {
    if GIVEN != TAKEN {
        let message = Message::new()
            .text(layer)
            .text(" takes ")
            .width(taken, TAKEN)
            .text(" inputs but ")
            .text(before)
            .text(" gives ")
            .width(given, GIVEN)
            .text(" outputs; make them equal or leave the input of ")
            .text(layer)
            .text(" out");
        panic!("{}", message.as_str());
    }
}

/// Rejects a residual whose layers have different numbers of inputs and outputs.
#[track_caller]
pub const fn check_residual<const GIVEN: usize, const TAKEN: usize>(
    layer: &str,
    given: &str,
    taken: &str,
) {
    if GIVEN != TAKEN {
        let message = Message::new()
            .text("a residual adds its inputs to the output of its layers, but ")
            .text(layer)
            .text(" takes ")
            .width(taken, TAKEN)
            .text(" inputs and its layers give ")
            .width(given, GIVEN)
            .text("; make them equal");
        panic!("{}", message.as_str());
    }
}

/// Rejects an odd width of a layer that halves its inputs.
#[track_caller]
pub const fn check_halved<const GIVEN: usize, const TAKEN: usize>(layer: &str, given: &str) {
    if GIVEN != TAKEN {
        let message = Message::new()
            .text(layer)
            .text(" halves its inputs, but the layer before it gives ")
            .width(given, GIVEN)
            .text(", which is odd; make it even");
        panic!("{}", message.as_str());
    }
}

/// Rejects a number that does not divide the width of its layer.
#[track_caller]
pub const fn check_division<const WIDTH: usize>(
    word: &str,
    option: &str,
    number: f64,
    layer: &str,
    written: &str,
) {
    let rule = rule(word, option);
    if rule.allows(number) && !rule.fits(number, WIDTH as u64) {
        let mut message = Message::new().text("`").text(written).text("` does not divide the ");
        message.push_number(WIDTH, "");
        let message = message.text(" numbers of ").text(layer).text("; write ").text(rule.called);
        panic!("{}", message.text(" that does").as_str());
    }
}

/// Rejects a repeated layer with different numbers of inputs and outputs.
#[track_caller]
pub const fn check_repeated<const GIVEN: usize, const TAKEN: usize>(
    layer: &str,
    given: &str,
    taken: &str,
) {
    if GIVEN != TAKEN {
        let message = Message::new()
            .text(layer)
            .text(" is repeated, so it needs as many outputs as inputs, but it takes ")
            .width(taken, TAKEN)
            .text(" inputs and gives ")
            .width(given, GIVEN)
            .text("; make them equal");
        panic!("{}", message.as_str());
    }
}

/// Rejects a number outside the bounds of the layer's option in the vocabulary.
#[track_caller]
pub const fn check_number(word: &str, option: &str, number: f64, layer: &str, written: &str) {
    let rule = rule(word, option);
    if !rule.allows(number) {
        let message = Message::new()
            .text("in ")
            .text(layer)
            .text(", `")
            .text(written)
            .text("` cannot be ")
            .text(rule.cannot_be);
        panic!("{}", message.as_str());
    }
}

/// Returns the number, or the option's default if the number is outside these bounds.
/// [`check_number`] reports it.
pub const fn sound_number(word: &str, option: &str, number: f64) -> f64 {
    let rule = rule(word, option);
    if rule.allows(number) { number } else { rule.default }
}

/// Returns the number, or 1 if it does not divide the width. [`check_division`] reports it.
pub const fn sound_division<const WIDTH: usize>(word: &str, option: &str, number: f64) -> f64 {
    if rule(word, option).fits(number, WIDTH as u64) { number } else { 1.0 }
}

/// Rejects a user-defined type that is not of the required kind.
#[track_caller]
pub const fn check_kind(is: bool, written: &str, what: &str, advice: &str) {
    if !is {
        let message = Message::new()
            .text("`")
            .text(written)
            .text("` is not ")
            .text(what)
            .text(": ")
            .text(advice);
        panic!("{}", message.as_str());
    }
}

/// Reports that the head of a nested network would be lost.
#[track_caller]
pub const fn refuse_head(written: &str, head: &str) {
    let message = Message::new()
        .text("`")
        .text(written)
        .text("` ends in ")
        .text(head)
        .text(", which is lost inside another network; end it in a linear layer, and write the ")
        .text(head)
        .text(" at the end of the outer one");
    panic!("{}", message.as_str());
}

impl Message {
    /// Appends `INPUT = 784`, or `784` where the number itself was written.
    const fn width(self, written: &str, width: usize) -> Self {
        match written.as_bytes() {
            [b'0'..=b'9', ..] if is_number(written) => self.number(width),
            _ => self.text("`").text(written).text("` = ").number(width),
        }
    }
}

/// Whether `text` consists of digits only.
const fn is_number(text: &str) -> bool {
    let mut at = 0;
    while at < text.len() {
        if !text.as_bytes()[at].is_ascii_digit() {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const _: () = check_widths::<128, 128>("layer `hidden`", "HIDDEN", "layer `output`", "128");

    #[test]
    #[should_panic(
        expected = "layer `output` takes 64 inputs but layer `hidden` gives `HIDDEN` = 128 \
                    outputs; make them equal or leave the input of layer `output` out"
    )]
    fn neighbours_that_do_not_fit_are_named_with_both_widths() {
        check_widths::<128, 64>("layer `hidden`", "HIDDEN", "layer `output`", "64");
    }

    #[test]
    #[should_panic(expected = "a width of layer `hidden` is zero: `cfg::HIDDEN` = 0")]
    fn zero_is_no_width() {
        check_width::<0>("layer `hidden`", "cfg::HIDDEN");
    }

    #[test]
    #[should_panic(
        expected = "in layer `drop`, `RATE` cannot be the rate: it is the fraction of the units \
                    that is dropped, 0 or more and less than 1"
    )]
    fn a_number_that_does_not_fit_is_named() {
        const { check_number("layer_norm", "epsilon", 1e-5, "layer `norm`", "EPSILON") };
        check_number("dropout", "rate", 1.0, "layer `drop`", "RATE");
    }

    #[test]
    fn a_number_that_is_refused_is_replaced() {
        assert_eq!(sound_number("batch_norm", "momentum", 0.5), 0.5);
        assert_eq!(sound_number("batch_norm", "momentum", 0.0), 0.1);
    }

    #[test]
    #[should_panic(expected = "layer `block` takes `N` = 3 inputs and its layers give 4")]
    fn a_residual_that_does_not_fit_is_named() {
        check_residual::<4, 3>("layer `block`", "4", "N");
    }

    #[test]
    #[should_panic(expected = "it takes 3 inputs and gives `N` = 4; make them equal")]
    fn a_repetition_that_does_not_fit_is_named() {
        check_repeated::<4, 3>("layer `deep`", "N", "3");
    }

    #[test]
    fn a_long_text_ends_in_dots() {
        let long = "é".repeat(600);
        let message = Message::new().text("a").text(&long).number(0).number(usize::MAX);
        assert_eq!(message.as_str(), format!("a...0{}", usize::MAX));
    }
}
