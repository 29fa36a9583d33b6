//! A token with its place, wherever it comes from, and how runs of tokens are shown.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

use crate::place::Place;

/// A token and where it stands.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) tree: TokenTree,
    pub(crate) place: Place,
    /// What is between the delimiters of a group.
    pub(crate) inner: Vec<Token>,
}

/// The tokens of source text.
pub(crate) fn tokens(stream: TokenStream) -> Vec<Token> {
    stream
        .into_iter()
        .flat_map(|tree| {
            let place = Place::from(tree.span());
            let inner = match &tree {
                TokenTree::Group(group) => tokens(group.stream()),
                _ => Vec::new(),
            };
            match &tree {
                // A macro's `$width` arrives in invisible delimiters, which say nothing here unless
                // they hold an expression together.
                TokenTree::Group(group)
                    if group.delimiter() == Delimiter::None && inner.len() == 1 =>
                {
                    inner
                }
                _ => vec![Token { tree, place, inner }],
            }
        })
        .collect()
}

/// The character of a punctuation.
pub(crate) fn punct(token: &Token) -> Option<char> {
    match &token.tree {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        _ => None,
    }
}

/// The tokens as the compiler has them.
pub(crate) fn trees(tokens: &[Token]) -> TokenStream {
    tokens.iter().map(|token| token.tree.clone()).collect()
}

/// From the first token to the last.
pub(crate) fn place(tokens: &[Token]) -> Place {
    match tokens {
        [first, .., last] => first.place.to(&last.place),
        [only] => only.place.clone(),
        [] => Span::call_site().into(),
    }
}

/// Tokens as a person writes them.
pub(crate) fn written(tokens: &[Token]) -> String {
    spaced(&trees(tokens).to_string())
}

/// Takes out the spaces that tokens print around `::` and the like.
fn spaced(text: &str) -> String {
    let mut text = text.to_owned();
    for (wide, narrow) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" (", "("),
        (" ,", ","),
        (" < ", "<"),
        (" >", ">"),
        (" %", "%"),
    ] {
        text = text.replace(wide, narrow);
    }
    text.strip_prefix("- ").map_or(text.clone(), |rest| format!("-{rest}"))
}

/// Splits at the commas that are not between angle brackets; nothing follows a trailing comma.
pub(crate) fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        match punct(token) {
            Some('<') => depth += 1,
            Some('>') if at == 0 || !is_arrow(&tokens[at - 1..]) => depth = depth.saturating_sub(1),
            Some(',') if depth == 0 => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        // Not brackets then, but a mistake.
        parts = tokens.split(|token| punct(token) == Some(',')).collect();
    } else {
        parts.push(&tokens[start..]);
    }
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

/// Whether these tokens begin with `->`.
pub(crate) fn is_arrow(tokens: &[Token]) -> bool {
    match tokens {
        [dash, angle, ..] => {
            punct(dash) == Some('-')
                && punct(angle) == Some('>')
                && matches!(&dash.tree, TokenTree::Punct(dash) if dash.spacing() == Spacing::Joint)
        }
        _ => false,
    }
}

/// Whether a name is written as types are.
pub(crate) fn is_type_name(name: &str) -> bool {
    name.trim_start_matches("r#").chars().next().is_some_and(char::is_uppercase)
}

/// A token in an error's text: of a group only its bracket.
pub(crate) fn shown(token: &Token) -> String {
    match &token.tree {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "(".to_owned(),
            Delimiter::Brace => "{".to_owned(),
            Delimiter::Bracket => "[".to_owned(),
            Delimiter::None => group.to_string(),
        },
        other => other.to_string(),
    }
}
