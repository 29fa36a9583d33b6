//! Tests whether tokens are a path or an expression, as far as the notation depends on it. Other
//! tokens are reported as a mistake by this crate. The compiler checks the rest.

use super::token::{Delimiter, Kind, Token, sign, split_at_commas};
use super::{MOST_NESTED, is_arrow, is_name};

/// The kind of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `INPUT`, `cfg::OUT`, `<A as B>::C`
    Path,
    /// `784`
    Literal,
    /// `-1`
    Unary,
    /// Any other expression: `28 * 28`, `f(3)`.
    Compound,
    /// An expression that begins with a keyword, such as `if`, and is not parsed further.
    Opaque,
}

/// The kind of expression that the tokens form; `None` if they do not form one.
pub(crate) fn expression(tokens: &[Token]) -> Option<Shape> {
    if tokens.first()?.word().is_some_and(|word| STATEMENTS.contains(&word)) {
        let block = |token: &Token| token.delimiter() == Some(Delimiter::Brace);
        return tokens.iter().any(block).then_some(Shape::Opaque);
    }
    let mut opaque = false;
    let mut whole = None;
    let mut rest = tokens;
    loop {
        let (shape, after) = operand(rest)?;
        opaque |= shape == Shape::Opaque;
        whole = whole.map_or(Some(shape), |_| Some(Shape::Compound));
        if after.is_empty() {
            return if opaque { Some(Shape::Opaque) } else { whole };
        }
        let operator = OPERATORS.iter().find_map(|operator| strip(after, operator))?;
        rest = operator;
    }
}

/// Whether the tokens are an expression.
pub fn is_expression(tokens: &[Token]) -> bool {
    expression(tokens).is_some()
}

/// The keywords of expressions that only the compiler parses, and those with a block.
const STATEMENTS: &[&str] = &["if", "match", "const", "loop", "while", "for", "unsafe"];

/// The binary operators, longer ones first.
const OPERATORS: &[&str] = &[
    "<<", ">>", "&&", "||", "==", "!=", "<=", ">=", "..=", "..", "+", "-", "*", "/", "%", "^", "&",
    "|", "<", ">",
];

/// The tokens after the signs of `operator`.
fn strip<'t>(tokens: &'t [Token], operator: &str) -> Option<&'t [Token]> {
    let mut rest = tokens;
    let mut signs = operator.chars().peekable();
    while let Some(wanted) = signs.next() {
        let (Token { kind: Kind::Sign { sign, joint }, .. }, after) = rest.split_first()? else {
            return None;
        };
        if *sign != wanted || signs.peek().is_some() && !joint {
            return None;
        }
        rest = after;
    }
    Some(rest)
}

/// A unary expression: an operand with the signs before it.
fn operand(tokens: &[Token]) -> Option<(Shape, &[Token])> {
    // The outermost sign determines the kind. A loop instead of recursion, since there may be
    // thousands of signs.
    let mut unsigned = tokens;
    let outermost = tokens.first().and_then(sign).filter(|&sign| is_unary(sign));
    while let [minus, rest @ ..] = unsigned
        && let Some(unary) = sign(minus).filter(|&sign| is_unary(sign))
    {
        unsigned = match rest {
            [mutable, rest @ ..] if unary == '&' && mutable.word() == Some("mut") => rest,
            _ => rest,
        };
    }
    let (shape, rest) = applied(unsigned)?;
    let shape = match (shape, outermost) {
        (Shape::Opaque, _) | (_, None) => shape,
        (_, Some('&')) => Shape::Compound,
        _ => Shape::Unary,
    };
    Some((shape, rest))
}

fn is_unary(sign: char) -> bool {
    matches!(sign, '-' | '!' | '*' | '&')
}

/// An operand with its postfix operators, and the tokens after it.
fn applied(tokens: &[Token]) -> Option<(Shape, &[Token])> {
    let (mut shape, mut rest) = primary(tokens)?;
    loop {
        let after = match rest {
            [group, after @ ..] if is_arguments(group) => after,
            [dot, field, after @ ..]
                if sign(dot) == Some('.')
                    && matches!(field.kind, Kind::Word(_) | Kind::Literal(_)) =>
            {
                strip(after, "::").and_then(generics).map_or(after, |(_, after)| after)
            }
            [word, after @ ..] if word.word() == Some("as") => path(after, false)?.1,
            _ => return Some((shape, rest)),
        };
        shape = if shape == Shape::Opaque { shape } else { Shape::Compound };
        rest = after;
    }
}

