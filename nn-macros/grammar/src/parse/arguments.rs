//! The arguments of a layer: named options, and others.

use super::number::number;
use super::width::{is_width, widths};
use crate::ast::{Path, Real, Widths};
use crate::tokens::{Report, Token, option, place, sign, split_at_commas, written};
use crate::vocabulary::{Layer, LayerKind, LayerOption, listed, option_meant_by};

/// An argument.
pub(super) enum Argument<'t> {
    /// `bias = false`: the index of the layer's option, and its value.
    Option(usize, &'t [Token]),
    /// Any other argument.
    Plain(&'t [Token]),
}

/// Splits the arguments of the layer `kind`, which has these options.
pub(super) fn arguments<'t>(
    kind: &str,
    options: &'static [LayerOption],
    group: &'t Token,
    report: &mut Report,
) -> Vec<Argument<'t>> {
    let parts = split_at_commas(&group.inner);
    if parts.iter().skip(1).any(|part| part.is_empty()) {
        report.error(&group.place, "there is nothing between two commas; leave one of them out");
    }
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if part.is_empty() && at > 0 {
            continue;
        }
        let Some((word, value)) = option(part) else {
            found.push(Argument::Plain(part));
            continue;
        };
        let Some(index) = options.iter().position(|option| option.word == word) else {
            found.extend(unknown(kind, options, part, report));
            continue;
        };
        let place = &part[0].place;
        if seen.contains(&index) {
            let advice = format!("`{word}` is given twice; leave one of them out");
            report.error(place, advice);
        } else if value.is_empty() {
            let example = options[index].example;
            let advice = format!("write a value for `{word}`, as in `{word} = {example}`");
            report.error(place, advice);
        } else {
            found.push(Argument::Option(index, value));
        }
        seen.push(index);
    }
    found
}

/// Reports an option that the layer does not have.
fn unknown<'t>(
    kind: &str,
    options: &'static [LayerOption],
    part: &'t [Token],
    report: &mut Report,
) -> Option<Argument<'t>> {
    let (word, value) = option(part)?;
    if word == "activation" && crate::vocabulary::layer(kind).is_some_and(is_dense) {
        let advice = format!(
            "the activation is not a named option: write `{}` instead of `{}`",
            written(value),
            written(part)
        );
        report.error(&place(part), advice);
        return Some(Argument::Plain(value));
    }
    let advice = match (option_meant_by(word, options), options) {
        (Some(meant), _) => format!("`{kind}` has no option `{word}`; write `{}`", meant.word),
        (None, []) => format!("`{kind}` has no options; leave `{}` out", written(part)),
        (None, [only]) => {
            format!("`{kind}` has no option `{word}`; its only one is `{}`", only.word)
        }
        (None, _) => format!("`{kind}` has no option `{word}`; it has {}", listed(options)),
    };
    report.error(&part[0].place, advice);
    None
}

fn is_dense(layer: &Layer) -> bool {
    matches!(layer.kind, LayerKind::Dense)
}

/// Reads the arguments of a layer that takes only numbers: each of its options by name, and the
/// required option with or without its name.
pub(super) fn simple(
    layer: &'static Layer,
    group: &Token,
    report: &mut Report,
) -> Vec<Option<Real>> {
    let mut numbers = vec![None; layer.options.len()];
    let required = layer.required();
    for argument in arguments(layer.word, layer.options, group, report) {
        let (index, value) = match (argument, required) {
            (Argument::Option(index, value), _) => (index, value),
            (Argument::Plain(value), Some((index, _))) if numbers[index].is_none() => {
                (index, value)
            }
            (Argument::Plain(value), _) => {
                report.error(&place(value), needless(layer, value));
                continue;
            }
        };
        if let Some(rule) = layer.options[index].number() {
            numbers[index] = number(value, rule.called, report);
        }
    }
    if let Some((_, what)) = required
        && group.inner.is_empty()
    {
        report.error(&group.place, format!("write {what}, {}", layer.example));
    }
    numbers
}

/// The message about an argument that a simple layer does not take.
fn needless(layer: &Layer, tokens: &[Token]) -> String {
    let (word, found) = (layer.word, written(tokens));
    if let Some(rule) = layer.required().and_then(|(index, _)| layer.options[index].number()) {
        let option = rule.called.trim_start_matches("a ");
        return format!("`{word}` takes one {option}; leave `{found}` out");
    }
    match is_width(tokens) || tokens.iter().any(|token| sign(token) == Some('>')) {
        true => format!("`{word}` takes its width from the layer before it; leave `{found}` out"),
        false => format!("`{word}` takes only named options, {}", layer.example),
    }
}

/// Reads `(128 -> 64)` of the custom layer at `path`.
pub(super) fn widths_only(path: &Path, group: &Token, report: &mut Report) -> Widths {
    let kind = &path.text;
    let mut plain = Vec::new();
    for argument in arguments(kind, &[], group, report) {
        if let Argument::Plain(tokens) = argument {
            plain.push(tokens);
        }
    }
    let [tokens, rest @ ..] = &plain[..] else {
        let advice = format!("write the widths of your layer, as in `{kind}(128 -> 64)`");
        report.error(&group.place, advice);
        return Widths::default();
    };
    if let Some(other) = rest.first() {
        let advice = format!(
            "a custom layer takes only widths: `{kind}({})`; its type determines the rest",
            written(tokens)
        );
        report.error(&place(other), advice);
    }
    widths(tokens, kind, report)
}
