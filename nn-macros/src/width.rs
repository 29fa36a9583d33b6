//! The number of units, as it is written: `784`, `INPUT`, `(28 * 28)`.

use proc_macro2::TokenTree;
use quote::quote;
use syn::{Expr, ExprPath, LitInt};

use crate::ast::{Value, Width, Widths};
use crate::report::Report;
use crate::token::{Token, is_arrow, place, punct, shown, trees, written};
use crate::widths::guess;

/// Reads `784`, `INPUT`, `(28 * 28)` or `{ 28 * 28 }`; of what is written in another way the best
/// guess.
pub(crate) fn width(tokens: &[Token], report: &mut Report) -> Option<Width> {
    let place = place(tokens);
    let found = written(tokens);
    if !matches!(tokens, [Token { tree: TokenTree::Literal(_), .. }]) {
        report.anchor_width(&place, trees(tokens));
    }
    let (advice, guess) = match tokens {
        [Token { tree: TokenTree::Literal(literal), .. }] => match number(&literal.to_string()) {
            Ok(number) => {
                return Some(Width { place, value: Value::Number(number), guessed: false });
            }
            Err((advice, guess)) => (advice, guess.map(Value::Number)),
        },
        [group @ Token { tree: TokenTree::Group(_), .. }] if shown(group) != "[" => {
            if let Some(value) = expression(group) {
                return Some(Width { place, value, guessed: false });
            }
            let advice = format!(
                "`{found}` is not a number of units; write an expression such as `(28 * 28)`"
            );
            (advice, None)
        }
        _ => match syn::parse2::<Expr>(trees(tokens)) {
            Ok(Expr::Path(ExprPath { path, .. }))
                if path.get_ident().is_none_or(|name| name != "_") =>
            {
                let value = Value::Const { tokens: trees(tokens), text: found };
                return Some(Width { place, value, guessed: false });
            }
            Ok(Expr::Unary(_)) => (
                format!("`{found}` is not a number of units; write a whole number, 1 or more"),
                None,
            ),
            Ok(_) => {
                let advice = format!("put the expression in parentheses: `({found})`");
                (advice, Some(Value::Const { tokens: trees(tokens), text: found }))
            }
            Err(_) => {
                let advice = format!(
                    "`{found}` is no width; write a whole number, a constant such as `INPUT`, or \
                     an expression in parentheses such as `(28 * 28)`"
                );
                (advice, None)
            }
        },
    };
    report.error(&place, advice);
    guess.map(|value| Width { place, value, guessed: true })
}

/// The value of an integer literal; or what to write, and what was probably meant.
fn number(literal: &str) -> Result<u64, (String, Option<u64>)> {
    let Ok(int) = syn::parse_str::<LitInt>(literal) else {
        let advice =
            format!("`{literal}` is not a number of units; write a whole number such as `128`");
        return Err((advice, literal.trim_matches('"').parse().ok()));
    };
    let Ok(number) = int.base10_parse::<u64>() else {
        let advice = format!("`{literal}` is more than any network has; write a smaller width");
        return Err((advice, None));
    };
    let factor = int.suffix().strip_prefix('x').and_then(|factor| factor.parse::<u64>().ok());
    match (int.suffix(), factor) {
        ("" | "usize", _) => Ok(number),
        (_, Some(factor)) => {
            let advice = format!(
                "write `{number} -> {factor}` if these are inputs and outputs, or `({number} * \
                 {factor})` if it is their product"
            );
            Err((advice, number.checked_mul(factor)))
        }
        _ => Err((format!("`{literal}` is not a number of units; write `{number}`"), Some(number))),
    }
}

