//! The arguments of a `dense`: widths, an activation, and named options.

use super::activation::{activation, initializer, is_activation};
use super::arguments::{Argument, arguments};
use super::number::number;
use super::width::{is_width, width, widths};
use crate::ast::{Dense, Widths};
use crate::tokens::{
    Kind, List, Report, Token, is_string, is_type_name, place, shown, sign, written,
};
use crate::vocabulary::{Layer, Takes};

/// Reads `(784 -> 128, relu, bias = false)`.
pub(super) fn dense(layer: &'static Layer, group: &Token, report: &mut Report) -> (Dense, Widths) {
    let mut dense = Dense::default();
    let mut plain = Vec::new();
    for argument in arguments(layer.word, layer.options, group, report) {
        match argument {
            Argument::Plain(tokens) => plain.push(tokens),
            Argument::Option(index, value) => match &layer.options[index].takes {
                Takes::Initializer => dense.init = initializer(value, report),
                Takes::Truth => {
                    let word = layer.options[index].word;
                    let truth = truth(word, value, report);
                    match word {
                        "bias" => dense.bias = truth,
                        "weight_norm" => dense.weight_norm = truth,
                        _ => dense.spectral_norm = truth,
                    }
                    if [dense.weight_norm, dense.spectral_norm] == [Some(true); 2] {
                        let advice = "a layer has only one normalization of its weights; leave \
                                      `weight_norm` or `spectral_norm` out";
                        report.error(&place(value), advice);
                        dense.spectral_norm = None;
                    }
                }
                Takes::Number(rule) => dense.l2 = number(value, rule.called, report),
            },
        }
    }
    let (tokens, mut rest) = match &plain[..] {
        [] => (&[][..], &[][..]),
        [widths, rest @ ..] => (*widths, rest),
    };
    // A width and an activation without a comma between them.
    let tokens = match tokens.split_last() {
        Some((word, before))
            if !before.is_empty() && is_activation(word) && follows_width(before) =>
        {
            let word = std::slice::from_ref(word);
            let advice = format!("write a comma before the activation: `, {}`", written(word));
            report.error(&word[0].place, advice);
            dense.activation = activation(word, report);
            before
        }
        _ => tokens,
    };
    let mut found = Widths::default();
    if tokens.is_empty() {
        report.mention_width(None, &group.place);
        report.error(&group.place, "write the widths first, as in `dense(784 -> 128, relu)`");
    } else if let [second, others @ ..] = rest
        && is_second_width(second, others)
        && is_width(tokens)
    {
        let advice = format!(
            "write `->` in place of the comma between the widths: `dense({} -> {})`",
            written(tokens),
            written(second)
        );
        report.error(&place(second), advice);
        found = Widths { input: width(tokens, report), output: width(second, report) };
        rest = others;
    } else {
        found = widths(tokens, layer.word, report);
    }
    if rest.is_empty() && dense.activation.is_none() {
        report.mention(List::Activation, None, &group.place);
    }
    if let [first, others @ ..] = rest {
        dense.activation = activation(first, report).or(dense.activation.take());
        if let Some(other) = others.first() {
            let advice = format!(
                "`dense` takes widths, one activation and named options; leave `{}` out",
                written(other)
            );
            report.error(&place(other), advice);
        }
    }
    (dense, found)
}

/// Whether a word after these tokens is a separate argument.
fn follows_width(before: &[Token]) -> bool {
    before.last().is_some_and(|last| sign(last).is_none())
}

/// Whether this part is the number of outputs, separated from the inputs by a comma instead of an
/// arrow.
fn is_second_width(part: &[Token], others: &[&[Token]]) -> bool {
    match part {
        [Token { kind: Kind::Literal(number), .. }] => !is_string(number),
        [.., Token { kind: Kind::Word(name), .. }] => {
            is_type_name(name) && is_width(part) && !others.is_empty()
        }
        _ => false,
    }
}

/// `true` or `false`
fn truth(option: &str, tokens: &[Token], report: &mut Report) -> Option<bool> {
    match &tokens.iter().map(shown).collect::<String>()[..] {
        "true" => Some(true),
        "false" => Some(false),
        found => {
            let advice = format!("`{found}` is not a value of `{option}`; write `true` or `false`");
            report.error(&place(tokens), advice);
            None
        }
    }
}
