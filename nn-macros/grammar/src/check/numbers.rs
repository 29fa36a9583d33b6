//! The rules for the numbers of a layer. An invalid number is removed, or replaced by a guess.

use super::widths::{LARGEST, plural, possible};
use crate::ast::{Dense, DenseNorm, Real, Simple, Title, Width, Widths};
use crate::tokens::Report;
use crate::vocabulary::{self, Number};

/// Checks that both widths are possible.
pub(super) fn widths(widths: Widths, title: &Title, report: &mut Report) -> Widths {
    let Widths { input, output } = widths;
    Widths { input: width(input, title, report), output: width(output, title, report) }
}

/// Checks that a width is possible.
pub(super) fn width(width: Option<Width>, title: &Title, report: &mut Report) -> Option<Width> {
    let width = width?;
    let Some(number) = width.number().filter(|&number| !possible(number)) else {
        return Some(width);
    };
    let title = &title.text;
    let advice = match number {
        _ if width.guessed => return Some(Width::guess(&width.place)),
        0 => format!("a width of {title} is zero; write the number of units, 1 or more"),
        _ => format!(
            "a width of {title} is {number}; write a number of units that fits into memory, \
             {LARGEST} at most"
        ),
    };
    report.error(&width.place, advice);
    Some(Width::guess(&width.place))
}

/// Checks that the numbers of a simple layer are within their bounds.
pub(super) fn simple(simple: &mut Simple, report: &mut Report) {
    let rules = simple.layer.options.iter().map(|option| option.number());
    for (number, rule) in simple.numbers.iter_mut().zip(rules) {
        within(number, rule, report);
    }
}

/// Checks that numbers which must divide the width do so, where both are known.
pub(super) fn divide(simple: &mut Simple, width: &Width, title: &Title, report: &mut Report) {
    let Some(width) = width.number().filter(|_| !width.guessed) else { return };
    let rules = simple.layer.options.iter().map(|option| option.number());
    for (number, rule) in simple.numbers.iter_mut().zip(rules) {
        if let (Some(Real { place, value: Some(value), code }), Some(rule)) = (&*number, rule)
            && !rule.fits(*value, width)
        {
            // The largest smaller number that divides the width.
            let fitting = (1..=*value as u64).rev().find(|&other| rule.fits(other as f64, width));
            let advice = format!(
                "`{}` does not divide the {width} {} of {}; write {} that does, such as `{}`",
                code.text,
                plural(width, "number"),
                title.text,
                rule.called,
                fitting.unwrap_or(1)
            );
            report.error(place, advice);
            *number = None;
        }
    }
}

/// Checks that the numbers of a dense layer are within their bounds.
pub(super) fn dense(dense: &mut Dense, report: &mut Report) {
    within(&mut dense.l2, vocabulary::number("dense", "l2"), report);
    if let (Some(norm), Some(l2)) = (dense.norm(), &dense.l2) {
        let word = match norm {
            DenseNorm::Weight => "weight_norm",
            DenseNorm::Spectral => "spectral_norm",
        };
        let advice = format!(
            "with `{word}` the size of a weight has no effect, so a penalty on it has none either; \
             leave `l2` out"
        );
        report.error(&l2.place, advice);
        dense.l2 = None;
    }
    let Some(activation) = &mut dense.activation else { return };
    let word = activation.word().map(|word| word.text.clone()).unwrap_or_default();
    if let Some(Real { place, value: Some(value), code }) = &activation.parameter
        && !(*value > 0.0 && value.is_finite())
    {
        let what = vocabulary::activation(&word).and_then(|row| row.parameter).unwrap_or("number");
        let advice =
            format!("`{}` cannot be the {what} of `{word}`: it must be above 0", code.text);
        report.error(place, advice);
        activation.parameter = None;
    }
}

fn within(number: &mut Option<Real>, rule: Option<&Number>, report: &mut Report) {
    if let (Some(Real { place, value: Some(value), code }), Some(rule)) = (&*number, rule)
        && !rule.allows(*value)
    {
        report.error(place, format!("`{}` is {}", code.text, rule.refused));
        *number = None;
    }
}
