//! A list of layers, the same from source text and from a string literal.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use syn::Attribute;
use syn::parse::Parser;

use crate::arguments::arguments;
use crate::ast::{ACTIVATIONS, LAYERS, Layer, Layers, Place};
use crate::check::layer_meant_by;
use crate::report::Report;
use crate::token::{Token, shown};

/// Whether the layers of a list have names.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Naming {
    /// As fields have.
    Required,
    /// As the parts of a tuple struct.
    None,
    /// As the first layer has it.
    Optional,
}

/// Reads a list of layers, with or without `< >` around it; errors about the whole list point at
/// `place`.
pub(crate) fn layers(
    tokens: &[Token],
    place: Place,
    naming: Naming,
    report: &mut Report,
) -> Layers {
    let mistakes = report.len();
    let tokens = without_brackets(tokens, report);
    let mut list = List { tokens, at: 0, naming, names_reported: false, report };
    let mut layers = Vec::new();
    while list.at < tokens.len() {
        if list.punct(0, ',') {
            list.unexpected("there is no layer before this comma; leave the comma out");
            list.at += 1;
            continue;
        }
        layers.push(list.layer(layers.len() + 1));
        list.separator();
    }
    Layers { place, incomplete: layers.is_empty() && report.len() > mistakes, list: layers }
}

/// What is inside `< … >`, or inside one pair of brackets.
fn without_brackets<'t>(tokens: &'t [Token], report: &mut Report) -> &'t [Token] {
    let is = |token: &Token, c| matches!(&token.tree, TokenTree::Punct(p) if p.as_char() == c);
    match tokens {
        [open, inner @ .., close] if is(open, '<') && is(close, '>') => inner,
        [open, inner @ ..] if is(open, '<') => {
            report.error(&open.place, "this `<` is never closed; write `>` after the last layer");
            inner
        }
        [only] if matches!(only.tree, TokenTree::Group(_)) => &only.inner,
        _ => tokens,
    }
}

struct List<'t, 'r> {
    tokens: &'t [Token],
    at: usize,
    naming: Naming,
    /// One message about missing or needless names is enough.
    names_reported: bool,
    report: &'r mut Report,
}