/// `(…)` of a call or `[…]` of an index.
fn is_arguments(group: &Token) -> bool {
    match group.delimiter() {
        Some(Delimiter::Parenthesis) => are_expressions(&group.inner),
        Some(Delimiter::Bracket) => expression(&group.inner).is_some(),
        _ => false,
    }
}

fn are_expressions(tokens: &[Token]) -> bool {
    split_at_commas(tokens).into_iter().all(|part| expression(part).is_some())
}

/// A literal, something in brackets, or a path.
fn primary(tokens: &[Token]) -> Option<(Shape, &[Token])> {
    let (first, rest) = tokens.split_first()?;
    match &first.kind {
        Kind::Literal(_) => Some((Shape::Literal, rest)),
        Kind::Group(Delimiter::Parenthesis | Delimiter::Bracket) => {
            // Only one of the two, never both: with two parses of each bracket, thirty nested ones
            // would take hours.
            let is = match first.inner.iter().any(|token| sign(token) == Some(';')) {
                true => is_repeated(&first.inner),
                false => are_expressions(&first.inner),
            };
            is.then_some((Shape::Compound, rest))
        }
        Kind::Group(Delimiter::Brace) if first.inner.is_empty() => None,
        Kind::Group(Delimiter::Brace) => match expression(&first.inner) {
            None | Some(Shape::Opaque) => Some((Shape::Opaque, rest)),
            Some(_) => Some((Shape::Compound, rest)),
        },
        Kind::Group(Delimiter::None) => Some((expression(&first.inner)?, rest)),
        _ => {
            let (_, rest) = path(tokens, true)?;
            match rest {
                [bang, group, after @ ..]
                    if sign(bang) == Some('!') && group.delimiter().is_some() =>
                {
                    Some((Shape::Opaque, after)) // a macro
                }
                [group, after @ ..] if group.delimiter() == Some(Delimiter::Brace) => {
                    Some((Shape::Opaque, after)) // a struct
                }
                _ => Some((Shape::Path, rest)),
            }
        }
    }
}

/// `0; 3` of an array.
fn is_repeated(tokens: &[Token]) -> bool {
    let mut parts = tokens.split(|token| sign(token) == Some(';'));
    let is = |part: Option<&[Token]>| part.is_some_and(|part| expression(part).is_some());
    is(parts.next()) && is(parts.next()) && parts.next().is_none()
}

/// The last word of the path of a type; `None` if the tokens are not such a path.
pub(crate) fn last_of_path(tokens: &[Token]) -> Option<&Token> {
    match path(tokens, false)? {
        (last, []) => Some(last),
        _ => None,
    }
}

/// The last word of the path at the beginning of the tokens, and the tokens after it. In an
/// expression, `<` after a word means less than.
fn path(tokens: &[Token], in_expression: bool) -> Option<(&Token, &[Token])> {
    let mut rest = match tokens.first().and_then(sign) {
        Some('<') => strip(generics(tokens)?.1, "::")?,
        _ => strip(tokens, "::").unwrap_or(tokens),
    };
    loop {
        let (word, mut after) = rest.split_first()?;
        if !word.word().is_some_and(|word| is_name(word) || IN_PATHS.contains(&word)) {
            return None;
        }
        let separated = strip(after, "::");
        let arguments = match separated {
            Some(behind) => generics(behind),
            None if in_expression => None,
            None => generics(after),
        };
        if let Some((_, behind)) = arguments {
            after = behind;
        } else if separated.is_none()
            && !in_expression
            && sign(after.first().unwrap_or(word)) == Some('<')
        {
            return None;
        }
        match strip(after, "::") {
            Some(behind) => rest = behind,
            None => return Some((word, after)),
        }
    }
}

/// Whether the tokens of a macro's `$fragment` mean the same without the invisible brackets around
/// them. This holds for no token, a single token, a path, a visibility, words followed by brackets
/// such as `dense(4)` and `derive(Clone)`, and `doc = "text"`. Tokens with operators need the
/// brackets: `$a * 2` with `$a` = `1 + 1`.
pub fn is_loose(tokens: &[Token]) -> bool {
    let is_operand = |token: &Token| match &token.kind {
        Kind::Word(word) => word != "as" && !STATEMENTS.contains(&word.as_str()),
        Kind::Sign { sign, .. } => *sign == ':',
        Kind::Literal(_) | Kind::Group(_) => true,
    };
    let plain = |tokens: &[Token]| tokens.iter().all(is_operand);
    match tokens {
        [] | [_] => true,
        [.., equals, value] if sign(equals) == Some('=') && value.literal().is_some() => {
            plain(&tokens[..tokens.len() - 2])
        }
        _ => plain(tokens) || last_of_path(tokens).is_some(),
    }
}

/// Keywords that are allowed in paths.
const IN_PATHS: &[&str] = &["self", "Self", "super", "crate"];

