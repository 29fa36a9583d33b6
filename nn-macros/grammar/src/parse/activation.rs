//! The activation of a layer, and the initializer of its weights: a word of a list, or a
//! user-defined type.

use super::number::number;
use crate::ast::{Activation, Choice, Path};
use crate::tokens::{
    Delimiter, Kind, List, Name, Report, Token, is_string, is_type_name, last_of_path, option,
    place, split_at_commas, written,
};
use crate::vocabulary::{
    self, ACTIVATIONS, INITIALIZERS, Word, activation_meant_by, initializer_meant_by, listed,
};

/// Whether this is the name of an activation.
pub(super) fn is_activation(token: &Token) -> bool {
    token.word().and_then(vocabulary::activation).is_some()
}

/// Reads `relu`, `leaky_relu(0.1)` or `my::Swish`.
pub(super) fn activation(tokens: &[Token], report: &mut Report) -> Option<Activation> {
    match tokens {
        [Token { kind: Kind::Word(word), place, .. }] if !is_type_name(word) => {
            let choice = Choice::Word(known(&Name::new(word, place), report)?);
            Some(Activation { choice, parameter: None })
        }
        [Token { kind: Kind::Word(word), place, .. }, group] if group.delimiter().is_some() => {
            with_parameter(&Name::new(word, place), group, report)
        }
        _ => {
            let path = own(tokens, "an activation", "relu", "my::Swish", report)?;
            Some(Activation { choice: Choice::Own(path), parameter: None })
        }
    }
}

/// The word, if it is an activation.
fn known(word: &Name, report: &mut Report) -> Option<Name> {
    report.mention(List::Activation, Some(word.clone()), &word.place);
    if vocabulary::activation(&word.text).is_some() {
        return Some(word.clone());
    }
    let meant = activation_meant_by(&word.text);
    let advice = unknown("activation", &word.text, meant, ACTIVATIONS, "my::Swish");
    report.error(&word.place, advice);
    // The function no longer matters, but whether it is a head does.
    meant.map(|meant| Name::new(meant.word, &word.place))
}

/// The message about a word that is not in the list.
fn unknown<W: Word>(
    what: &str,
    word: &str,
    meant: Option<&W>,
    list: &[W],
    example: &str,
) -> String {
    match meant {
        Some(known) => format!("unknown {what} `{word}`; write `{}`", known.word()),
        None => format!(
            "unknown {what} `{word}`; write one of {}, or a custom type, such as `{example}`",
            listed(list)
        ),
    }
}

/// `leaky_relu(0.1)` or `leaky_relu(slope = 0.1)`
fn with_parameter(written_word: &Name, group: &Token, report: &mut Report) -> Option<Activation> {
    let name = &written_word.text;
    if is_type_name(name) {
        let advice = format!(
            "a custom activation is a type without arguments: `{name}`; the type sets its numbers"
        );
        report.error(&group.place, advice);
        return None;
    }
    let known = known(written_word, report)?;
    let (word, choice) = (&known.text, Choice::Word(known.clone()));
    let Some(parameter) = vocabulary::activation(word)?.parameter else {
        if word == name {
            let with = ACTIVATIONS.iter().filter(|row| row.parameter.is_some());
            let advice = match group.inner.is_empty() {
                true => format!("an activation is written without parentheses: `{name}`"),
                false => format!(
                    "`{name}` takes no number; write `{name}` alone, or one of {}",
                    listed(with)
                ),
            };
            report.error(&group.place, advice);
        }
        return Some(Activation { choice, parameter: None });
    };
    let parts = split_at_commas(&group.inner);
    let what = format!("the {parameter} of `{word}`");
    let found = match &parts[..] {
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
                Some((name, value)) if name == parameter => number(value, &what, report),
                Some((name, _)) => {
                    let advice = format!("`{word}` has no option `{name}`; write `{parameter}`");
                    report.error(&only[0].place, advice);
                    None
                }
                None => number(only, &what, report),
            }
        }
    };
    Some(Activation { choice, parameter: found })
}

/// Reads `he_normal` or `my::Init`.
pub(super) fn initializer(tokens: &[Token], report: &mut Report) -> Option<Choice> {
    let word = match tokens {
        [Token { kind: Kind::Word(word), place, .. }] if !is_type_name(word) => {
            Name::new(word, place)
        }
        _ => {
            return own(tokens, "an initializer", "he_normal", "my::Init", report).map(Choice::Own);
        }
    };
    report.mention(List::Initializer, Some(word.clone()), &word.place);
    if INITIALIZERS.iter().any(|row| row.word == word.text) {
        return Some(Choice::Word(word));
    }
    let meant = initializer_meant_by(&word.text);
    let advice = unknown("initializer", &word.text, meant, INITIALIZERS, "my::Init");
    report.error(&word.place, advice);
    None
}

/// Reads a user-defined type as `what`, where a word such as `word` is also allowed.
fn own(
    tokens: &[Token],
    what: &str,
    word: &str,
    example: &str,
    report: &mut Report,
) -> Option<Path> {
    let place = place(tokens);
    let text = written(tokens);
    report.mention_type(tokens, &place);
    let advice = match tokens {
        // A macro's `$path`.
        [group] if group.delimiter() == Some(Delimiter::None) => {
            return own(&group.inner, what, word, example, report);
        }
        [Token { kind: Kind::Literal(name), .. }] if is_string(name) => {
            format!("{what} is written without quotes: `{}`", name.trim_matches('"'))
        }
        _ => match last_of_path(tokens) {
            Some(last) if last.word().is_some_and(is_type_name) => {
                return Some(Path { tokens: tokens.to_vec(), text, place });
            }
            Some(_) => {
                format!("{what} of your own is a type, such as `{example}`; `{text}` is not")
            }
            None => {
                format!("{what} is a name, such as `{word}`, or a custom type, such as `{example}`")
            }
        },
    };
    report.error(&place, advice);
    None
}
