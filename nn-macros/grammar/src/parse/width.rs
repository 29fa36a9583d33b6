//! The number of units, as it is written: `784`, `INPUT`, `(28 * 28)`.

use crate::ast::{Code, Value, Width, Widths};
use crate::tokens::{
    Delimiter, Integer, Kind, Report, Shape, Token, expression, integer, is_arrow, place, shown,
    sign, written,
};

/// Reads `784`, `INPUT`, `(28 * 28)` or `{ 28 * 28 }`. For any other form, returns the best guess.
pub(super) fn width(tokens: &[Token], report: &mut Report) -> Option<Width> {
    let width = read(tokens, report)?;
    if let Value::Const(code) = &width.value
        && !report.names_are_numbers
        && let Some(variable) = variable(&code.tokens)
        && !width.guessed
    {
        report.error(&width.place, not_constant(variable, &code.text));
        return Some(Width::guess(&width.place));
    }
    Some(width)
}

/// The advice for widths that are known at run time only.
const AT_RUN_TIME: &str = ", or read the network at run time with `nn::Dynamic::parse_with`";

/// The message about a width with a variable in it.
fn not_constant(variable: &str, width: &str) -> String {
    let capital = variable.to_uppercase();
    let name = match variable == width {
        true => format!("`{variable}`"),
        false => format!("`{variable}` in `{width}`"),
    };
    format!(
        "{name} is not a constant (it is lowercase), and widths are fixed at compile time; write a \
         constant such as `{capital}`, or a parameter of the network, as in `struct Net<const \
         {capital}: usize>(…)`{AT_RUN_TIME}; if it is a constant, write `self::{variable}`"
    )
}

/// The first name in an expression that is written like a variable: not a path, function, macro,
/// field or type.
fn variable(tokens: &[Token]) -> Option<&str> {
    if expression(tokens) == Some(Shape::Opaque) {
        return None;
    }
    tokens.iter().enumerate().find_map(|(at, token)| {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let is_part =
            before.is_some_and(|t| matches!(sign(t), Some(':' | '.')) || t.word() == Some("as"));
        let after = tokens.get(at + 1);
        let goes_on = after.is_some_and(|t| {
            matches!(sign(t), Some(':' | '!')) || t.delimiter() == Some(Delimiter::Parenthesis)
        });
        match token.word() {
            Some(word) if !is_part && !goes_on && is_variable(word) => Some(word),
            _ => variable(&token.inner).filter(|_| token.delimiter() != Some(Delimiter::Brace)),
        }
    })
}

fn is_variable(word: &str) -> bool {
    let small = |c: char| c.is_lowercase() || c.is_numeric() || c == '_';
    !matches!(word, "as" | "self" | "crate" | "super" | "true" | "false")
        && word.chars().all(small)
        && word.chars().any(char::is_lowercase)
}

/// Reads a width, whether it is a constant or a variable.
fn read(tokens: &[Token], report: &mut Report) -> Option<Width> {
    // A macro's `$width` that is not an expression for parentheses.
    if let [group] = tokens
        && group.delimiter() == Some(Delimiter::None)
        && matches!(expression(&group.inner), None | Some(Shape::Unary))
    {
        return read(&group.inner, report);
    }
    let place = place(tokens);
    let found = written(tokens);
    let constant = || Value::Const(Code { tokens: tokens.to_vec(), text: found.clone() });
    if !is_number(tokens) {
        report.mention_width(Some(tokens), &place);
    }
    let (advice, guess) = match tokens {
        [Token { kind: Kind::Literal(literal), .. }] => match number(literal) {
            Ok(number) => {
                return Some(Width { place, value: Value::Number(number), guessed: false });
            }
            Err((advice, guess)) => (advice, guess.map(Value::Number)),
        },
        [group] if group.delimiter().is_some_and(|found| found != Delimiter::Bracket) => {
            if let Some(value) = inside(group) {
                return Some(Width { place, value, guessed: false });
            }
            let advice = format!(
                "`{found}` is not a number of units; write an expression such as `(28 * 28)`"
            );
            (advice, None)
        }
        _ => match expression(tokens) {
            Some(Shape::Path) => {
                return Some(Width { place, value: constant(), guessed: false });
            }
            Some(Shape::Unary) => {
                (format!("`{found}` is not a number of units; write an integer, 1 or more"), None)
            }
            Some(_) => {
                (format!("put the expression in parentheses: `({found})`"), Some(constant()))
            }
            None => {
                let advice = format!(
                    "`{found}` is not a width; write an integer, a constant such as `INPUT`, or \
                     an expression in parentheses such as `(28 * 28)`"
                );
                (advice, None)
            }
        },
    };
    report.error(&place, advice);
    guess.map(|value| Width { place, value, guessed: true })
}

