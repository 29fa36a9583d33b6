//! A list of layers, from source code, a string literal or a file.

use std::borrow::Cow;

use super::declaration::docs;
use super::layer::unit;
use super::repeat::{array, count_before, repeat};
use crate::ast::{Layer, Layers, Title, Unit};
use crate::tokens::{
    Cursor, Delimiter, List as Words, Name, Place, Report, Token, option, place, shown, sign,
    written,
};

/// Whether the layers of a list have names.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Naming {
    /// All have names, like fields.
    Required,
    /// None has a name, like the parts of a tuple struct.
    None,
    /// All are like the first layer.
    Optional,
    /// Layers inside another layer: only the outer one has a name.
    Inside,
}

/// Reads a list of layers, with or without `< >` around it. Errors about the whole list point at
/// `place`. Messages name layers inside another layer after that layer: ``layer 2 of `block` ``.
pub(super) fn layers(
    tokens: &[Token],
    place: Place,
    naming: Naming,
    owner: Option<&str>,
    report: &mut Report,
) -> Layers {
    let mistakes = report.len();
    let tokens = &layers_of_fragments(without_brackets(tokens, report));
    let cursor = Cursor::new(tokens, report);
    let mut list = List { cursor, naming, owner, names_reported: false };
    let mut layers = Vec::new();
    while !list.cursor.is_at_end() {
        if list.cursor.sign(0, ',') {
            list.cursor.unexpected("there is no layer before this comma; leave the comma out");
            list.cursor.at += 1;
            continue;
        }
        if list.option() {
            continue;
        }
        layers.push(list.layer(layers.len() + 1));
        list.separator();
    }
    report.mention(Words::Layer, None, &place);
    Layers { place, incomplete: layers.is_empty() && report.len() > mistakes, list: layers }
}

/// Removes invisible brackets around layers. A macro's `$layer` arrives in them if it contains an
/// operator, as in `dense(4) * 3`. Only the number after an asterisk could be an expression.
fn layers_of_fragments(tokens: &[Token]) -> Cow<'_, [Token]> {
    let is_fragment = |token: &Token| token.delimiter() == Some(Delimiter::None);
    if !tokens.iter().any(is_fragment) {
        return Cow::Borrowed(tokens);
    }
    let mut opened: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let is_count = opened.last().is_some_and(|before| sign(before) == Some('*'));
        match is_fragment(token) && !is_count {
            true => opened.extend(layers_of_fragments(&token.inner).into_owned()),
            false => opened.push(token.clone()),
        }
    }
    Cow::Owned(opened)
}

/// The content of `< … >`, or of one pair of brackets.
fn without_brackets<'t>(tokens: &'t [Token], report: &mut Report) -> &'t [Token] {
    let is = |token: &Token, c| sign(token) == Some(c);
    match tokens {
        [open, inner @ .., close] if is(open, '<') && is(close, '>') => inner,
        [open, inner @ ..] if is(open, '<') => {
            report.error(&open.place, "this `<` is never closed; write `>` after the last layer");
            inner
        }
        // `[dense(64 -> 64); 16]` is not a list, but a repetition in the form of an array.
        [only] if only.delimiter().is_some() && !only.inner.iter().any(|token| is(token, ';')) => {
            &only.inner
        }
        _ => tokens,
    }
}

struct List<'t, 'r, 'o> {
    cursor: Cursor<'t, 'r>,
    naming: Naming,
    owner: Option<&'o str>,
    /// Whether missing or needless names are already reported. One message is enough.
    names_reported: bool,
}

impl List<'_, '_, '_> {
    /// Reads the comma after a layer.
    fn separator(&mut self) {
        let cursor = &mut self.cursor;
        if cursor.take_sign(',') {
            return;
        }
        if cursor.name_follows() || cursor.group(1, None).is_some() && cursor.word(0).is_some() {
            cursor.unexpected("write a comma between two layers");
        } else if let Some(token) = cursor.peek(0) {
            let found = shown(token);
            let advice = format!("unexpected `{found}` after a layer; leave it out");
            cursor.unexpected(advice);
            cursor.skip_to_comma();
            cursor.at += 1;
        }
    }

    /// Rejects an option among layers. Returns whether there is one.
    fn option(&mut self) -> bool {
        let cursor = &mut self.cursor;
        let rest = cursor.rest();
        let part = rest.split(|token| sign(token) == Some(',')).next().unwrap_or_default();
        if option(part).is_none() {
            return false;
        }
        let written = written(part);
        let advice = match self.naming {
            Naming::Inside => format!("`residual` has no options; leave `{written}` out"),
            _ => format!(
                "an option goes in the parentheses of its layer, as in `dense(784 -> 128, bias = \
                 false)`; move `{written}` there"
            ),
        };
        cursor.report.error(&place(part), advice);
        cursor.at += part.len() + 1;
        true
    }

    /// Reads the layer with this number, counted from 1.
    fn layer(&mut self, number: usize) -> Layer {
        let docs = docs(&mut self.cursor, "a layer");
        self.visibility();
        let start = self.cursor.place().unwrap_or_default();
        let name = self.name(number, &start);
        let text = match self.owner {
            None => format!("layer `{}`", name.plain()),
            Some(owner) => format!("layer {number} of `{owner}`"),
        };
        let place = self.cursor.peek(0).map_or(start, |token| token.place.clone());
        let title = Title { docs, name, text, word: None, place };
        let mut layer = Layer { title, unit: Unit::Missing, repeat: None, incomplete: true };
        count_before(&mut self.cursor);
        let mistakes = self.cursor.report.len();
        if let Some(brackets) = self.cursor.group(0, Some(Delimiter::Bracket)) {
            array(&mut layer, brackets, &mut self.cursor);
        } else {
            unit(&mut layer, &mut self.cursor);
            layer.repeat = repeat(&mut self.cursor);
        }
        layer.incomplete = self.cursor.report.len() > mistakes;
        layer
    }

    fn visibility(&mut self) {
        let cursor = &mut self.cursor;
        if cursor.word(0) == Some("pub") {
            cursor.unexpected("a layer is as visible as its network; leave `pub` out");
            let restricted = cursor.group(1, Some(Delimiter::Parenthesis)).is_some();
            cursor.at += 1 + usize::from(restricted);
        }
    }

    /// Reads the layer's name, or makes one up.
    fn name(&mut self, number: usize, start: &Place) -> Name {
        let cursor = &mut self.cursor;
        let named = cursor.name_follows();
        if self.naming == Naming::Optional {
            self.naming = if named { Naming::Required } else { Naming::None };
        }
        let required = self.naming == Naming::Required;
        if named != required && !self.names_reported {
            self.names_reported = true;
            if named && self.naming == Naming::Inside {
                cursor.unexpected("layers inside another layer have no names; leave the name out");
            } else if named {
                cursor.unexpected(
                    "only the layers of a struct with braces have names: \
                     `struct Digits { hidden: dense(…), … }`; leave the name out",
                );
            } else if cursor.group(1, None).is_some() {
                cursor.unexpected(
                    "give the layer a name, as in `hidden: dense(784 -> 128, relu)`, or write a \
                     tuple struct: `struct Digits(dense(784 -> 128, relu), …);`",
                );
            } else {
                self.names_reported = false;
            }
        }
        let name = cursor.name();
        cursor.at += if named { 2 } else { 0 };
        name.filter(|_| named && required).unwrap_or_else(|| Name::numbered("layer", number, start))
    }
}