impl<'t> List<'t, '_> {
    fn peek(&self, ahead: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + ahead)
    }

    fn punct(&self, ahead: usize, c: char) -> bool {
        self.peek(ahead).is_some_and(|t| matches!(&t.tree, TokenTree::Punct(p) if p.as_char() == c))
    }

    fn word(&self, ahead: usize) -> Option<&'t Ident> {
        match &self.peek(ahead)?.tree {
            TokenTree::Ident(ident) => Some(ident),
            _ => None,
        }
    }

    fn group(&self, ahead: usize, delimiter: Option<Delimiter>) -> Option<&'t Token> {
        self.peek(ahead).filter(|token| match &token.tree {
            TokenTree::Group(group) => delimiter.is_none_or(|wanted| group.delimiter() == wanted),
            _ => false,
        })
    }

    /// Whether `name :` follows; `name ::` is a path.
    fn name_follows(&self) -> bool {
        self.word(0).is_some() && self.punct(1, ':') && !self.punct(2, ':')
    }

    fn unexpected(&mut self, sentence: impl Into<String>) {
        if let Some(token) = self.peek(0) {
            self.report.error(&token.place, sentence);
        }
    }

    /// The comma after a layer.
    fn separator(&mut self) {
        if self.punct(0, ',') {
            self.at += 1;
        } else if self.name_follows() || self.group(1, None).is_some() {
            self.unexpected("write a comma between two layers");
        } else if let Some(token) = self.peek(0) {
            let found = shown(token);
            self.unexpected(format!("`{found}` means nothing after a layer; leave it out"));
            self.skip_layer();
        }
    }

    /// Goes on behind the next comma.
    fn skip_layer(&mut self) {
        while self.at < self.tokens.len() && !self.punct(0, ',') {
            self.at += 1;
        }
        self.at += 1;
    }

    /// The `number`th layer, counted from 1.
    fn layer(&mut self, number: usize) -> Layer {
        let docs = self.docs();
        self.visibility();
        let start = self.peek(0).or(self.tokens.last()).map(|token| token.place.clone());
        let start = start.unwrap_or_else(|| Span::call_site().into());
        let (name, name_place) = self.name(number, &start);
        let mut layer = Layer {
            docs,
            name,
            name_place,
            kind: LAYERS[0].to_owned(),
            kind_place: self.peek(0).map_or(start, |token| token.place.clone()),
            input: None,
            output: None,
            activation: None,
            incomplete: true,
        };
        let Some(word) = self.word(0) else {
            match self.peek(0) {
                Some(token) => {
                    let found = shown(token);
                    self.unexpected(format!("expected a layer, {EXAMPLE}, found `{found}`"));
                }
                None => {
                    self.report.error(&layer.name_place, format!("expected a layer, {EXAMPLE}"))
                }
            }
            self.skip_to_separator();
            return layer;
        };
        layer.kind = word.to_string();
        if let Some(group) = self.group(1, None) {
            if self.group(1, Some(Delimiter::Parenthesis)).is_none() {
                let advice = format!("what `{word}` takes stands in parentheses, {EXAMPLE}");
                self.report.error(&group.place, advice);
            }
            self.at += 2;
            // What an unknown layer takes is unknown, too.
            let known = LAYERS.iter().any(|layer| word == layer);
            let report = if known { &mut *self.report } else { &mut Report::default() };
            arguments(&mut layer, group, report);
            if layer_meant_by(&layer.kind).is_none() {
                (layer.input, layer.output, layer.activation) = (None, None, None);
                layer.incomplete = true;
            }
            return layer;
        }
        if ACTIVATIONS.iter().any(|(activation, _)| word == activation) {
            self.unexpected(format!(
                "`{word}` is an activation and no layer; write it into the layer before: \
                 `dense(784 -> 128, {word})`"
            ));
        } else if LAYERS.iter().any(|layer| word == layer) {
            self.unexpected(format!("write what the layer `{word}` takes, {EXAMPLE}"));
        } else {
            self.unexpected(format!("expected a layer, {EXAMPLE}, found `{word}`"));
        }
        layer.kind = LAYERS[0].to_owned();
        self.skip_to_separator();
        layer
    }

    fn skip_to_separator(&mut self) {
        while self.at < self.tokens.len() && !self.punct(0, ',') {
            self.at += 1;
        }
    }

    /// Doc comments; a layer takes no other attributes.
    fn docs(&mut self) -> Vec<Attribute> {
        let mut docs = Vec::new();
        while self.punct(0, '#') && self.group(1, Some(Delimiter::Bracket)).is_some() {
            let trees = self.tokens[self.at..self.at + 2].iter().map(|token| token.tree.clone());
            let parsed = Attribute::parse_outer.parse2(trees.collect()).unwrap_or_default();
            if parsed.first().is_some_and(|attribute| attribute.path().is_ident("doc")) {
                docs.extend(parsed);
            } else {
                self.unexpected(
                    "a layer takes doc comments but no other attributes; leave this one out",
                );
            }
            self.at += 2;
        }
        docs
    }

    fn visibility(&mut self) {
        if self.word(0).is_some_and(|word| word == "pub") {
            self.unexpected("a layer is as visible as its network; leave `pub` out");
            let restricted = self.group(1, Some(Delimiter::Parenthesis)).is_some();
            self.at += 1 + usize::from(restricted);
        }
    }

    /// The layer's name and its place, or a made-up one.
    fn name(&mut self, number: usize, start: &Place) -> (Ident, Place) {
        let named = self.name_follows();
        if self.naming == Naming::Optional {
            self.naming = if named { Naming::Required } else { Naming::None };
        }
        if named == (self.naming == Naming::None) && !self.names_reported {
            self.names_reported = true;
            if named {
                self.unexpected(
                    "only the layers of a struct with braces have names: \
                     `struct Digits { hidden: dense(…), … }`; leave the name out",
                );
            } else if self.group(1, None).is_some() {
                self.unexpected(
                    "give the layer a name, as in `hidden: dense(784 -> 128, relu)`, or write a \
                     tuple struct: `struct Digits(dense(784 -> 128, relu), …);`",
                );
            } else {
                self.names_reported = false;
            }
        }
        match self.word(0) {
            Some(name) if named => {
                self.at += 2;
                if self.naming == Naming::None {
                    return (numbered(number, start), start.clone());
                }
                (name.clone(), start.clone())
            }
            _ => (numbered(number, start), start.clone()),
        }
    }
}

/// How a layer is written.
const EXAMPLE: &str = "as in `dense(784 -> 128, relu)`";

/// The name of a layer that has none.
fn numbered(number: usize, start: &Place) -> Ident {
    Ident::new(&format!("layer{number}"), Span::call_site().located_at(start.span))
}