/// The content of `<…>`, and the tokens after it.
fn generics(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    if tokens.first().and_then(sign) != Some('<') {
        return None;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match sign(token) {
            Some('<') if depth == MOST_NESTED => return None,
            Some('<') => depth += 1,
            Some('>') if !is_arrow(&tokens[at - 1..]) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inside = &tokens[1..at];
            let parts = split_at_commas(inside);
            return parts.into_iter().all(is_argument).then_some((inside, &tokens[at + 1..]));
        }
    }
    None
}

/// Whether this is a valid argument in `<…>`.
fn is_argument(tokens: &[Token]) -> bool {
    match tokens {
        [quote, name] if sign(quote) == Some('\'') => name.word().is_some(),
        [minus, number] if sign(minus) == Some('-') => number.literal().is_some(),
        [only] if only.word().is_none() => sign(only).is_none(),
        [name, equals, value @ ..] if sign(equals) == Some('=') => {
            name.word().is_some() && is_argument(value)
        }
        [reference, value @ ..] if sign(reference) == Some('&') => is_argument(value),
        _ => match tokens.iter().position(|token| token.word() == Some("as")) {
            // The inside of `<A as B>::C`.
            Some(at) => is_argument(&tokens[..at]) && is_argument(&tokens[at + 1..]),
            None => last_of_path(tokens).is_some(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::lex;
    use super::super::report::Report;
    use super::*;
    use crate::tokens::Text;

    fn tokens(text: &str) -> Vec<Token> {
        lex(&Text::new(text, None), 0, &mut Report::default())
    }

    #[test]
    fn expressions_have_shapes() {
        let cases = [
            ("INPUT", Some(Shape::Path)),
            ("cfg::OUT", Some(Shape::Path)),
            ("::cfg::OUT", Some(Shape::Path)),
            ("<A as B>::C", Some(Shape::Path)),
            ("Net::<f64>::INPUTS", Some(Shape::Path)),
            ("784", Some(Shape::Literal)),
            ("-1", Some(Shape::Unary)),
            ("28 * 28", Some(Shape::Compound)),
            ("N + 2 * (M - 1)", Some(Shape::Compound)),
            ("f(1, x.y).z()", Some(Shape::Compound)),
            ("N as usize", Some(Shape::Compound)),
            ("a < b", Some(Shape::Compound)),
            ("[0; 3][1]", Some(Shape::Compound)),
            ("{ 3 }", Some(Shape::Compound)),
            ("{ let n = 3; n }", Some(Shape::Opaque)),
            ("if A { 1 } else { 2 }", Some(Shape::Opaque)),
            ("", None),
            ("2 3", None),
            ("(2 3)", None),
            ("2 +", None),
            ("a b", None),
            ("A::", None),
            ("?", None),
            ("_", None),
            ("type", None),
            ("{}", None),
        ];
        for (text, shape) in cases {
            assert_eq!(expression(&tokens(text)), shape, "{text}");
        }
    }

    #[test]
    fn what_operators_hold_together_is_not_loose() {
        for loose in [
            "",
            "3",
            "pub(crate)",
            "pub(in a::b)",
            "my::Swish",
            "Leak<{ 1 }, f32>",
            "dense(4)",
            "derive(Clone)",
            "doc = \"text\"",
            "::core::f64::consts::PI",
            "leaky_relu(0.1)",
        ] {
            assert!(is_loose(&tokens(loose)), "{loose}");
        }
        for bound in [
            "1 + 1",
            "-1",
            "a < b",
            "N as usize",
            "if A { 1 } else { 2 }",
            "a = b",
            "dense(4) * 3",
            "x.y",
        ] {
            assert!(!is_loose(&tokens(bound)), "{bound}");
        }
    }

    #[test]
    fn paths_of_types_end_in_a_word() {
        let last = |text| {
            let tokens = tokens(text);
            last_of_path(&tokens).and_then(Token::word).map(str::to_owned)
        };
        assert_eq!(last("my::Swish").as_deref(), Some("Swish"));
        assert_eq!(last("Leak<{ 1 }, f32, 'a, -1>").as_deref(), Some("Leak"));
        assert_eq!(last("Leak::<Vec<f32>>").as_deref(), Some("Leak"));
        assert_eq!(last("<A as B<C>>::D").as_deref(), Some("D"));
        assert_eq!(last("crate::Swish").as_deref(), Some("Swish"));
        for none in ["", "my::", "Leak<", "Leak<1 +>", "A B", "|x| x", "784", "my::type", "A::<>()"]
        {
            assert_eq!(last(none), None, "{none}");
        }
    }
}
