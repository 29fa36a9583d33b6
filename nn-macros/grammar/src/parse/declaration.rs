//! The form of a declaration, and the head of every struct. [`layers`] reads the content of its
//! brackets.

use std::sync::Arc;

use super::list::{Naming, layers};
use crate::ast::{Declaration, Head, Item, Layers};
use crate::attribute::Attribute;
use crate::tokens::{
    Cursor, Delimiter, Kind, Name, Place, Report, Text, Token, is_name, is_type_name, lex, place,
    shown, sign, split_at_commas, string, written,
};

/// Reads one call of `network!`.
pub(crate) fn of_tokens(tokens: &[Token], report: &mut Report) -> Declaration<Item, Layers> {
    if let [only] = tokens
        && let Some(text) = only.literal().and_then(string)
    {
        return of_text(&Text::new(&text, None), only.place.first, report);
    }
    let place = tokens.first().map_or_else(Place::default, |token| token.place.clone());
    declaration(tokens, place, report)
}

/// Reads a declaration in a string literal, or in a file whose path is in a literal. `number` is
/// that of the literal.
pub(crate) fn of_text(
    text: &Arc<Text>,
    number: usize,
    report: &mut Report,
) -> Declaration<Item, Layers> {
    lexed(text, number, report, |tokens, report| {
        declaration(tokens, Place::of_text(text, number), report)
    })
}

/// Reads the tokens of a text. If the text cannot be split into tokens, only that is reported.
fn lexed<D>(
    text: &Arc<Text>,
    number: usize,
    report: &mut Report,
    read: impl FnOnce(&[Token], &mut Report) -> D,
) -> D {
    let before = report.len();
    let tokens = lex(text, number, report);
    match report.len() > before {
        true => read(&tokens, &mut Report::default()),
        false => read(&tokens, report),
    }
}

fn declaration(tokens: &[Token], place: Place, report: &mut Report) -> Declaration<Item, Layers> {
    let items = match tokens {
        [Token { kind: Kind::Word(word), .. }, ..] if ITEM_WORDS.contains(&word.as_str()) => true,
        // A struct whose `struct` is missing.
        [Token { kind: Kind::Word(word), .. }, body, ..]
            if body.delimiter() == Some(Delimiter::Brace) =>
        {
            is_type_name(word)
        }
        [Token { kind: Kind::Word(_), .. }, equals, ..] => sign(equals) == Some('='),
        [hash, ..] => sign(hash) == Some('#'),
        [] => false,
    };
    match items {
        true => Declaration::Items(self::items(tokens, report)),
        false => Declaration::Type(layers(tokens, place, Naming::None, None, report)),
    }
}

/// Words that begin an item: the right one, and those that may be written by mistake.
const ITEM_WORDS: &[&str] =
    &["pub", "struct", "enum", "union", "type", "static", "const", "fn", "mod", "trait", "let"];

/// Reads all declarations. After one with an unreadable head, reading continues with the next.
fn items(tokens: &[Token], report: &mut Report) -> Vec<Item> {
    let mut items = Vec::new();
    let mut cursor = Cursor::new(tokens, report);
    while !cursor.is_at_end() {
        let start = cursor.at;
        match item(&mut cursor) {
            Some(item) => items.push(item),
            None => skip_item(&mut cursor, start),
        }
    }
    items
}

/// Skips to the position after the next semicolon or braces.
fn skip_item(cursor: &mut Cursor<'_, '_>, start: usize) {
    cursor.at = cursor.at.max(start);
    while !cursor.is_at_end() {
        let ends = cursor.sign(0, ';') || cursor.group(0, Some(Delimiter::Brace)).is_some();
        cursor.at += 1;
        if ends {
            cursor.take_sign(';');
            return;
        }
    }
}

/// Reads a declaration; `None` if an error is reported instead.
fn item(cursor: &mut Cursor<'_, '_>) -> Option<Item> {
    let attributes = attributes(cursor);
    let visibility = visibility(cursor);
    let name = name(cursor)?;
    let parameters = parameters(cursor, &name.text);
    bounds(cursor, true);
    let layers = body(cursor, &name)?;
    bounds(cursor, false);
    Some(Item { head: Head { attributes, visibility, name, parameters }, layers })
}

