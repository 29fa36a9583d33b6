//! A real number, as it is written: `0.2`, `1e-4`, `RATE`, `(1.0 / 3.0)`.

use crate::ast::{Code, Real};
use crate::tokens::{
    Delimiter, Kind, Report, Shape, Token, expression, place, real, shown, sign, written,
};

/// Reads `what`, such as a rate.
pub(super) fn number(tokens: &[Token], what: &str, report: &mut Report) -> Option<Real> {
    // A macro's `$number` that is not an expression for parentheses: `-0.1`.
    if let [group] = tokens
        && group.delimiter() == Some(Delimiter::None)
        && matches!(expression(&group.inner), None | Some(Shape::Unary))
    {
        return number(&group.inner, what, report);
    }
    let (place, text) = (place(tokens), written(tokens));
    let code = |tokens: &[Token]| Code { tokens: tokens.to_vec(), text: text.clone() };
    let (minus, magnitude) = match tokens {
        [minus, rest @ ..] if sign(minus) == Some('-') => (true, rest),
        _ => (false, tokens),
    };
    if let [Token { kind: Kind::Literal(literal), .. }] = magnitude
        && let Some(value) = real(literal)
    {
        let value = Some(if minus { -value } else { value });
        return Some(Real { place, value, code: code(tokens) });
    }
    // A fraction. The quotient of two literals is known, and the compiler would compute `1/255`
    // with integers.
    if let [
        Token { kind: Kind::Literal(above), .. },
        slash,
        Token { kind: Kind::Literal(below), .. },
    ] = magnitude
        && sign(slash) == Some('/')
        && let (Some(above), Some(below)) = (real(above), real(below))
    {
        let value = above / below;
        let value = Some(if minus { -value } else { value });
        return Some(Real { place, value, code: code(tokens) });
    }
    // Parentheses are removed: the compiler would report them as needless in the expansion.
    if let [group] = tokens
        && !group.inner.is_empty()
        && let Some(delimiter) = group.delimiter().filter(|found| *found != Delimiter::Bracket)
    {
        let code = match expression(&group.inner) {
            None | Some(Shape::Opaque) if delimiter == Delimiter::Brace => {
                code(&[group.without_place()])
            }
            _ => code(&group.inner),
        };
        return Some(Real { place, value: None, code });
    }
    let advice = match expression(tokens) {
        Some(Shape::Path) => return Some(Real { place, value: None, code: code(tokens) }),
        Some(Shape::Literal) => format!("`{text}` is not {what}; write a number such as `0.1`"),
        Some(_) => format!("put the expression in parentheses: `({text})`"),
        None if tokens.last().is_some_and(|last| shown(last) == "%") => {
            format!("`{text}` is not {what}; write a fraction, such as `0.2` for `20%`")
        }
        None => format!(
            "`{text}` is not {what}; write a number such as `0.1`, a constant such as `RATE`, or \
             an expression in parentheses such as `(1.0 / 3.0)`"
        ),
    };
    report.error(&place, advice);
    None
}
