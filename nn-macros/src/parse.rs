//! Tokens to [`Declaration`]: which form it has, and the head of every struct. What stands between
//! its brackets is read by [`layers`](crate::layers).
//!
//! No meaning here: whether widths fit is up to [`flow`](crate::flow) and [`check`](crate::check).

use std::rc::Rc;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::{Attribute, LitStr, Visibility};

use crate::ast::{Declaration, Layers, Network};
use crate::cursor::Cursor;
use crate::layers::{Naming, layers};
use crate::place::{Place, Text};
use crate::report::Report;
use crate::token::{Token, shown};
use crate::{text, token};

/// Reads one call of `network!`.
pub(crate) fn declaration(input: TokenStream, report: &mut Report) -> Declaration {
    let tokens = token::tokens(input);
    if let [only] = &tokens[..]
        && let Some(literal) = string(only)
    {
        let text = Rc::new(Text { chars: literal.value().chars().collect(), file: None });
        return of_text(&text, literal.span(), report);
    }
    let place =
        tokens.first().map_or_else(|| Span::call_site().into(), |token| token.place.clone());
    of_tokens(&tokens, place, report)
}

/// Reads a declaration in a string literal or a file, which is named at `span`.
pub(crate) fn of_text(text: &Rc<Text>, span: Span, report: &mut Report) -> Declaration {
    let before = report.len();
    let tokens = text::lex(text, span, report);
    let place = text::whole(text, span);
    // What cannot be lexed cannot be parsed either; one message about it is enough.
    let mut silent = Report::default();
    of_tokens(&tokens, place, if report.len() > before { &mut silent } else { report })
}

fn of_tokens(tokens: &[Token], place: Place, report: &mut Report) -> Declaration {
    let trees: Vec<&TokenTree> = tokens.iter().take(3).map(|token| &token.tree).collect();
    let items = match trees[..] {
        [TokenTree::Ident(word), ..] if ITEM_WORDS.iter().any(|item| word == item) => true,
        [TokenTree::Punct(hash), ..] => hash.as_char() == '#',
        // A struct whose `struct` is missing.
        [TokenTree::Ident(word), TokenTree::Group(body), ..] => {
            body.delimiter() == Delimiter::Brace && token::is_type_name(&word.to_string())
        }
        [TokenTree::Ident(_), TokenTree::Punct(equals), ..] => equals.as_char() == '=',
        _ => false,
    };
    if items {
        return Declaration::Items(self::items(tokens, report));
    }
    Declaration::Type(layers(tokens, place, Naming::None, None, report))
}

/// Words that begin an item, the right one and those that may be written by mistake.
const ITEM_WORDS: &[&str] =
    &["pub", "struct", "enum", "union", "type", "static", "const", "fn", "mod", "trait", "let"];

/// Reads declarations to the end; what follows one whose head cannot be read is tried again.
fn items(tokens: &[Token], report: &mut Report) -> Vec<Network> {
    let mut networks = Vec::new();
    let mut cursor = Cursor::new(tokens, report);
    while !cursor.is_at_end() {
        let start = cursor.at;
        match network(&mut cursor) {
            Some(network) => networks.push(network),
            None => skip_item(&mut cursor, start),
        }
    }
    networks
}

/// Goes on behind the next semicolon or braces.
fn skip_item(cursor: &mut Cursor<'_, '_>, start: usize) {
    cursor.at = cursor.at.max(start);
    while !cursor.is_at_end() {
        let ends = cursor.punct(0, ';') || cursor.group(0, Some(Delimiter::Brace)).is_some();
        cursor.at += 1;
        if ends {
            cursor.take_punct(';');
            return;
        }
    }
}

/// Reads a declaration; `None` if an error tells why there is none.
fn network(cursor: &mut Cursor<'_, '_>) -> Option<Network> {
    let attributes = attributes(cursor);
    let visibility = visibility(cursor);
    let name = name(cursor)?;
    if cursor.punct(0, '<') {
        let advice = format!(
            "`{name}` takes no parameters: its widths are fixed, and the type of its numbers is \
             added by the macro, as in `{name}` for `f32` and `{name}<f64>`; leave `<…>` out"
        );
        cursor.unexpected(advice);
        let mut depth = 0_usize;
        while !cursor.is_at_end() && cursor.group(0, Some(Delimiter::Brace)).is_none() {
            depth += usize::from(cursor.punct(0, '<'));
            depth -= usize::from(cursor.punct(0, '>'));
            cursor.at += 1;
            if depth == 0 {
                break;
            }
        }
    }
    if cursor.word(0).is_some_and(|word| word == "where") {
        cursor.unexpected("a network has no bounds; leave the `where` clause out");
        while cursor.group(0, None).is_none() && !cursor.punct(0, ';') && !cursor.is_at_end() {
            cursor.at += 1;
        }
    }
    let layers = body(cursor, &name)?;
    if cursor.word(0).is_some_and(|word| word == "where") {
        cursor.unexpected("a network has no bounds; leave the `where` clause out");
        while !cursor.take_punct(';') && !cursor.is_at_end() {
            cursor.at += 1;
        }
    }
    Some(Network { attributes, visibility, name, layers })
}

fn attributes(cursor: &mut Cursor<'_, '_>) -> Vec<Attribute> {
    let mut trees = Vec::new();
    while cursor.punct(0, '#') && cursor.group(1, Some(Delimiter::Bracket)).is_some() {
        trees.extend(cursor.rest()[..2].iter().map(|token| token.tree.clone()));
        cursor.at += 2;
    }
    match Attribute::parse_outer.parse2(trees.into_iter().collect()) {
        Ok(attributes) => attributes,
        Err(error) => {
            cursor.report.error(&error.span().into(), format!("this is no attribute: {error}"));
            Vec::new()
        }
    }
}