/// The value of an expression in parentheses or braces, which are taken off: the compiler would
/// call them needless where the expansion puts the expression.
fn expression(group: &Token) -> Option<Value> {
    match &group.inner[..] {
        [] => return None,
        [Token { tree: TokenTree::Group(_), inner, .. }] if !inner.is_empty() => {
            return expression(&group.inner[0]);
        }
        [Token { tree: TokenTree::Literal(literal), .. }] => {
            return number(&literal.to_string()).ok().map(Value::Number);
        }
        _ => {}
    }
    let (tokens, text) = (trees(&group.inner), written(&group.inner));
    if syn::parse2::<Expr>(tokens.clone()).is_ok() {
        return Some(Value::Const { tokens, text });
    }
    // What only the compiler understands stays a block.
    let begins = group.inner.first().map(shown).unwrap_or_default();
    let statements = ["if", "match", "let", "const", "loop", "unsafe"].contains(&begins.as_str())
        || group.inner.iter().any(|token| punct(token) == Some(';'));
    (shown(group) == "{" && statements)
        .then(|| Value::Const { tokens: quote!({ #tokens }), text: format!("{{ {text} }}") })
}

fn is_number(tokens: &[Token]) -> bool {
    matches!(tokens, [Token { tree: TokenTree::Literal(_), .. }])
}

pub(crate) fn is_width(tokens: &[Token]) -> bool {
    let mut report = Report::default();
    width(tokens, &mut report).is_some() && report.is_empty()
}

/// Reads `784 -> 128`, or `128` alone.
pub(crate) fn widths(tokens: &[Token], kind: &str, report: &mut Report) -> Widths {
    let arrows: Vec<usize> = (0..tokens.len()).filter(|&at| is_arrow(&tokens[at..])).collect();
    let (Some(&first), Some(&last)) = (arrows.first(), arrows.last()) else {
        return match without_arrow(tokens) {
            None => Widths { input: None, output: width(tokens, report) },
            Some((input, between, output)) => {
                let written = format!("{kind}({} -> {})", written(input), written(output));
                let mut advice = format!("write `->` between the widths: `{written}`");
                // Perhaps the lexer took out an arrow of another kind.
                if between.is_empty() && output[0].place.quoted.is_none() {
                    advice += ", or put the declaration in a string literal, where `→` can stand";
                }
                report.error(&place(if between.is_empty() { output } else { between }), advice);
                Widths { input: width(input, report), output: width(output, report) }
            }
        };
    };
    let (input, output) = (&tokens[..first], &tokens[last + 2..]);
    if first < last {
        let between = written(&tokens[first + 2..arrows[1]]);
        let (input, output) = (written(input), written(output));
        let advice = if between.is_empty() {
            format!("a layer has one arrow: `{kind}({input} -> {output})`")
        } else {
            format!(
                "a layer has one arrow; write a layer for each step: \
                 `{kind}({input} -> {between}), {kind}({between} -> {output})`"
            )
        };
        report.error(&tokens[arrows[1]].place, advice);
    }
    let arrow = &tokens[first].place;
    if input.is_empty() {
        let advice = "write the number of inputs before the arrow, or leave the arrow out if it \
                      is what the layer before gives";
        report.error(arrow, advice);
    }
    if output.is_empty() {
        report.error(arrow, "write the number of outputs after the arrow");
    }
    // Where an error tells what is wrong, some width is better than none.
    let mut read = |tokens: &[Token]| {
        if tokens.is_empty() {
            report.anchor_width(arrow, quote!(1));
            return Some(guess(arrow));
        }
        let found = width(tokens, report);
        found.or_else(|| Some(guess(arrow)))
    };
    Widths { input: read(input), output: read(output) }
}

/// Two widths with anything but an arrow between them.
fn without_arrow(tokens: &[Token]) -> Option<(&[Token], &[Token], &[Token])> {
    let separators = ["", "-", "=>", ">", "=", ":", "..", ">>", "|>", "to", "x"];
    (1..tokens.len()).find_map(|start| {
        (start..tokens.len().min(start + 3)).find_map(|end| {
            let (input, between, output) = (&tokens[..start], &tokens[start..end], &tokens[end..]);
            let separator: String = between.iter().map(shown).collect();
            // Between constants, a minus may be one.
            let separates = separators.contains(&separator.as_str())
                && (separator != "-" || is_number(input) && is_number(output));
            (separates && is_width(input) && is_width(output)).then_some((input, between, output))
        })
    })
}
