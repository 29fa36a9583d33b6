//! What stands in the parentheses of a layer: widths and an activation.

use proc_macro2::{Delimiter, Spacing, TokenTree};
use syn::Type;

use crate::ast::{ACTIVATIONS, Activation, Layer, Width};
use crate::report::Report;
use crate::token::{Token, place, punct, shown, trees, written};
use crate::width::{is_number, is_width, width};

/// Reads `784 -> 128, relu` into `layer`.
pub(crate) fn arguments(layer: &mut Layer, group: &Token, report: &mut Report) {
    let mistakes = report.len();
    let mut parts = split_at_commas(&group.inner);
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop(); // behind a trailing comma
    }
    if parts.iter().skip(1).any(|part| part.is_empty()) {
        report.error(&group.place, "there is nothing between two commas; leave one of them out");
        parts.retain(|part| !part.is_empty());
    }
    let (widths, mut rest) = match &parts[..] {
        [] => (&[][..], &[][..]),
        [widths, rest @ ..] => (*widths, rest),
    };
    let kind = &layer.kind;
    let widths = match without_comma(widths) {
        Some((before, word)) => {
            report.error(
                &word[0].place,
                format!("write a comma before the activation: `, {}`", written(word)),
            );
            layer.activation = activation(word, report);
            before
        }
        None => widths,
    };
    if widths.is_empty() {
        let advice = format!("write the widths first, as in `{kind}(784 -> 128, relu)`");
        report.error(&group.place, advice);
    } else if let [second, others @ ..] = rest
        && is_second_width(second, others)
        && is_width(widths)
    {
        let advice = format!(
            "write `->` in place of the comma between the widths: `{kind}({} -> {})`",
            written(widths),
            written(second)
        );
        report.error(&place(second), advice);
        layer.input = width(widths, report);
        layer.output = width(second, report);
        rest = others;
    } else {
        (layer.input, layer.output) = self::widths(widths, kind, report);
    }
    if let [first, others @ ..] = rest {
        layer.activation = activation(first, report).or(layer.activation.take());
        if let Some(other) = others.first() {
            let advice =
                format!("`{kind}` takes widths and one activation; leave `{}` out", written(other));
            report.error(&place(other), advice);
        }
    }
    layer.incomplete = report.len() > mistakes;
}

/// A width and, without a comma, an activation.
fn without_comma(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let (before, word) = tokens.split_at(tokens.len().checked_sub(1)?);
    let [Token { tree: TokenTree::Ident(name), .. }] = word else { return None };
    let separate = match before.last()?.tree {
        TokenTree::Punct(_) => false,
        _ => ACTIVATIONS.iter().any(|(activation, _)| name == activation),
    };
    separate.then_some((before, word))
}

/// Splits at the commas that are not between angle brackets.
fn split_at_commas(tokens: &[Token]) -> Vec<&[Token]> {
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
        return tokens.split(|token| punct(token) == Some(',')).collect();
    }
    parts.push(&tokens[start..]);
    parts
}

/// Whether this part is the number of outputs, separated from the inputs by a comma.
fn is_second_width(part: &[Token], others: &[&[Token]]) -> bool {
    match part {
        [Token { tree: TokenTree::Literal(number), .. }] => !number.to_string().starts_with('"'),
        [.., Token { tree: TokenTree::Ident(name), .. }] => {
            is_type_name(&name.to_string()) && is_width(part) && !others.is_empty()
        }
        _ => false,
    }
}

/// Reads `784 -> 128`, or `128` alone.
fn widths(tokens: &[Token], kind: &str, report: &mut Report) -> (Option<Width>, Option<Width>) {
    let arrows: Vec<usize> = (0..tokens.len()).filter(|&at| is_arrow(&tokens[at..])).collect();
    let (Some(&first), Some(&last)) = (arrows.first(), arrows.last()) else {
        return match without_arrow(tokens) {
            None => (None, width(tokens, report)),
            Some((input, between, output)) => {
                let written = format!("{kind}({} -> {})", written(input), written(output));
                let mut advice = format!("write `->` between the widths: `{written}`");
                // Perhaps the lexer took out an arrow of another kind.
                if between.is_empty() && output[0].place.quoted.is_none() {
                    advice += ", or put the declaration in a string literal, where `→` can stand";
                }
                report.error(&place(if between.is_empty() { output } else { between }), advice);
                (width(input, report), width(output, report))
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
    let mut read = |tokens: &[Token]| if tokens.is_empty() { None } else { width(tokens, report) };
    (read(input), read(output))
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

/// Reads `relu` or `my::Swish`.
fn activation(tokens: &[Token], report: &mut Report) -> Option<Activation> {
    let place = place(tokens);
    let found = written(tokens);
    let advice = match tokens {
        // A macro's `$path`.
        [Token { tree: TokenTree::Group(group), inner, .. }]
            if group.delimiter() == Delimiter::None =>
        {
            return activation(inner, report);
        }
        [Token { tree: TokenTree::Ident(word), .. }] if !is_type_name(&word.to_string()) => {
            return Some(Activation::Word { word: word.to_string(), place });
        }
        [Token { tree: TokenTree::Ident(word), .. }, Token { tree: TokenTree::Group(_), .. }] => {
            format!(
                "an activation is named without arguments: `{word}`; one with values of your own \
                 is a type that implements `nn::activation::Activation`, named by its path"
            )
        }
        [Token { tree: TokenTree::Literal(literal), .. }]
            if literal.to_string().starts_with('"') =>
        {
            let name = literal.to_string();
            format!("an activation is named without quotes: `{}`", name.trim_matches('"'))
        }
        _ => match syn::parse2::<Type>(trees(tokens)) {
            Ok(Type::Path(path)) => {
                if path
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| is_type_name(&last.ident.to_string()))
                {
                    return Some(Activation::Type { tokens: trees(tokens), text: found });
                }
                format!("an activation of your own is a type as `my::Swish` is; `{found}` is none")
            }
            _ => "an activation is a name, such as `relu`, or a type of your own, such as \
                  `my::Swish`"
                .to_owned(),
        },
    };
    report.error(&place, advice);
    None
}

fn is_type_name(name: &str) -> bool {
    name.trim_start_matches("r#").chars().next().is_some_and(char::is_uppercase)
}

/// Whether these tokens begin with `->`.
fn is_arrow(tokens: &[Token]) -> bool {
    match tokens {
        [dash, angle, ..] => {
            punct(dash) == Some('-')
                && punct(angle) == Some('>')
                && matches!(&dash.tree, TokenTree::Punct(dash) if dash.spacing() == Spacing::Joint)
        }
        _ => false,
    }
}
