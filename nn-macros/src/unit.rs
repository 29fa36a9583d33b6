//! One layer: a word and what stands in its parentheses, or a path.

use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::quote;
use syn::ext::IdentExt;

use crate::arguments::{Argument, arguments, dense, real_options};
use crate::ast::{Layer, Layers, Real, Unit, Width};
use crate::branches::branches;
use crate::cursor::Cursor;
use crate::layers::{Naming, layers};
use crate::own::own;
use crate::real::real;
use crate::report::Report;
use crate::token::{Token, is_type_name, place, shown, written};
use crate::width::width;
use crate::words::{ACTIVATIONS, LAYERS, activation_meant_by, layer_meant_by, listed};

/// How a layer is written.
pub(crate) const EXAMPLE: &str = "as in `dense(784 -> 128, relu)`";

/// Reads a layer up to its repetition or the comma.
pub(crate) fn unit(layer: &mut Layer, cursor: &mut Cursor<'_, '_>) {
    let Some(first) = cursor.peek(0) else {
        cursor.report.error(&layer.name_place, format!("expected a layer, {EXAMPLE}"));
        cursor.report.anchor(&layer.place, quote!(::nn::__private::words::layer::dense));
        return;
    };
    let word = cursor.word(0);
    let is_path = cursor.is_path_separator(0)
        || cursor.group(0, Some(Delimiter::None)).is_some()
        || word.is_some_and(|word| is_type_name(&word.to_string()))
        || word.is_some() && cursor.is_path_separator(1);
    match word {
        _ if is_path => own(layer, cursor),
        Some(word) => {
            layer.word = Some(word.clone());
            let path = quote!(::nn::__private::words::layer::#word);
            cursor.report.anchor(&first.place, path);
            known(layer, word, cursor);
        }
        None => {
            let advice = format!("expected a layer, {EXAMPLE}, found `{}`", shown(first));
            cursor.unexpected(advice);
            cursor.report.anchor(&first.place, quote!(::nn::__private::words::layer::dense));
            cursor.skip_to_comma();
        }
    }
}

/// `dense(…)`, `layer_norm`, or a word that is wrong.
pub(crate) fn known(layer: &mut Layer, word: &Ident, cursor: &mut Cursor<'_, '_>) {
    let kind = word.to_string();
    let group = cursor.group(1, None);
    let meant = LAYERS.iter().copied().find(|layer| *layer == kind);
    // A word without parentheses may be anything.
    let near = || if group.is_some() { layer_meant_by(&kind) } else { None };
    let Some(meant) = meant.or_else(near) else {
        unknown(&kind, group, cursor);
        return;
    };
    if meant != kind {
        cursor.unexpected(format!("there is no layer `{kind}`; write `{meant}`"));
        layer.word = Some(Ident::new(meant, word.span()));
    }
    cursor.at += 1 + usize::from(group.is_some());
    if let Some(group) = group
        && !accepts(meant, &group.tree)
    {
        let advice = match meant {
            "concat" | "heads" => format!("what `{meant}` joins stands in braces or parentheses"),
            _ => format!("what `{meant}` takes stands in parentheses, {}", example(meant)),
        };
        cursor.report.error(&group.place, advice);
    }
    let report = &mut *cursor.report;
    layer.unit = match (meant, group) {
        ("layer_norm", _) => {
            let [epsilon] = real_options("layer_norm", ["epsilon"], group, report);
            Unit::LayerNorm { epsilon }
        }
        ("batch_norm", _) => {
            let [momentum, epsilon] =
                real_options("batch_norm", ["momentum", "epsilon"], group, report);
            Unit::BatchNorm { momentum, epsilon }
        }
        (_, None) => {
            let advice = format!("write what the layer `{meant}` takes, {}", example(meant));
            report.error(&layer.place, advice);
            match meant {
                "dense" => Unit::Dense(Box::default()),
                "dropout" => Unit::Dropout { rate: None },
                "residual" => Unit::Residual(Layers {
                    place: layer.place.clone(),
                    list: Vec::new(),
                    incomplete: true,
                }),
                _ => Unit::Missing,
            }
        }
        ("dense", Some(group)) => Unit::Dense(Box::new(dense(group, report))),
        ("dropout", Some(group)) => Unit::Dropout { rate: rate(group, report) },
        ("residual", Some(group)) => {
            let owner = layer.name.unraw().to_string();
            Unit::Residual(layers(
                &group.inner,
                group.place.clone(),
                Naming::Inside,
                Some(&owner),
                report,
            ))
        }
        ("input", Some(group)) => Unit::Input(input(group, report)),
        (kind, Some(group)) => {
            let what = if kind == "concat" { "input" } else { "head" };
            let branches = branches(kind, what, group, report);
            if kind == "concat" { Unit::Concat(branches) } else { Unit::Heads(branches) }
        }
    };
}

/// Whether a layer's arguments may stand in such brackets.
fn accepts(kind: &str, tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    match group.delimiter() {
        Delimiter::Parenthesis => true,
        Delimiter::Brace => matches!(kind, "concat" | "heads"),
        _ => false,
    }
}

/// How this layer is written.
pub(crate) fn example(kind: &str) -> &'static str {
    match kind {
        "dropout" => "as in `dropout(0.2)`",
        "layer_norm" => "as in `layer_norm` or `layer_norm(epsilon = 1e-5)`",
        "batch_norm" => "as in `batch_norm` or `batch_norm(momentum = 0.1)`",
        "residual" => "as in `residual(dense(64 -> 64, relu), dense(64))`",
        "concat" => "as in `concat { image: dense(784 -> 64, relu), meta: input(4) }`",
        "heads" => "as in `heads { class: dense(64 -> 10, softmax), angle: dense(64 -> 1) }`",
        "input" => "as in `input(4)`",
        _ => EXAMPLE,
    }
}

