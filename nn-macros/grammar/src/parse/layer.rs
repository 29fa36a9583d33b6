//! One layer: a word and its arguments, or a path.

use super::arguments::simple;
use super::branches::branches;
use super::columns::columns;
use super::dense::dense;
use super::list::{Naming, layers};
use super::path::own;
use super::width::width;
use crate::ast::{Layer, Layers, Simple, Unit, Width, Widths};
use crate::tokens::{Cursor, Delimiter, List, Name, Report, Token, is_type_name, shown};
use crate::vocabulary::{
    self, LAYERS, LayerKind, activation, activation_meant_by, layer_meant_by, listed,
};

/// An example of a layer, for messages that do not refer to a specific layer.
pub(super) const EXAMPLE: &str = LAYERS[0].example;

/// Reads a layer, up to its repetition or the comma.
pub(super) fn unit(layer: &mut Layer, cursor: &mut Cursor<'_, '_>) {
    let Some(first) = cursor.peek(0) else {
        cursor.report.error(&layer.title.name.place, format!("expected a layer, {EXAMPLE}"));
        cursor.report.mention(List::Layer, None, &layer.title.place);
        return;
    };
    let is_path = cursor.is_path_separator(0)
        || cursor.group(0, Some(Delimiter::None)).is_some()
        || cursor.word(0).is_some_and(is_type_name)
        || cursor.word(0).is_some() && cursor.is_path_separator(1);
    match cursor.name() {
        _ if is_path => own(layer, cursor),
        Some(word) => {
            layer.title.word = Some(word.clone());
            cursor.report.mention(List::Layer, Some(word.clone()), &first.place);
            known(layer, &word, cursor);
        }
        None => {
            let advice = format!("expected a layer, {EXAMPLE}, found `{}`", shown(first));
            cursor.unexpected(advice);
            cursor.report.mention(List::Layer, None, &first.place);
            cursor.skip_to_comma();
        }
    }
}

/// Reads `dense(…)`, `layer_norm`, or a wrong word.
pub(super) fn known(layer: &mut Layer, word: &Name, cursor: &mut Cursor<'_, '_>) {
    let group = cursor.group(1, None);
    // A word without parentheses is not corrected, since it may be anything.
    let near = || group.and_then(|_| layer_meant_by(&word.text));
    let Some(row) = vocabulary::layer(&word.text).or_else(near) else {
        unknown(&word.text, group, cursor);
        return;
    };
    if row.word != word.text {
        cursor.unexpected(format!("unknown layer `{}`; write `{}`", word.text, row.word));
        layer.title.word = Some(Name::new(row.word, &word.place));
    }
    cursor.at += 1 + usize::from(group.is_some());
    let report = &mut *cursor.report;
    match group {
        None if row.needs_parentheses() => {
            let advice = format!("write the arguments of `{}`, {}", row.word, row.example);
            report.error(&layer.title.place, advice);
        }
        Some(group) if !accepts(row, group) => {
            let advice = match row.kind {
                LayerKind::Columns => {
                    format!("the columns of `columns` go in braces, {}", row.example)
                }
                LayerKind::Concat | LayerKind::Heads => {
                    format!("the branches of `{}` go in braces or parentheses", row.word)
                }
                _ => format!("the arguments of `{}` go in parentheses, {}", row.word, row.example),
            };
            report.error(&group.place, advice);
        }
        _ => {}
    }
    layer.unit = match group {
        Some(group) => inside(row, group, layer.title.name.plain(), report),
        None => bare(row, layer),
    };
}

/// Reads the arguments of a layer named `owner`.
fn inside(
    row: &'static vocabulary::Layer,
    group: &Token,
    owner: &str,
    report: &mut Report,
) -> Unit {
    match &row.kind {
        LayerKind::Dense => {
            let (dense, widths) = dense(row, group, report);
            Unit::Dense(Box::new(dense), widths)
        }
        LayerKind::Simple(kind) => {
            Unit::Simple(Simple { layer: row, row: kind, numbers: simple(row, group, report) })
        }
        LayerKind::Residual => Unit::Residual(layers(
            &group.inner,
            group.place.clone(),
            Naming::Inside,
            Some(owner),
            report,
        )),
        LayerKind::Concat => Unit::Concat(branches(row, "input", group, report)),
        LayerKind::Heads => Unit::Heads(branches(row, "head", group, report)),
        LayerKind::Input => Unit::Input(input(group, report)),
        LayerKind::Columns => Unit::Columns(columns(row, group, report)),
    }
}

/// A layer without parentheses. If it needs them, a stand-in for the other layers.
fn bare(row: &'static vocabulary::Layer, layer: &Layer) -> Unit {
    match &row.kind {
        LayerKind::Dense => Unit::Dense(Box::default(), Widths::default()),
        LayerKind::Simple(kind) => {
            Unit::Simple(Simple { layer: row, row: kind, numbers: vec![None; row.options.len()] })
        }
        LayerKind::Residual => {
            let place = layer.title.place.clone();
            Unit::Residual(Layers { place, list: Vec::new(), incomplete: true })
        }
        LayerKind::Concat | LayerKind::Heads | LayerKind::Input | LayerKind::Columns => {
            Unit::Missing
        }
    }
}

/// Whether a layer's arguments may be in such brackets.
fn accepts(row: &vocabulary::Layer, group: &Token) -> bool {
    match group.delimiter() {
        Some(Delimiter::Parenthesis) => true,
        Some(Delimiter::Brace) => {
            matches!(row.kind, LayerKind::Concat | LayerKind::Heads | LayerKind::Columns)
        }
        _ => false,
    }
}

fn unknown(kind: &str, group: Option<&Token>, cursor: &mut Cursor<'_, '_>) {
    if group.is_some() {
        cursor.unexpected(format!(
            "unknown layer `{kind}`; write one of {}, or a custom layer, such as \
             `my::Gate(128 -> 64)`",
            listed(LAYERS)
        ));
        cursor.at += 2;
    } else {
        let advice = match (activation(kind), layer_meant_by(kind), activation_meant_by(kind)) {
            (Some(row), _, _) | (None, None, Some(row)) => format!(
                "`{kind}` is an activation, not a layer; write it in the layer before: \
                 `dense(784 -> 128, {})`",
                row.word
            ),
            (None, Some(row), _) => format!("expected a layer, {}, found `{kind}`", row.example),
            _ => format!("expected a layer, {EXAMPLE}, found `{kind}`"),
        };
        cursor.unexpected(advice);
        cursor.skip_to_comma();
    }
}

/// `input(4)`
fn input(group: &Token, report: &mut Report) -> Option<Width> {
    if group.inner.is_empty() {
        report.error(&group.place, "write how many numbers this input has, as in `input(4)`");
        return None;
    }
    width(&group.inner, report)
}
