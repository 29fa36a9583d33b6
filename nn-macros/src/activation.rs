//! The function behind a layer, and the initialiser of its weights: a word of a list, or a type of
//! the user's own.

use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::quote;
use syn::TypePath;

use crate::arguments::option;
use crate::ast::{Activation, Choice, Path};
use crate::place::Place;
use crate::real::real;
use crate::report::Report;
use crate::token::{Token, is_type_name, place, split_at_commas, trees, written};
use crate::words::{
    ACTIVATIONS, INITIALISERS, PARAMETERS, activation_meant_by, initialiser_meant_by, listed,
    parameter_of,
};

/// Whether this is the name of an activation.
pub(crate) fn is_activation(token: &Token) -> bool {
    matches!(&token.tree, TokenTree::Ident(word) if ACTIVATIONS.iter().any(|known| word == known))
}

/// Reads `relu`, `leaky_relu(0.1)` or `my::Swish`.
pub(crate) fn activation(tokens: &[Token], report: &mut Report) -> Option<Activation> {
    match tokens {
        [Token { tree: TokenTree::Ident(word), place, .. }] if !is_type_name(&word.to_string()) => {
            let word = known(word, place, report)?;
            Some(Activation {
                choice: Choice::Word { word, place: place.clone() },
                parameter: None,
            })
        }
        [
            Token { tree: TokenTree::Ident(word), place, .. },
            group @ Token { tree: TokenTree::Group(_), .. },
        ] => with_parameter(word, place, group, report),
        _ => {
            let path = own(tokens, "an activation", "relu", "my::Swish", report)?;
            Some(Activation { choice: Choice::Own(path), parameter: None })
        }
    }
}

/// The word, if it is an activation.
fn known(word: &Ident, place: &Place, report: &mut Report) -> Option<Ident> {
    report.anchor(place, quote!(::nn::__private::words::activation::#word));
    let name = word.to_string();
    if ACTIVATIONS.contains(&&name[..]) {
        return Some(word.clone());
    }
    let meant = activation_meant_by(&name);
    report.error(
        place,
        match meant {
            Some(known) => format!("there is no activation `{name}`; write `{known}`"),
            None => format!(
                "there is no activation `{name}`; there are {}, and types of your own, such as \
                 `my::Swish`",
                listed(ACTIVATIONS)
            ),
        },
    );
    // The function itself does not matter any more, but whether it ends the network does.
    meant.map(|meant| Ident::new(meant, word.span()))
}

/// `leaky_relu(0.1)` or `leaky_relu(slope = 0.1)`
fn with_parameter(
    word: &Ident,
    place: &Place,
    group: &Token,
    report: &mut Report,
) -> Option<Activation> {
    let name = word.to_string();
    if is_type_name(&name) {
        let advice = format!(
            "an activation of your own is a type without arguments: `{name}`; its numbers are up \
             to the type"
        );
        report.error(&group.place, advice);
        return None;
    }
    let word = known(word, place, report)?;
    let choice = Choice::Word { word: word.clone(), place: place.clone() };
    let Some(parameter) = parameter_of(&word.to_string()) else {
        if word == name {
            let with: Vec<&str> = PARAMETERS.iter().map(|(name, _)| *name).collect();
            let advice = if group.inner.is_empty() {
                format!("an activation is named without parentheses: `{name}`")
            } else {
                format!(
                    "`{name}` takes no number; write `{name}` alone, or one of {}",
                    listed(&with)
                )
            };
            report.error(&group.place, advice);
        }
        return Some(Activation { choice, parameter: None });
    };
    let parts = split_at_commas(&group.inner);
    let what = format!("the {parameter} of `{word}`");
    let number = match &parts[..] {
        [] => {
            let advice = format!("write {what}, as in `{word}(0.1)`, or `{word}` alone");
            report.error(&group.place, advice);
            None
        }
        [only, rest @ ..] => {
            if let Some(other) = rest.first() {
                let advice = format!("`{word}` takes one number; leave `{}` out", written(other));
                report.error(&self::place(other), advice);
            }
            match option(only) {
                Some((name, value)) if name == parameter => real(value, &what, report),
                Some((name, _)) => {
                    let advice = format!("`{word}` has no option `{name}`; write `{parameter}`");
                    report.error(&only[0].place, advice);
                    None
                }
                None => real(only, &what, report),
            }
        }
    };
    Some(Activation { choice, parameter: number })
}

/// Reads `he_normal` or `my::Init`.
pub(crate) fn initialiser(tokens: &[Token], report: &mut Report) -> Option<Choice> {
    let [Token { tree: TokenTree::Ident(word), place, .. }] = tokens else {
        return own(tokens, "an initialiser", "he_normal", "my::Init", report).map(Choice::Own);
    };
    let name = word.to_string();
    if is_type_name(&name) {
        return own(tokens, "an initialiser", "he_normal", "my::Init", report).map(Choice::Own);
    }
    report.anchor(place, quote!(::nn::__private::words::init::#word));
    if INITIALISERS.contains(&&name[..]) {
        return Some(Choice::Word { word: word.clone(), place: place.clone() });
    }
    let advice = match initialiser_meant_by(&name) {
        Some(known) => format!("there is no initialiser `{name}`; write `{known}`"),
        None => format!(
            "there is no initialiser `{name}`; there are {}, and types of your own, such as \
             `my::Init`",
            listed(INITIALISERS)
        ),
    };
    report.error(place, advice);
    None
}

/// Reads a type of the user's that stands for `what`, where a word such as `word` could stand, too.
fn own(
    tokens: &[Token],
    what: &str,
    word: &str,
    example: &str,
    report: &mut Report,
) -> Option<Path> {
    let place = place(tokens);
    let text = written(tokens);
    report.anchor(&place, trees(tokens));
    let advice = match tokens {
        // A macro's `$path`.
        [Token { tree: TokenTree::Group(group), inner, .. }]
            if group.delimiter() == Delimiter::None =>
        {
            return own(inner, what, word, example, report);
        }
        [Token { tree: TokenTree::Literal(literal), .. }]
            if literal.to_string().starts_with('"') =>
        {
            let name = literal.to_string();
            format!("{what} is named without quotes: `{}`", name.trim_matches('"'))
        }
        _ => match syn::parse2::<TypePath>(trees(tokens)) {
            Ok(path) => {
                let last = path.path.segments.last();
                if last.is_some_and(|last| is_type_name(&last.ident.to_string())) {
                    return Some(Path { tokens: trees(tokens), text, place });
                }
                format!("{what} of your own is a type as `{example}` is; `{text}` is none")
            }
            Err(_) => {
                format!(
                    "{what} is a name, such as `{word}`, or a type of your own, such as `{example}`"
                )
            }
        },
    };
    report.error(&place, advice);
    None
}