/// `<const H: usize, …>`. A network has no other parameters.
fn parameters(cursor: &mut Cursor<'_, '_>, name: &str) -> Vec<Name> {
    if !cursor.sign(0, '<') {
        return Vec::new();
    }
    let start = cursor.at;
    let mut depth = 0_usize;
    // The list ends before the layers in any case.
    while !cursor.is_at_end() && cursor.group(0, None).is_none() {
        depth += usize::from(cursor.sign(0, '<'));
        depth -= usize::from(cursor.sign(0, '>'));
        cursor.at += 1;
        if depth == 0 {
            break;
        }
    }
    let mut tokens = &cursor.tokens[start + 1..cursor.at];
    if depth > 0 {
        let advice =
            format!("this `<` is never closed; write `>` after the parameters of `{name}`");
        cursor.report.error(&cursor.tokens[start].place, advice);
    } else {
        tokens = &tokens[..tokens.len() - 1];
    }
    let mut found: Vec<Name> = Vec::new();
    for part in split_at_commas(tokens) {
        match part {
            [constant, name, colon, kind]
                if constant.word() == Some("const")
                    && name.word().is_some_and(is_name)
                    && sign(colon) == Some(':')
                    && kind.word() == Some("usize")
                    && !found.iter().any(|before| Some(&before.text[..]) == name.word()) =>
            {
                found.extend(name.word().map(|word| Name::new(word, &name.place)));
            }
            _ => {
                let advice = format!(
                    "the parameters of `{name}` are widths with distinct names, as in \
                     `struct {name}<const H: usize>(…)`; the macro adds the number type, as in \
                     `{name}` for `f32` and `{name}<f64>`; leave `{}` out",
                    written(part)
                );
                let place =
                    if part.is_empty() { cursor.tokens[start].place.clone() } else { place(part) };
                cursor.report.error(&place, advice);
            }
        }
    }
    found
}

/// Rejects a `where` clause, which a network does not have. It is either `before` the layers, or
/// after them, where it ends with the declaration.
fn bounds(cursor: &mut Cursor<'_, '_>, before: bool) {
    if cursor.word(0) != Some("where") {
        return;
    }
    cursor.unexpected("a network has no bounds; leave the `where` clause out");
    while let Some(next) = cursor.peek(0) {
        if sign(next) == Some(';') || before && next.delimiter().is_some() {
            break;
        }
        cursor.at += 1;
    }
    if !before {
        cursor.take_sign(';');
    }
}

/// Reads any number of `#[…]`.
fn attributes(cursor: &mut Cursor<'_, '_>) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    while let Some(attribute) = attribute(cursor) {
        let first = attribute.inside().first();
        if first.is_some_and(|first| first.word().is_some() || sign(first) == Some(':')) {
            attributes.push(attribute);
        } else {
            let place = &attribute.tokens[1].place;
            let advice = "this is not an attribute: it must begin with a name, as in `#[doc]`";
            cursor.report.error(place, advice);
        }
    }
    attributes
}

/// Reads one `#[…]`.
fn attribute(cursor: &mut Cursor<'_, '_>) -> Option<Attribute> {
    let follows = cursor.sign(0, '#') && cursor.group(1, Some(Delimiter::Bracket)).is_some();
    let mut tokens = follows.then(|| cursor.rest()[..2].to_vec())?;
    cursor.at += 2;
    // A macro's `#[$attribute]`.
    if let [_, brackets] = &mut tokens[..]
        && let [only] = &mut brackets.inner[..]
        && only.delimiter() == Some(Delimiter::None)
    {
        brackets.inner = std::mem::take(&mut only.inner);
    }
    Some(Attribute { tokens })
}

/// Reads doc comments. `what` takes no other attributes.
pub(super) fn docs(cursor: &mut Cursor<'_, '_>, what: &str) -> Vec<Attribute> {
    let mut docs = Vec::new();
    while let Some(attribute) = attribute(cursor) {
        match attribute.is("doc") {
            true => docs.push(attribute),
            false => {
                let advice = format!(
                    "{what} takes doc comments but no other attributes; leave this one out"
                );
                cursor.report.error(&attribute.tokens[0].place, advice);
            }
        }
    }
    docs
}

