//! What stands in the parentheses of a layer: widths, an activation, options by name.

use proc_macro2::TokenTree;
use quote::quote;

use crate::activation::{activation, initialiser, is_activation};
use crate::ast::{Dense, Path, Real, Widths};
use crate::real::real;
use crate::report::Report;
use crate::token::{Token, is_type_name, place, punct, shown, split_at_commas, written};
use crate::unit::example;
use crate::width::{is_width, width, widths};
use crate::words::{listed, option_meant_by, options};

/// One of the things between the commas.
pub(crate) enum Argument<'t> {
    /// `bias = false`
    Option { name: &'static str, value: &'t [Token] },
    /// Anything else.
    Plain(&'t [Token]),
}

/// Takes apart what stands in the parentheses of the layer `kind`.
pub(crate) fn arguments<'t>(
    kind: &str,
    group: &'t Token,
    report: &mut Report,
) -> Vec<Argument<'t>> {
    let parts = split_at_commas(&group.inner);
    if parts.iter().skip(1).any(|part| part.is_empty()) {
        report.error(&group.place, "there is nothing between two commas; leave one of them out");
    }
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if part.is_empty() && at > 0 {
            continue;
        }
        match option(part) {
            None => found.push(Argument::Plain(part)),
            Some((word, value)) => {
                let place = &part[0].place;
                match options(kind).iter().copied().find(|option| *option == word) {
                    None if kind == "dense" && word == "activation" => {
                        let advice = format!(
                            "the activation has no name in front: write `{}` in place of `{}`",
                            written(value),
                            written(part)
                        );
                        report.error(&self::place(part), advice);
                        found.push(Argument::Plain(value));
                    }
                    None => report.error(place, unknown_option(kind, &word, part)),
                    Some(name) if seen.contains(&name) => {
                        let advice = format!("`{name}` is there twice; leave one of them out");
                        report.error(place, advice);
                    }
                    Some(name) => {
                        seen.push(name);
                        if value.is_empty() {
                            let advice = format!("write a value for `{name}`, {}", value_of(name));
                            report.error(place, advice);
                        } else {
                            found.push(Argument::Option { name, value });
                        }
                    }
                }
            }
        }
    }
    found
}

/// `name = value`
pub(crate) fn option(part: &[Token]) -> Option<(String, &[Token])> {
    match part {
        [Token { tree: TokenTree::Ident(name), .. }, equals, value @ ..]
            if punct(equals) == Some('=')
                && !value.first().is_some_and(|next| matches!(punct(next), Some('>' | '='))) =>
        {
            Some((name.to_string(), value))
        }
        _ => None,
    }
}

fn unknown_option(kind: &str, word: &str, part: &[Token]) -> String {
    let known = options(kind);
    if let Some(meant) = option_meant_by(word, kind) {
        return format!("`{kind}` has no option `{word}`; write `{meant}`");
    }
    match known {
        [] => format!("`{kind}` has no options; leave `{}` out", written(part)),
        [only] => format!("`{kind}` has no option `{word}`; its only one is `{only}`"),
        _ => format!("`{kind}` has no option `{word}`; it has {}", listed(known)),
    }
}

/// A value that the option could have.
fn value_of(option: &str) -> &'static str {
    match option {
        "init" => "as in `init = he_normal`",
        "bias" => "as in `bias = false`",
        "l2" => "as in `l2 = 1e-4`",
        "rate" => "as in `rate = 0.2`",
        "momentum" => "as in `momentum = 0.1`",
        _ => "as in `epsilon = 1e-5`",
    }
}

