//! A path in the place of a layer: a network inside the network, or a layer of the user's own.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};

use crate::arguments::widths_only;
use crate::ast::{Layer, Path, Unit};
use crate::cursor::Cursor;
use crate::report::Report;
use crate::token::{Token, is_type_name, place, punct, trees, written};
use crate::unit;
use crate::words::LAYERS;

/// `models::Encoder` or `my::Gate(128 -> 64)`
pub(crate) fn own(layer: &mut Layer, cursor: &mut Cursor<'_, '_>) {
    let start = cursor.at;
    let mut depth = 0_usize;
    while let Some(token) = cursor.peek(0) {
        let is_group = |delimiter| cursor.group(0, Some(delimiter)).is_some();
        match punct(token) {
            Some('<') => depth += 1,
            Some('>') => depth = depth.saturating_sub(1),
            Some(':') => {}
            Some(',') if depth > 0 => {}
            Some(_) if depth == 0 => break,
            _ if depth == 0 && token_ends_path(cursor, start) => break,
            _ if depth == 0 && is_group(Delimiter::Parenthesis) => break,
            _ => {}
        }
        cursor.at += 1;
    }
    let tokens = &cursor.tokens[start..cursor.at];
    let tokens = match tokens {
        // A macro's `$path`.
        [Token { tree: TokenTree::Group(group), inner, .. }]
            if group.delimiter() == Delimiter::None =>
        {
            &inner[..]
        }
        _ => tokens,
    };
    let path = Path { tokens: trees(tokens), text: written(tokens), place: place(tokens) };
    cursor.report.anchor(&path.place, path.tokens.clone());
    let arguments = cursor.group(0, Some(Delimiter::Parenthesis));
    cursor.at += usize::from(arguments.is_some());
    layer.place = path.place.clone();
    let last = syn::parse2::<syn::TypePath>(path.tokens.clone())
        .ok()
        .and_then(|path| path.path.segments.last().map(|last| last.ident.clone()));
    let advice = match &last {
        None => Some(format!(
            "`{}` is not the path of a layer; write a network such as `models::Encoder`, or a \
             layer of your own, such as `my::Gate(128 -> 64)`",
            path.text
        )),
        Some(last) if !is_type_name(&last.to_string()) => Some(format!(
            "`{}` is not a type; a network is one, such as `models::Encoder`, and a layer of your \
             own, such as `my::Gate(128 -> 64)`",
            path.text
        )),
        Some(_) => None,
    };
    if let Some(advice) = advice {
        cursor.report.error(&path.place, advice);
        return;
    }
    layer.word = last;
    layer.unit = match arguments {
        None => Unit::Network(path),
        Some(group) => match capital(&path, group) {
            Some(known) => {
                let advice = format!("there is no layer `{}`; write `{known}`", path.text);
                cursor.report.error(&path.place, advice);
                let word = Ident::new(known, Span::call_site().located_at(path.place.span));
                let tokens = [
                    Token {
                        tree: TokenTree::Ident(word.clone()),
                        place: path.place.clone(),
                        inner: Vec::new(),
                    },
                    group.clone(),
                ];
                layer.word = Some(word.clone());
                let mut again = Cursor::new(&tokens, cursor.report);
                return unit::known(layer, &word, &mut again);
            }
            None => Unit::Own { widths: widths_only(&path, group, cursor.report), path },
        },
    };
}

/// A second word behind a path is not part of it.
fn token_ends_path(cursor: &Cursor<'_, '_>, start: usize) -> bool {
    let before = cursor.at.checked_sub(1).filter(|at| *at >= start);
    let before = before.map(|at| &cursor.tokens[at]);
    before.is_some_and(|before| punct(before) != Some(':'))
        && !matches!(cursor.peek(0).map(|t| &t.tree), Some(TokenTree::Group(_)))
}

/// `Dense(784 -> 128, relu)`: what a layer of the user's own does not take, but the layer of that
/// name does.
fn capital(path: &Path, group: &Token) -> Option<&'static str> {
    let plain = path.text.to_lowercase();
    let known = LAYERS.iter().copied().find(|layer| layer.replace('_', "") == plain)?;
    let mut report = Report::default();
    widths_only(path, group, &mut report);
    (!report.is_empty()).then_some(known)
}
