//! The rules for the parameters of a network: they are widths, and the declaration does not compute
//! with them, since the compiler cannot do so in a type.

use crate::ast::{Choice, Layer, Path, Real, Unit, Value, Width};
use crate::tokens::{Name, Place, Report, Token};
use crate::vocabulary::Gives;

/// Reports a parameter that is used as anything else, and replaces it.
pub(super) fn layers(list: &mut [Layer], parameters: &[Name], report: &mut Report) {
    if !parameters.is_empty() {
        Parameters { parameters, report }.layers(list, false);
    }
}

struct Parameters<'p> {
    parameters: &'p [Name],
    report: &'p mut Report,
}

impl Parameters<'_> {
    /// `added`: whether these layers are parallel to others.
    fn layers(&mut self, list: &mut [Layer], added: bool) {
        for at in 0..list.len() {
            let (before, behind) = list.split_at_mut(at + 1);
            let (layer, halved) = (&mut before[at], is_halved(behind));
            match &mut layer.unit {
                Unit::Dense(dense, widths) => {
                    self.width(&mut widths.input, added);
                    self.width(&mut widths.output, added);
                    self.not_halved(&mut widths.output, halved);
                    self.number(&mut dense.l2);
                    self.choice(&mut dense.init);
                    let mut activation = dense.activation.take();
                    if let Some(found) = &mut activation {
                        self.number(&mut found.parameter);
                    }
                    dense.activation = activation.filter(|found| match &found.choice {
                        Choice::Own(path) => self.is_free(path),
                        Choice::Word(_) => true,
                    });
                }
                Unit::Simple(simple) => simple.numbers.iter_mut().for_each(|one| self.number(one)),
                Unit::Residual(layers) => self.layers(&mut layers.list, added),
                Unit::Input(width) => self.width(width, added),
                Unit::Concat(branches) | Unit::Heads(branches) => {
                    for branch in branches {
                        self.layers(&mut branch.layers.list, true);
                    }
                }
                Unit::Own(path, widths) => {
                    self.width(&mut widths.input, added);
                    self.width(&mut widths.output, added);
                    self.not_halved(&mut widths.output, halved);
                    if !self.is_free(path) {
                        layer.unit = Unit::Missing;
                        layer.incomplete = true;
                    }
                }
                Unit::Network(path) => {
                    if !self.is_free(path) {
                        layer.unit = Unit::Missing;
                        layer.incomplete = true;
                    }
                }
                Unit::Columns(_) | Unit::Missing => {}
            }
        }
    }

    fn width(&mut self, width: &mut Option<Width>, added: bool) {
        let Some(Width { place, value: Value::Const(code), .. }) = width else { return };
        let Some(name) = self.mentioned(&code.tokens) else { return };
        let advice = match code.text == name {
            true if added => format!(
                "`{name}` is a parameter, and the widths of layers side by side are added, which \
                 the compiler cannot do with parameters; write a number or a constant"
            ),
            true => return,
            false => format!(
                "`{name}` is a parameter, and the compiler cannot compute with it: `{}` cannot be \
                 a width; give the network another parameter instead, as in `const WIDTH: usize`",
                code.text
            ),
        };
        self.report.error(place, advice);
        *width = Some(Width::guess(place));
    }

    /// `halved`: whether a later layer halves the width.
    fn not_halved(&mut self, width: &mut Option<Width>, halved: bool) {
        let Some(Width { place, value: Value::Const(code), .. }) = width else { return };
        let Some(name) = self.mentioned(&code.tokens).filter(|_| halved) else { return };
        let advice = format!(
            "`{name}` is a parameter, and a later layer gives half of it, which the compiler \
             cannot compute; write a number or a constant"
        );
        self.report.error(place, advice);
        *width = Some(Width::guess(place));
    }

    fn number(&mut self, number: &mut Option<Real>) {
        let Some(Real { place, code, .. }) = number else { return };
        if let Some(name) = self.mentioned(&code.tokens) {
            self.only_width(&name, &place.clone());
            *number = None;
        }
    }

    fn choice(&mut self, choice: &mut Option<Choice>) {
        if let Some(Choice::Own(path)) = choice
            && !self.is_free(path)
        {
            *choice = None;
        }
    }

    fn is_free(&mut self, path: &Path) -> bool {
        let Some(name) = self.mentioned(&path.tokens) else { return true };
        self.only_width(&name, &path.place);
        false
    }

    fn only_width(&mut self, name: &str, place: &Place) {
        let advice = format!(
            "`{name}` is a parameter, and a parameter can only be the width of a layer; write a \
             constant"
        );
        self.report.error(place, advice);
    }

    /// The first parameter among these tokens.
    fn mentioned(&self, tokens: &[Token]) -> Option<String> {
        tokens.iter().find_map(|token| {
            let is = |word: &str| self.parameters.iter().any(|name| name.text == word);
            match token.word() {
                Some(word) => is(word).then(|| word.to_owned()),
                None => self.mentioned(&token.inner),
            }
        })
    }
}

/// Whether these layers halve their input.
fn is_halved(layers: &[Layer]) -> bool {
    for layer in layers {
        match &layer.unit {
            Unit::Simple(simple) if simple.row.gives == Gives::Half => return true,
            Unit::Residual(inner) if is_halved(&inner.list) => return true,
            Unit::Simple(_) | Unit::Residual(_) => {}
            Unit::Heads(heads) => return heads.iter().any(|head| is_halved(&head.layers.list)),
            _ => return false,
        }
    }
    false
}
