//! Source text to [`Declaration`]: which form it has, and the head of every struct. What stands
//! between its brackets is read by [`layers`](crate::layers).
//!
//! No meaning here: whether widths fit and names exist is up to [`check`](crate::check).

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Generics, Ident, LitStr, Token, Visibility, WhereClause};

use crate::ast::{Declaration, Layers, Network, Place};
use crate::layers::{Naming, layers};
use crate::report::Report;
use crate::{text, token};

/// Reads one call of the macro.
pub(crate) fn declaration(input: TokenStream, report: &mut Report) -> Declaration {
    let tokens = token::tokens(input.clone());
    let trees: Vec<&TokenTree> = tokens.iter().take(3).map(|token| &token.tree).collect();
    let items = match trees[..] {
        [TokenTree::Ident(word), ..] if ITEM_WORDS.iter().any(|item| word == item) => true,
        [TokenTree::Punct(hash), ..] => hash.as_char() == '#',
        // A struct whose `struct` is missing.
        [TokenTree::Ident(_), TokenTree::Group(body), ..] => body.delimiter() == Delimiter::Brace,
        [TokenTree::Ident(_), TokenTree::Punct(equals), ..] => equals.as_char() == '=',
        _ => false,
    };
    if items {
        return Declaration::Items(self::items(input, report));
    }
    if let [TokenTree::Literal(literal)] = trees[..]
        && let Ok(text) = syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into())
    {
        return Declaration::Type(quoted(&text, Naming::None, report));
    }
    let place =
        tokens.first().map_or_else(|| Span::call_site().into(), |token| token.place.clone());
    Declaration::Type(layers(&tokens, place, Naming::None, report))
}

/// Words that begin an item, the right one and those that may be written by mistake.
const ITEM_WORDS: &[&str] =
    &["pub", "struct", "enum", "union", "type", "static", "const", "fn", "mod", "trait", "let"];

/// Reads declarations to the end, or to the first whose head cannot be read.
fn items(input: TokenStream, report: &mut Report) -> Vec<Network> {
    let mut networks = Vec::new();
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            networks.push(network(input, report)?);
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(input) {
        report.error(&error.span().into(), error.to_string());
    }
    networks
}

fn network(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Network> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse::<Visibility>()?;
    let name = name(input, report)?;
    if input.peek(Token![<]) {
        let place = input.span().into();
        let advice = format!(
            "`{name}` takes no parameters: its widths are fixed, and the type of its numbers is \
             added by the macro, as in `{name}` for `f32` and `{name}<f64>`; leave `<…>` out"
        );
        report.error(&place, advice);
        input.parse::<Generics>()?;
    }
    if input.peek(Token![where]) {
        report.error(&input.span().into(), "a network has no bounds; leave the `where` clause out");
        input.parse::<Option<WhereClause>>()?;
    }
    let layers = body(input, &name, report)?;
    Ok(Network { attributes, visibility, name, layers })
}

/// `struct Digits`
fn name(input: ParseStream<'_>, report: &mut Report) -> syn::Result<Ident> {
    if input.parse::<Option<Token![struct]>>()?.is_none() {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(
                "expected the declaration of a network, such as \
                 `struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));`",
            ));
        }
        let place = input.span().into();
        if ITEM_WORDS
            .iter()
            .any(|word| input.fork().call(Ident::parse_any).is_ok_and(|i| i == word))
        {
            let word = input.call(Ident::parse_any)?;
            report.error(
                &place,
                format!("a network is a struct; write `struct` in place of `{word}`"),
            );
        } else {
            report.error(&place, "a network is a struct; write `struct` before its name");
        }
    }
    match input.fork().call(Ident::parse_any) {
        Ok(word) if syn::parse_str::<Ident>(&word.to_string()).is_err() => {
            Err(input.error(format!(
                "`{word}` is a word of the language; give the network another name, such as \
                 `Digits`"
            )))
        }
        Ok(_) => input.parse(),
        Err(_) => Err(input.error("expected the network's name, as in `struct Digits`")),
    }
}

/// `{ hidden: dense(…) }`, `(dense(…));` or `= "dense(…)";`
fn body(input: ParseStream<'_>, name: &Ident, report: &mut Report) -> syn::Result<Layers> {
    let example = format!(
        "write the layers of `{name}`: `struct {name} {{ hidden: dense(784 -> 128, relu), output: \
         dense(128 -> 10, softmax) }}` or, without names, `struct {name}(dense(784 -> 128, relu), \
         dense(128 -> 10, softmax));`"
    );
    if input.is_empty() || input.peek(Token![;]) {
        report.error(&name.span().into(), example);
        input.parse::<Option<Token![;]>>()?;
        return Ok(Layers { place: name.span().into(), list: Vec::new(), incomplete: true });
    }
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let Ok(text) = input.parse::<LitStr>() else {
            return Err(input.error(format!("after `=` goes a string literal; or {example}")));
        };
        let layers = quoted(&text, Naming::Optional, report);
        semicolon(input, text.span(), report)?;
        return Ok(layers);
    }
    let place = Place::from(input.span());
    let Ok(TokenTree::Group(group)) = input.parse::<TokenTree>() else {
        return Err(syn::Error::new(place.span, example));
    };
    let naming = match group.delimiter() {
        Delimiter::Brace => Naming::Required,
        Delimiter::Parenthesis => Naming::None,
        _ => {
            report.error(&place, format!("layers stand in braces or parentheses; {example}"));
            Naming::Optional
        }
    };
    let layers = bracketed(&group, naming, report);
    match group.delimiter() {
        Delimiter::Brace if input.peek(Token![;]) => {
            report.error(&input.span().into(), "no semicolon follows braces; leave it out");
            input.parse::<Token![;]>()?;
        }
        Delimiter::Parenthesis => semicolon(input, group.span_close(), report)?,
        Delimiter::Bracket => drop(input.parse::<Option<Token![;]>>()?),
        _ => {}
    }
    Ok(layers)
}

fn bracketed(group: &Group, naming: Naming, report: &mut Report) -> Layers {
    layers(&token::tokens(group.stream()), group.span().into(), naming, report)
}

fn semicolon(input: ParseStream<'_>, before: Span, report: &mut Report) -> syn::Result<()> {
    if input.parse::<Option<Token![;]>>()?.is_none() {
        report.error(&before.into(), "write `;` after the declaration");
    }
    Ok(())
}

/// The layers that a string literal names.
fn quoted(literal: &LitStr, naming: Naming, report: &mut Report) -> Layers {
    let value = literal.value();
    let before = report.len();
    let tokens = text::lex(&value, literal.span(), report);
    let place = text::whole(&value, literal.span());
    if report.len() > before {
        // What cannot be lexed cannot be parsed either; one message about it is enough.
        return layers(&tokens, place, naming, &mut Report::default());
    }
    layers(&tokens, place, naming, report)
}