/// `pub`, `pub(crate)` or nothing
fn visibility(cursor: &mut Cursor<'_, '_>) -> Vec<Token> {
    let start = cursor.at;
    if cursor.take_word("pub") {
        let restricted = cursor.group(0, Some(Delimiter::Parenthesis)).is_some_and(|group| {
            let first = group.inner.first().map(shown).unwrap_or_default();
            ["crate", "super", "self", "in"].contains(&first.as_str())
        });
        cursor.at += usize::from(restricted);
    }
    cursor.tokens[start..cursor.at].to_vec()
}

/// `struct Digits`
fn name(cursor: &mut Cursor<'_, '_>) -> Option<Name> {
    const EXAMPLE: &str = "`struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));`";
    if !cursor.take_word("struct") {
        let Some(word) = cursor.word(0) else {
            let advice = format!("expected the declaration of a network, such as {EXAMPLE}");
            match cursor.is_at_end() {
                true => {
                    let end = cursor.place().unwrap_or_default();
                    cursor.report.error(&end, advice);
                }
                false => cursor.unexpected(advice),
            }
            return None;
        };
        if ITEM_WORDS.contains(&word) {
            let advice = format!("a network is a struct; write `struct` in place of `{word}`");
            cursor.unexpected(advice);
            cursor.at += 1;
        } else {
            cursor.unexpected("a network is a struct; write `struct` before its name");
        }
    }
    let Some(name) = cursor.name() else {
        let advice = "expected the network's name, as in `struct Digits`";
        let place = cursor.place().unwrap_or_default();
        cursor.report.error(&place, advice);
        return None;
    };
    if !is_name(&name.text) {
        let advice = format!(
            "`{}` is a Rust keyword; give the network another name, such as `Digits`",
            name.text
        );
        cursor.unexpected(advice);
        return None;
    }
    cursor.at += 1;
    Some(name)
}

/// `{ hidden: dense(…) }`, `(dense(…));` or `= "dense(…)";`
fn body(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Layers> {
    let plain = name.plain();
    let example = format!(
        "write the layers of `{plain}`: `struct {plain} {{ hidden: dense(784 -> 128, relu), \
         output: dense(128 -> 10, softmax) }}` or, without names, `struct {plain}(dense(784 -> \
         128, relu), dense(128 -> 10, softmax));`"
    );
    let name_place = cursor.tokens[cursor.at - 1].place.clone();
    if cursor.is_at_end() || cursor.sign(0, ';') {
        cursor.report.error(&name_place, example);
        cursor.take_sign(';');
        return Some(Layers { place: name_place, list: Vec::new(), incomplete: true });
    }
    if cursor.take_sign('=') {
        let literal = cursor.peek(0).and_then(|token| Some((token, string(token.literal()?)?)));
        let Some((literal, text)) = literal else {
            let advice = format!("expected a string literal after `=`; or {example}");
            match cursor.is_at_end() {
                true => cursor.report.error(&name_place, advice),
                false => cursor.unexpected(advice),
            }
            return None;
        };
        cursor.at += 1;
        let (text, number) = (Text::new(&text, None), literal.place.first);
        let layers = lexed(&text, number, cursor.report, |tokens, report| {
            layers(tokens, Place::of_text(&text, number), Naming::Optional, None, report)
        });
        semicolon(cursor, &literal.place);
        return Some(layers);
    }
    let Some(group) = cursor.group(0, None) else {
        cursor.unexpected(example);
        return None;
    };
    cursor.at += 1;
    let naming = match group.delimiter() {
        Some(Delimiter::Brace) => Naming::Required,
        Some(Delimiter::Parenthesis) => Naming::None,
        _ => {
            let advice = format!("layers go in braces or parentheses; {example}");
            cursor.report.error(&group.place.open(), advice);
            Naming::Optional
        }
    };
    let layers = layers(&group.inner, group.place.clone(), naming, None, cursor.report);
    match group.delimiter() {
        Some(Delimiter::Brace) if cursor.sign(0, ';') => {
            cursor.unexpected("no semicolon follows braces; leave it out");
            cursor.at += 1;
        }
        Some(Delimiter::Parenthesis) if cursor.word(0) != Some("where") => {
            semicolon(cursor, &group.place.close());
        }
        Some(Delimiter::Bracket) => {
            cursor.take_sign(';');
        }
        _ => {}
    }
    Some(layers)
}

fn semicolon(cursor: &mut Cursor<'_, '_>, before: &Place) {
    if !cursor.take_sign(';') {
        cursor.report.error(before, "write `;` after the declaration");
    }
}