/// The value of an integer literal; or the advice, and the number that was probably meant.
fn number(literal: &str) -> Result<u64, (String, Option<u64>)> {
    let Some(Integer { value, suffix }) = integer(literal) else {
        let advice =
            format!("`{literal}` is not a number of units; write an integer such as `128`");
        return Err((advice, literal.trim_matches('"').parse().ok()));
    };
    let Some(number) = value else {
        let advice = format!("`{literal}` is more than any network has; write a smaller width");
        return Err((advice, None));
    };
    let factor = suffix.strip_prefix('x').and_then(|factor| factor.parse::<u64>().ok());
    match (suffix, factor) {
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

/// The value of an expression in brackets. The brackets are removed: the compiler would report them
/// as needless in the expansion.
fn inside(group: &Token) -> Option<Value> {
    match &group.inner[..] {
        [] => return None,
        [inner] if !inner.inner.is_empty() => return inside(inner),
        [Token { kind: Kind::Literal(literal), .. }] => {
            return number(literal).ok().map(Value::Number);
        }
        _ => {}
    }
    let code =
        |tokens: &[Token]| Value::Const(Code { tokens: tokens.to_vec(), text: written(tokens) });
    // A block that only the compiler understands remains a block.
    let is_block = group.delimiter() == Some(Delimiter::Brace);
    let statements = || group.inner.iter().any(|token| sign(token) == Some(';'));
    match expression(&group.inner) {
        Some(Shape::Opaque) if is_block => Some(code(&[group.without_place()])),
        Some(_) => Some(code(&group.inner)),
        None if is_block && statements() => Some(code(&[group.without_place()])),
        None => None,
    }
}

fn is_number(tokens: &[Token]) -> bool {
    matches!(tokens, [only] if only.literal().is_some())
}

/// Whether this is a valid width.
pub(super) fn is_width(tokens: &[Token]) -> bool {
    let mut report = Report::default();
    read(tokens, &mut report).is_some() && report.is_empty()
}

/// Reads `784 -> 128`, or `128` alone.
pub(super) fn widths(tokens: &[Token], kind: &str, report: &mut Report) -> Widths {
    let arrows: Vec<usize> = (0..tokens.len()).filter(|&at| is_arrow(&tokens[at..])).collect();
    let (Some(&first), Some(&last)) = (arrows.first(), arrows.last()) else {
        // `sizes::OUTPUT` is not `sizes` followed by `::OUTPUT`.
        let several = if is_width(tokens) { None } else { without_arrow(tokens) };
        return match several {
            None => Widths { input: None, output: width(tokens, report) },
            Some((input, between, output)) => {
                let written = format!("{kind}({} -> {})", written(input), written(output));
                let mut advice = format!("write `->` between the widths: `{written}`");
                // Rust's lexer may have removed another kind of arrow.
                if between.is_empty() && output[0].place.quoted.is_none() {
                    advice += ", or put the declaration in a string literal, where `→` is allowed";
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
        let advice = "write the number of inputs before the arrow, or leave the arrow out to take \
                      the outputs of the layer before";
        report.error(arrow, advice);
    }
    if output.is_empty() {
        report.error(arrow, "write the number of outputs after the arrow");
    }
    // After an error, any width is better than none.
    let mut read = |tokens: &[Token]| {
        if tokens.is_empty() {
            report.mention_width(None, arrow);
            return Some(Width::guess(arrow));
        }
        let found = width(tokens, report);
        found.or_else(|| Some(Width::guess(arrow)))
    };
    Widths { input: read(input), output: read(output) }
}

/// Two widths with something else than an arrow between them.
fn without_arrow(tokens: &[Token]) -> Option<(&[Token], &[Token], &[Token])> {
    let separators = ["", "-", "=>", ">", "=", ":", "..", ">>", "|>", "to", "x"];
    (1..tokens.len()).find_map(|start| {
        (start..tokens.len().min(start + 3)).find_map(|end| {
            let (input, between, output) = (&tokens[..start], &tokens[start..end], &tokens[end..]);
            let separator: String = between.iter().map(shown).collect();
            // Between constants, a minus may be a subtraction.
            let separates = separators.contains(&separator.as_str())
                && (separator != "-" || is_number(input) && is_number(output));
            (separates && is_width(input) && is_width(output)).then_some((input, between, output))
        })
    })
}