/// `pub`, `pub(crate)` or nothing
fn visibility(cursor: &mut Cursor<'_, '_>) -> Visibility {
    let start = cursor.at;
    if cursor.take_word("pub") {
        let restricted = cursor.group(0, Some(Delimiter::Parenthesis)).is_some_and(|group| {
            let first = group.inner.first().map(shown).unwrap_or_default();
            ["crate", "super", "self", "in"].contains(&first.as_str())
        });
        cursor.at += usize::from(restricted);
    }
    let trees = token::trees(&cursor.tokens[start..cursor.at]);
    syn::parse2(trees).unwrap_or(Visibility::Inherited)
}

/// `struct Digits`
fn name(cursor: &mut Cursor<'_, '_>) -> Option<Ident> {
    const EXAMPLE: &str = "`struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));`";
    if !cursor.take_word("struct") {
        let Some(word) = cursor.word(0) else {
            let advice = format!("expected the declaration of a network, such as {EXAMPLE}");
            match cursor.is_at_end() {
                true => {
                    let end = cursor.place().unwrap_or_else(|| Span::call_site().into());
                    cursor.report.error(&end, advice);
                }
                false => cursor.unexpected(advice),
            }
            return None;
        };
        if ITEM_WORDS.iter().any(|item| word == item) {
            let advice = format!("a network is a struct; write `struct` in place of `{word}`");
            cursor.unexpected(advice);
            cursor.at += 1;
        } else {
            cursor.unexpected("a network is a struct; write `struct` before its name");
        }
    }
    let Some(word) = cursor.word(0) else {
        let advice = "expected the network's name, as in `struct Digits`";
        let place = cursor.place().unwrap_or_else(|| Span::call_site().into());
        cursor.report.error(&place, advice);
        return None;
    };
    if syn::parse_str::<Ident>(&word.to_string()).is_err() {
        let advice = format!(
            "`{word}` is a word of the language; give the network another name, such as `Digits`"
        );
        cursor.unexpected(advice);
        return None;
    }
    cursor.at += 1;
    Some(word.clone())
}

/// `{ hidden: dense(…) }`, `(dense(…));` or `= "dense(…)";`
fn body(cursor: &mut Cursor<'_, '_>, name: &Ident) -> Option<Layers> {
    let plain = name.unraw();
    let example = format!(
        "write the layers of `{plain}`: `struct {plain} {{ hidden: dense(784 -> 128, relu), \
         output: dense(128 -> 10, softmax) }}` or, without names, `struct {plain}(dense(784 -> \
         128, relu), dense(128 -> 10, softmax));`"
    );
    let name_place = cursor.tokens[cursor.at - 1].place.clone();
    if cursor.is_at_end() || cursor.punct(0, ';') {
        cursor.report.error(&name_place, example);
        cursor.take_punct(';');
        return Some(Layers { place: name_place, list: Vec::new(), incomplete: true });
    }
    if cursor.take_punct('=') {
        let Some(literal) = cursor.peek(0).and_then(string) else {
            let advice = format!("after `=` goes a string literal; or {example}");
            match cursor.is_at_end() {
                true => cursor.report.error(&name_place, advice),
                false => cursor.unexpected(advice),
            }
            return None;
        };
        cursor.at += 1;
        let text = Rc::new(Text { chars: literal.value().chars().collect(), file: None });
        let layers = quoted(&text, literal.span(), cursor.report);
        semicolon(cursor, &literal.span().into());
        return Some(layers);
    }
    let Some(group) = cursor.group(0, None) else {
        cursor.unexpected(example);
        return None;
    };
    let TokenTree::Group(tree) = &group.tree else { return None };
    cursor.at += 1;
    let naming = match tree.delimiter() {
        Delimiter::Brace => Naming::Required,
        Delimiter::Parenthesis => Naming::None,
        _ => {
            let advice = format!("layers stand in braces or parentheses; {example}");
            cursor.report.error(&tree.span_open().into(), advice);
            Naming::Optional
        }
    };
    let layers = layers(&group.inner, group.place.clone(), naming, None, cursor.report);
    match tree.delimiter() {
        Delimiter::Brace if cursor.punct(0, ';') => {
            cursor.unexpected("no semicolon follows braces; leave it out");
            cursor.at += 1;
        }
        Delimiter::Parenthesis if cursor.word(0).is_none_or(|word| word != "where") => {
            let close = match group.place.quoted {
                Some(_) => group.place.clone(),
                None => tree.span_close().into(),
            };
            semicolon(cursor, &close);
        }
        Delimiter::Bracket => drop(cursor.take_punct(';')),
        _ => {}
    }
    Some(layers)
}

fn semicolon(cursor: &mut Cursor<'_, '_>, before: &Place) {
    if !cursor.take_punct(';') {
        cursor.report.error(before, "write `;` after the declaration");
    }
}

/// The layers that a string literal names.
fn quoted(text: &Rc<Text>, span: Span, report: &mut Report) -> Layers {
    let before = report.len();
    let tokens = text::lex(text, span, report);
    let place = text::whole(text, span);
    let mut silent = Report::default();
    let report = if report.len() > before { &mut silent } else { report };
    layers(&tokens, place, Naming::Optional, None, report)
}

/// The token as a string literal.
fn string(token: &Token) -> Option<LitStr> {
    match &token.tree {
        TokenTree::Literal(literal) => syn::parse2(TokenTree::from(literal.clone()).into()).ok(),
        _ => None,
    }
}
