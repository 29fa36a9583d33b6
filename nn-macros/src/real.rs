//! A number that need not be whole, as it is written: `0.2`, `1e-4`, `RATE`, `(1.0 / 3.0)`.

use proc_macro2::{Delimiter, Literal, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, Lit};

use crate::ast::Real;
use crate::report::Report;
use crate::token::{Token, place, punct, shown, trees, written};

/// Reads `what`, such as a rate.
pub(crate) fn real(tokens: &[Token], what: &str, report: &mut Report) -> Option<Real> {
    let place = place(tokens);
    let text = written(tokens);
    let (sign, magnitude) = match tokens {
        [minus, rest @ ..] if punct(minus) == Some('-') => (-1.0, rest),
        _ => (1.0, tokens),
    };
    if let [Token { tree: TokenTree::Literal(literal), .. }] = magnitude
        && let Some(value) = value(literal)
    {
        let mut literal = Literal::f64_unsuffixed(value);
        literal.set_span(magnitude[0].place.span);
        let minus = (sign < 0.0).then(|| quote!(-));
        let value = Some(sign * value);
        return Some(Real { place, value, tokens: quote!(#minus #literal), text });
    }
    // Parentheses are taken off: the compiler would call them needless in the expansion.
    if let [Token { tree: TokenTree::Group(group), inner, .. }] = tokens
        && !inner.is_empty()
        && matches!(group.delimiter(), Delimiter::Parenthesis | Delimiter::Brace | Delimiter::None)
    {
        let tokens = match group.delimiter() {
            Delimiter::Brace => trees(tokens),
            _ => trees(inner),
        };
        return Some(Real { place, value: None, tokens, text });
    }
    let advice = match syn::parse2::<Expr>(trees(tokens)) {
        Ok(Expr::Path(path)) => {
            return Some(Real { place, value: None, tokens: path.into_token_stream(), text });
        }
        Ok(Expr::Lit(_)) => format!("`{text}` is not {what}; write a number such as `0.1`"),
        Ok(_) => format!("put the expression in parentheses: `({text})`"),
        Err(_) if tokens.last().is_some_and(|last| shown(last) == "%") => {
            format!("`{text}` is not {what}; write a part of 1, such as `0.2` for `20%`")
        }
        Err(_) => format!(
            "`{text}` is not {what}; write a number such as `0.1`, a constant such as `RATE`, or \
             an expression in parentheses such as `(1.0 / 3.0)`"
        ),
    };
    report.error(&place, advice);
    None
}

/// The value of a literal that is a number.
fn value(literal: &Literal) -> Option<f64> {
    let value = match syn::parse_str::<Lit>(&literal.to_string()).ok()? {
        Lit::Float(float) if matches!(float.suffix(), "" | "f64" | "f32") => {
            float.base10_parse().ok()?
        }
        Lit::Int(int) if int.suffix().is_empty() => int.base10_parse().ok()?,
        _ => return None,
    };
    f64::is_finite(value).then_some(value)
}
