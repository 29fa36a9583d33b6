//! The places where two widths must be equal: between neighbors, around a residual, and in a
//! repeated layer. Numbers are compared here. Other widths are left to the compiler as a [`Seam`].

use super::walk::{Given, Walk};
use super::widths::{Form, half, plural, sum};
use crate::ast::{Repeat, Title, Width};
use crate::network::{Seam, SeamKind, Step};
use crate::tokens::Place;

/// The result of a comparison of two widths.
enum Compared {
    /// They are equal.
    Equal,
    /// They differ, but one of them is already reported as a mistake.
    Reported,
    /// They differ: the number of inputs and the number of outputs.
    Differ(u64, u64),
    /// Only the compiler can compare them.
    Unknown,
}

fn compare(taken: &Width, given: &Width) -> Compared {
    match (taken.number(), given.number()) {
        _ if given.text() == taken.text() => Compared::Equal,
        _ if given.guessed || taken.guessed => Compared::Reported,
        (Some(takes), Some(gives)) => Compared::Differ(takes, gives),
        _ => Compared::Unknown,
    }
}

impl Walk<'_> {
    fn seam(&mut self, place: &Place, given: &Width, taken: &Width, kind: SeamKind) {
        let (given, taken) = (given.clone(), taken.clone());
        self.seams.push(Seam { place: place.clone(), given, taken, kind });
    }

    /// Checks that a layer has as many inputs as the layer before has outputs.
    pub(super) fn neighbours(
        &mut self,
        title: &Title,
        form: Option<&Form>,
        before: &Given,
        taken: &Width,
    ) {
        let layer = &title.text;
        match compare(taken, &before.width) {
            Compared::Equal | Compared::Reported => {}
            Compared::Unknown => {
                let kind =
                    SeamKind::Neighbours { before: before.from.clone(), layer: layer.clone() };
                self.seam(&taken.place, &before.width, taken, kind);
            }
            Compared::Differ(takes, gives) => {
                let fix = form.map_or_else(String::new, |form| {
                    format!(
                        "; write `{}` or leave the input out: `{}`",
                        form.with(gives),
                        form.without_input()
                    )
                });
                let advice = format!(
                    "{layer} takes {takes} {} but {} gives {gives} {}{fix}",
                    plural(takes, "input"),
                    before.from,
                    plural(gives, "output")
                );
                self.report.error(&taken.place, advice);
            }
        }
    }

    /// Checks that the layers of a residual preserve the width. Returns whether they do.
    pub(super) fn residual(&mut self, title: &Title, input: &Width, inner: &Step) -> bool {
        match compare(input, &inner.output) {
            Compared::Equal => true,
            Compared::Reported => false,
            Compared::Unknown => {
                let kind = SeamKind::Residual { layer: title.text.clone() };
                self.seam(inner.end(), &inner.output, input, kind);
                true
            }
            Compared::Differ(takes, gives) => {
                let advice = format!(
                    "a residual adds its {takes} {} to the output of its layers, but {} gives \
                     {gives}; make it {takes}",
                    plural(takes, "input"),
                    inner.title.text
                );
                self.report.error(inner.end(), advice);
                false
            }
        }
    }

    /// Returns the number of outputs of a layer that halves its inputs, whose number must be even.
    pub(super) fn halved(&mut self, title: &Title, input: &Width, from: Option<String>) -> Width {
        let half = half(input);
        let twice = sum(&title.place, [&half, &half].into_iter());
        match compare(&twice, input) {
            Compared::Equal | Compared::Reported => half,
            Compared::Unknown => {
                let kind = SeamKind::Halved { layer: title.text.clone() };
                self.seam(&title.place, input, &twice, kind);
                half
            }
            Compared::Differ(_, gives) => {
                let advice = format!(
                    "{} halves its inputs, but {} gives {gives} {}; make it {}",
                    title.text,
                    from.as_deref().unwrap_or("what comes before it"),
                    plural(gives, "number"),
                    gives + 1
                );
                self.report.error(&title.place, advice);
                Width { guessed: true, ..half }
            }
        }
    }

    /// Checks that a repeated layer has as many outputs as inputs. Returns whether it has.
    pub(super) fn repeated(
        &mut self,
        title: &Title,
        form: Option<&Form>,
        repeat: &Repeat,
        input: &Width,
        output: &Width,
    ) -> bool {
        match compare(input, output) {
            Compared::Equal => true,
            Compared::Reported => false,
            Compared::Unknown => {
                let kind = SeamKind::Repeated { layer: title.text.clone() };
                self.seam(&repeat.place, output, input, kind);
                true
            }
            Compared::Differ(takes, gives) => {
                let fix = match (form, repeat.count) {
                    (None, _) => "make them equal".to_owned(),
                    (Some(form), 2) => {
                        format!("write two layers: `{}, {}`", form.with(takes), form.with(gives))
                    }
                    (Some(form), count) => format!(
                        "write two layers: `{}, {} * {}`",
                        form.with(takes),
                        form.with(gives),
                        count - 1
                    ),
                };
                let advice = format!(
                    "{} is repeated, so it needs as many outputs as inputs, but it takes {takes} \
                     {} and gives {gives}; {fix}",
                    title.text,
                    plural(takes, "input")
                );
                self.report.error(&repeat.place, advice);
                false
            }
        }
    }
}