/// Reads `(784 -> 128, relu, bias = false)`.
pub(crate) fn dense(group: &Token, report: &mut Report) -> Dense {
    let mut dense = Dense::default();
    let mut plain = Vec::new();
    for argument in arguments("dense", group, report) {
        match argument {
            Argument::Plain(tokens) => plain.push(tokens),
            Argument::Option { name: "init", value } => dense.init = initialiser(value, report),
            Argument::Option { name: "bias", value } => dense.bias = truth(value, report),
            Argument::Option { value, .. } => dense.l2 = real(value, "a penalty", report),
        }
    }
    let (tokens, mut rest) = match &plain[..] {
        [] => (&[][..], &[][..]),
        [widths, rest @ ..] => (*widths, rest),
    };
    // A width and, without a comma, an activation.
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
    if tokens.is_empty() {
        report.anchor_width(&group.place, quote!(1));
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
        dense.widths = Widths { input: width(tokens, report), output: width(second, report) };
        rest = others;
    } else {
        dense.widths = widths(tokens, "dense", report);
    }
    if rest.is_empty() && dense.activation.is_none() {
        report.anchor(&group.place, quote!(::nn::__private::words::activation::linear));
    }
    if let [first, others @ ..] = rest {
        dense.activation = activation(first, report).or(dense.activation.take());
        if let Some(other) = others.first() {
            let advice = format!(
                "`dense` takes widths, one activation and options by name; leave `{}` out",
                written(other)
            );
            report.error(&place(other), advice);
        }
    }
    dense
}

/// Whether a word behind these tokens is a second thing.
fn follows_width(before: &[Token]) -> bool {
    before.last().is_some_and(|last| punct(last).is_none())
}

/// Whether this part is the number of outputs, separated from the inputs by a comma.
fn is_second_width(part: &[Token], others: &[&[Token]]) -> bool {
    match part {
        [Token { tree: TokenTree::Literal(number), .. }] => !number.to_string().starts_with('"'),
        [.., Token { tree: TokenTree::Ident(name), .. }] => {
            is_type_name(&name.to_string()) && is_width(part) && !others.is_empty()
        }
        _ => false,
    }
}

/// `true` or `false`
fn truth(tokens: &[Token], report: &mut Report) -> Option<bool> {
    match &tokens.iter().map(shown).collect::<String>()[..] {
        "true" => Some(true),
        "false" => Some(false),
        found => {
            let advice = format!("`{found}` is no value of `bias`; write `true` or `false`");
            report.error(&place(tokens), advice);
            None
        }
    }
}

/// The options of a layer that takes nothing but numbers by name.
pub(crate) fn real_options<const N: usize>(
    kind: &str,
    names: [&str; N],
    group: Option<&Token>,
    report: &mut Report,
) -> [Option<Real>; N] {
    let mut values = [const { None }; N];
    for argument in group.map(|group| arguments(kind, group, report)).unwrap_or_default() {
        match argument {
            Argument::Option { name, value } => {
                if let Some(at) = names.iter().position(|known| *known == name) {
                    values[at] = real(value, &format!("a value of `{name}`"), report);
                }
            }
            Argument::Plain(tokens) => {
                let advice = match is_width(tokens) || tokens.iter().any(|t| punct(t) == Some('>'))
                {
                    true => format!(
                        "`{kind}` is as wide as what comes before it; leave `{}` out",
                        written(tokens)
                    ),
                    false => {
                        format!("`{kind}` takes nothing but options by name, {}", example(kind))
                    }
                };
                report.error(&place(tokens), advice);
            }
        }
    }
    values
}

/// Reads `(128 -> 64)` of the user's layer at `path`.
pub(crate) fn widths_only(path: &Path, group: &Token, report: &mut Report) -> Widths {
    let kind = &path.text;
    let mut plain = Vec::new();
    for argument in arguments(kind, group, report) {
        if let Argument::Plain(tokens) = argument {
            plain.push(tokens);
        }
    }
    match &plain[..] {
        [] => {
            let advice = format!("write the widths of your layer, as in `{kind}(128 -> 64)`");
            report.error(&group.place, advice);
            Widths::default()
        }
        [tokens, rest @ ..] => {
            if let Some(other) = rest.first() {
                let advice = format!(
                    "a layer of your own takes widths and nothing else: `{kind}({})`; what else it \
                     needs is up to its type",
                    written(tokens)
                );
                report.error(&place(other), advice);
            }
            widths(tokens, kind, report)
        }
    }
}
