//! A path in the place of a layer: a nested network, or a custom layer.

use super::arguments::widths_only;
use super::layer;
use crate::ast::{Layer, Path, Unit};
use crate::tokens::{
    Cursor, Delimiter, Kind, Name, Report, Token, is_type_name, last_of_path, place, sign, written,
};
use crate::vocabulary::LAYERS;

/// Reads `models::Encoder` or `my::Gate(128 -> 64)`.
pub(super) fn own(layer: &mut Layer, cursor: &mut Cursor<'_, '_>) {
    let start = cursor.at;
    let mut depth = 0_usize;
    while let Some(token) = cursor.peek(0) {
        let is_group = |delimiter| cursor.group(0, Some(delimiter)).is_some();
        match sign(token) {
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
        [group] if group.delimiter() == Some(Delimiter::None) => &group.inner[..],
        _ => tokens,
    };
    let path = Path { tokens: tokens.to_vec(), text: written(tokens), place: place(tokens) };
    cursor.report.mention_type(tokens, &path.place);
    let arguments = cursor.group(0, Some(Delimiter::Parenthesis));
    cursor.at += usize::from(arguments.is_some());
    layer.title.place = path.place.clone();
    let last = last_of_path(tokens).and_then(|last| Some(Name::new(last.word()?, &last.place)));
    let advice = match &last {
        None => format!(
            "`{}` is not the path of a layer; write a network, such as `models::Encoder`, or a \
             custom layer, such as `my::Gate(128 -> 64)`",
            path.text
        ),
        Some(last) if !is_type_name(&last.text) => format!(
            "`{}` is not a type; write a network, such as `models::Encoder`, or a custom layer, \
             such as `my::Gate(128 -> 64)`",
            path.text
        ),
        Some(_) => {
            layer.title.word = last;
            match arguments {
                None => layer.unit = Unit::Network(path),
                Some(group) => with_arguments(layer, path, group, cursor.report),
            }
            return;
        }
    };
    cursor.report.error(&path.place, advice);
}

/// Reads `my::Gate(128 -> 64)`, or `Dense(784 -> 128, relu)`.
fn with_arguments(layer: &mut Layer, path: Path, group: &Token, report: &mut Report) {
    let Some(known) = capital(&path, group) else {
        let widths = widths_only(&path, group, report);
        layer.unit = Unit::Own(path, widths);
        return;
    };
    report.error(&path.place, format!("unknown layer `{}`; write `{known}`", path.text));
    let word = Name::new(known, &path.place);
    let tokens = [Token::new(Kind::Word(word.text.clone()), path.place), group.clone()];
    layer.title.word = Some(word.clone());
    layer::known(layer, &word, &mut Cursor::new(&tokens, report));
}

/// Whether the path ends before this token: a second word is not part of it.
fn token_ends_path(cursor: &Cursor<'_, '_>, start: usize) -> bool {
    let before = cursor.at.checked_sub(1).filter(|at| *at >= start);
    let before = before.map(|at| &cursor.tokens[at]);
    before.is_some_and(|before| sign(before) != Some(':')) && cursor.group(0, None).is_none()
}

/// The known layer that `Dense(784 -> 128, relu)` probably means. A custom layer does not take such
/// arguments, but the layer of that name does.
fn capital(path: &Path, group: &Token) -> Option<&'static str> {
    let plain = path.text.to_lowercase();
    let known = LAYERS.iter().map(|row| row.word).find(|word| word.replace('_', "") == plain)?;
    let mut report = Report::default();
    widths_only(path, group, &mut report);
    (!report.is_empty()).then_some(known)
}
