//! Tokens as a person writes them, for messages.

use super::token::{Delimiter, Kind, Token, sign};

/// Tokens as a person writes them.
pub(crate) fn written(tokens: &[Token]) -> String {
    let mut text = printed(tokens);
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
    text
}

/// Tokens with spaces between them, except where none is usual.
fn printed(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Word(word) => text += word,
            Kind::Literal(literal) => text += literal,
            Kind::Sign { sign, .. } => text.push(*sign),
            Kind::Group(delimiter) => {
                let inner = printed(&token.inner);
                match delimiter {
                    Delimiter::Parenthesis => text += &format!("({inner})"),
                    Delimiter::Bracket => text += &format!("[{inner}]"),
                    Delimiter::Brace if inner.is_empty() => text += "{}",
                    Delimiter::Brace => text += &format!("{{ {inner} }}"),
                    // The form without the macro.
                    Delimiter::None => text += &format!("({inner})"),
                }
            }
        }
        let is_operand = |before: &Token| sign(before).is_none();
        let unary = matches!(sign(token), Some('-' | '!' | '&'))
            && !tokens[..at].last().is_some_and(is_operand);
        if tokens.get(at + 1).is_some_and(|next| !unary && has_space(token, next)) {
            text.push(' ');
        }
    }
    text
}

/// Whether there is a space between these two.
fn has_space(token: &Token, next: &Token) -> bool {
    match (&token.kind, &next.kind) {
        (Kind::Sign { joint: true, .. }, _) => false,
        (Kind::Sign { sign: '.', .. }, Kind::Sign { .. }) => true,
        (Kind::Sign { sign: '.', .. }, _) => false,
        (Kind::Sign { sign: '#', .. }, Kind::Group(Delimiter::Bracket)) => false,
        (Kind::Sign { .. }, _) => true,
        (_, Kind::Sign { sign: ',' | ';' | '.', joint: false }) => false,
        _ => true,
    }
}

/// A token in a message. A group is shown as its opening bracket.
pub(crate) fn shown(token: &Token) -> String {
    match &token.kind {
        Kind::Group(Delimiter::Parenthesis) => "(".to_owned(),
        Kind::Group(Delimiter::Brace) => "{".to_owned(),
        Kind::Group(Delimiter::Bracket) => "[".to_owned(),
        _ => printed(std::slice::from_ref(token)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::super::report::Report;
    use super::*;
    use crate::tokens::Text;

    #[test]
    fn tokens_are_written_as_a_person_does() {
        let same = |text: &str| {
            let tokens = lex(&Text::new(text, None), 0, &mut Report::default());
            assert_eq!(written(&tokens), text);
        };
        [
            "cfg::IN",
            "(28 * 28)",
            "{ 2 + N }",
            "my::Gate<4, { N }>",
            "-1.5",
            "(-1.0 * RATE)",
            "20%",
            "f(a.b, c)",
        ]
        .into_iter()
        .for_each(same);
    }
}
