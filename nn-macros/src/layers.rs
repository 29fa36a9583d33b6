//! A list of layers, the same from source text, from a string literal and from a file.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use quote::quote;
use syn::Attribute;
use syn::ext::IdentExt;
use syn::parse::Parser;

use crate::arguments::option;
use crate::ast::{Layer, Layers, Unit};
use crate::cursor::Cursor;
use crate::place::Place;
use crate::repeat::{array, count_before, repeat};
use crate::report::Report;
use crate::token::{Token, place, punct, shown, written};
use crate::unit::unit;

/// Whether the layers of a list have names.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Naming {
    /// As fields have.
    Required,
    /// As the parts of a tuple struct.
    None,
    /// As the first layer has it.
    Optional,
    /// Layers inside another layer: only that one has a name.
    Inside,
}

/// Reads a list of layers, with or without `< >` around it; errors about the whole list point at
/// `place`. Messages call the layers of another layer after it: ``layer 2 of `block` ``.
pub(crate) fn layers(
    tokens: &[Token],
    place: Place,
    naming: Naming,
    owner: Option<&str>,
    report: &mut Report,
) -> Layers {
    let mistakes = report.len();
    let tokens = without_brackets(tokens, report);
    let cursor = Cursor::new(tokens, report);
    let mut list = List { cursor, naming, owner, names_reported: false };
    let mut layers = Vec::new();
    while !list.cursor.is_at_end() {
        if list.cursor.punct(0, ',') {
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
    report.anchor(&place, quote!(::nn::__private::words::layer::dense));
    Layers { place, incomplete: layers.is_empty() && report.len() > mistakes, list: layers }
}

/// What is inside `< … >`, or inside one pair of brackets.
fn without_brackets<'t>(tokens: &'t [Token], report: &mut Report) -> &'t [Token] {
    let is = |token: &Token, c| punct(token) == Some(c);
    match tokens {
        [open, inner @ .., close] if is(open, '<') && is(close, '>') => inner,
        [open, inner @ ..] if is(open, '<') => {
            report.error(&open.place, "this `<` is never closed; write `>` after the last layer");
            inner
        }
        // `[dense(64 -> 64); 16]` is no list, but a repetition as arrays have it.
        [only]
            if matches!(only.tree, TokenTree::Group(_))
                && !only.inner.iter().any(|token| is(token, ';')) =>
        {
            &only.inner
        }
        _ => tokens,
    }
}

struct List<'t, 'r, 'o> {
    cursor: Cursor<'t, 'r>,
    naming: Naming,
    owner: Option<&'o str>,
    /// One message about missing or needless names is enough.
    names_reported: bool,
}

impl List<'_, '_, '_> {
    /// The comma after a layer.
    fn separator(&mut self) {
        let cursor = &mut self.cursor;
        if cursor.take_punct(',') {
            return;
        }
        if cursor.name_follows() || cursor.group(1, None).is_some() && cursor.word(0).is_some() {
            cursor.unexpected("write a comma between two layers");
        } else if let Some(token) = cursor.peek(0) {
            let found = shown(token);
            let advice = format!("`{found}` means nothing after a layer; leave it out");
            cursor.unexpected(advice);
            cursor.skip_to_comma();
            cursor.at += 1;
        }
    }

    /// An option among layers, which is none of theirs.
    fn option(&mut self) -> bool {
        let cursor = &mut self.cursor;
        let rest = cursor.rest();
        let part = rest.split(|token| punct(token) == Some(',')).next().unwrap_or_default();
        if option(part).is_none() {
            return false;
        }
        let written = written(part);
        let advice = match self.naming {
            Naming::Inside => format!("`residual` has no options; leave `{written}` out"),
            _ => format!(
                "an option stands in the parentheses of its layer, as in `dense(784 -> 128, bias = \
                 false)`; move `{written}` there"
            ),
        };
        cursor.report.error(&place(part), advice);
        cursor.at += part.len() + 1;
        true
    }

    /// The `number`th layer, counted from 1.
    fn layer(&mut self, number: usize) -> Layer {
        let docs = self.docs();
        self.visibility();
        let start = self.cursor.place().unwrap_or_else(|| Span::call_site().into());
        let (name, name_place) = self.name(number, &start);
        let title = match self.owner {
            None => format!("layer `{}`", name.unraw()),
            Some(owner) => format!("layer {number} of `{owner}`"),
        };
        let place = self.cursor.peek(0).map_or(start, |token| token.place.clone());
        let mut layer = Layer {
            docs,
            name,
            name_place,
            title,
            word: None,
            place,
            unit: Unit::Missing,
            repeat: None,
            incomplete: true,
        };
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

    /// Doc comments; a layer takes no other attributes.
    fn docs(&mut self) -> Vec<Attribute> {
        let cursor = &mut self.cursor;
        let mut docs = Vec::new();
        while cursor.punct(0, '#') && cursor.group(1, Some(Delimiter::Bracket)).is_some() {
            let trees = cursor.rest()[..2].iter().map(|token| token.tree.clone());
            let parsed = Attribute::parse_outer.parse2(trees.collect()).unwrap_or_default();
            if parsed.first().is_some_and(|attribute| attribute.path().is_ident("doc")) {
                docs.extend(parsed);
            } else {
                cursor.unexpected(
                    "a layer takes doc comments but no other attributes; leave this one out",
                );
            }
            cursor.at += 2;
        }
        docs
    }

    fn visibility(&mut self) {
        let cursor = &mut self.cursor;
        if cursor.word(0).is_some_and(|word| word == "pub") {
            cursor.unexpected("a layer is as visible as its network; leave `pub` out");
            let restricted = cursor.group(1, Some(Delimiter::Parenthesis)).is_some();
            cursor.at += 1 + usize::from(restricted);
        }
    }

    /// The layer's name and its place, or a made-up one.
    fn name(&mut self, number: usize, start: &Place) -> (Ident, Place) {
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
        let made_up = (numbered("layer", number, start), start.clone());
        match cursor.word(0) {
            Some(name) if named => {
                cursor.at += 2;
                if required { (name.clone(), start.clone()) } else { made_up }
            }
            _ => made_up,
        }
    }
}

/// The name of something that has none.
pub(crate) fn numbered(what: &str, number: usize, start: &Place) -> Ident {
    Ident::new(&format!("{what}{number}"), Span::call_site().located_at(start.span))
}
