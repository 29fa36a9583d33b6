//! Where two widths must be equal: between neighbours, around a residual, and in a layer that is repeated.

use proc_macro2::Span;

use crate::ast::{Layer, Unit, Width};
use crate::flow::{Step, Walk};
use crate::widths::{end, plural, sound, written_with};

/// Two widths that must be equal.
pub(crate) struct Seam {
    pub(crate) span: Span,
    pub(crate) given: Width,
    pub(crate) taken: Width,
    pub(crate) kind: SeamKind,
}

/// Why they must.
pub(crate) enum SeamKind {
    /// One layer follows the other.
    Neighbours { before: String, layer: String },
    /// The layer's input is added to what it gives.
    Residual { layer: String },
    /// The layer follows itself.
    Repeated { layer: String },
}

impl Walk<'_> {
    /// One layer takes what the one before gives.
    pub(crate) fn seam(&mut self, layer: &Layer, given: &Width, taken: &Width, before: &str) {
        let (gives, takes) = match (given.number(), taken.number()) {
            (Some(gives), Some(takes)) => (gives, takes),
            _ if given.guessed || taken.guessed || given.text() == taken.text() => return,
            _ => {
                let kind =
                    SeamKind::Neighbours { before: before.to_owned(), layer: layer.title.clone() };
                let (given, taken) = (given.clone(), taken.clone());
                self.seams.push(Seam { span: taken.place.span, given, taken, kind });
                return;
            }
        };
        // A width that is wrong in itself is reported already.
        if gives == takes || !sound(given) || !sound(taken) {
            return;
        }
        let advice = format!(
            "{} takes {takes} {} but {before} gives {gives} {}; write `{}` or leave the input \
             out: `{}`",
            layer.title,
            plural(takes, "input"),
            plural(gives, "output"),
            written_with(layer, Some(&gives.to_string())),
            written_with(layer, None)
        );
        self.report.error(&taken.place, advice);
    }

    /// What is added must be of the same width; whether it may be.
    pub(crate) fn residual(&mut self, layer: &Layer, input: &Width, inner: &Step<'_>) -> bool {
        let output = &inner.output;
        match (input.number(), output.number()) {
            (Some(takes), Some(gives)) => {
                if takes == gives {
                    return true;
                }
                if !sound(input) || !sound(output) {
                    return false;
                }
                let advice = format!(
                    "a residual adds its {takes} {} to what its layers give, and {} gives {gives}; \
                     let it give {takes}",
                    plural(takes, "input"),
                    inner.layer.title
                );
                self.report.error(&end(inner), advice);
                return false;
            }
            _ if input.guessed || output.guessed || input.text() == output.text() => {}
            _ => self.seams.push(Seam {
                span: end(inner).span,
                given: output.clone(),
                taken: input.clone(),
                kind: SeamKind::Residual { layer: layer.title.clone() },
            }),
        }
        true
    }

    /// What follows itself must take what it gives; whether it may do so.
    pub(crate) fn repeated(&mut self, layer: &Layer, input: &Width, output: &Width) -> bool {
        let Some(repeat) = &layer.repeat else { return true };
        if matches!(layer.unit, Unit::Concat(_) | Unit::Heads(_) | Unit::Input(_)) {
            return false; // cannot be repeated at all
        }
        match (input.number(), output.number()) {
            (Some(takes), Some(gives)) => {
                if takes == gives {
                    return true;
                }
                if !sound(input) || !sound(output) {
                    return false;
                }
                let first = written_with(layer, Some(&takes.to_string()));
                let others = written_with(layer, Some(&gives.to_string()));
                let fix = match (&layer.unit, repeat.count) {
                    (Unit::Dense(_) | Unit::Own { .. }, 2) => {
                        format!("write two layers: `{first}, {others}`")
                    }
                    (Unit::Dense(_) | Unit::Own { .. }, count) => {
                        format!("write two layers: `{first}, {others} * {}`", count - 1)
                    }
                    _ => "let it give what it takes".to_owned(),
                };
                let advice = format!(
                    "{} is repeated, so that it takes what it gives, but it takes {takes} {} and \
                     gives {gives}; {fix}",
                    layer.title,
                    plural(takes, "input")
                );
                self.report.error(&repeat.place, advice);
                return false;
            }
            _ if input.guessed || output.guessed || input.text() == output.text() => {}
            _ => self.seams.push(Seam {
                span: repeat.place.span,
                given: output.clone(),
                taken: input.clone(),
                kind: SeamKind::Repeated { layer: layer.title.clone() },
            }),
        }
        true
    }
}