fn unknown(kind: &str, group: Option<&Token>, cursor: &mut Cursor<'_, '_>) {
    if group.is_some() {
        cursor.unexpected(format!(
            "there is no layer `{kind}`; there are {}, and layers of your own, such as \
             `my::Gate(128 -> 64)`",
            listed(LAYERS)
        ));
        cursor.at += 2;
    } else {
        let activation = ACTIVATIONS.iter().copied().find(|activation| *activation == kind);
        let advice = match (activation, layer_meant_by(kind), activation_meant_by(kind)) {
            (Some(word), _, _) | (None, None, Some(word)) => format!(
                "`{kind}` is an activation and no layer; write it into the layer before: \
                 `dense(784 -> 128, {word})`"
            ),
            (None, Some(layer), _) => {
                format!("expected a layer, {}, found `{kind}`", example(layer))
            }
            _ => format!("expected a layer, {EXAMPLE}, found `{kind}`"),
        };
        cursor.unexpected(advice);
        cursor.skip_to_comma();
    }
}

/// `0.2`, or `rate = 0.2`
fn rate(group: &Token, report: &mut Report) -> Option<Real> {
    let mut rate = None;
    for argument in arguments("dropout", group, report) {
        match argument {
            Argument::Option { value, .. } => rate = real(value, "a rate", report),
            Argument::Plain(tokens) if rate.is_none() => {
                rate = real(tokens, "a rate", report);
            }
            Argument::Plain(tokens) => {
                let advice = format!("`dropout` takes one rate; leave `{}` out", written(tokens));
                report.error(&place(tokens), advice);
            }
        }
    }
    if group.inner.is_empty() {
        let advice = "write the part of the units that is silenced while training, as in \
                      `dropout(0.2)`";
        report.error(&group.place, advice);
    }
    rate
}

/// `input(4)`
fn input(group: &Token, report: &mut Report) -> Option<Width> {
    if group.inner.is_empty() {
        report.error(&group.place, "write how many numbers this input has, as in `input(4)`");
        return None;
    }
    width(&group.inner, report)
}
