//! Checks of constants that the macro cannot evaluate. The compiler reports them at the same place
//! and in the same words.

use nn_grammar::ast::Real;
use nn_grammar::network::{Chain, Seam, SeamKind, Step, Unit};
use nn_grammar::vocabulary::LayerOption;
use proc_macro2::TokenStream;
use quote::quote_spanned;

use super::user_types::{Kind, assertion, check};
use super::written::Written;

/// A constant assertion for every width and number that is not known.
pub(super) fn assertions(chain: &Chain, written: &Written<'_>) -> Vec<TokenStream> {
    let mut assertions = Assertions { written, checked: Vec::new(), items: Vec::new() };
    chain.steps.iter().for_each(|step| assertions.step(step));
    assertions.items.extend(chain.seams.iter().map(|found| seam(found, written)));
    assertions.items
}

struct Assertions<'w> {
    written: &'w Written<'w>,
    /// The widths already checked, as the user wrote them.
    checked: Vec<String>,
    items: Vec<TokenStream>,
}

impl Assertions<'_> {
    fn step(&mut self, step: &Step) {
        let (title, written) = (&step.title.text, self.written);
        for width in step.written.input.iter().chain(&step.written.output) {
            let text = width.text();
            // A constant cannot depend on a parameter: `nn::Sequential` checks it.
            let unknown = width.number().is_none() && !written.may_be_parameter(width);
            if unknown && !self.checked.contains(&text) {
                let (value, span) = (written.constant(width), written.span(&width.place));
                let call = quote_spanned!(span=> check_width::<#value>(#title, #text));
                self.items.push(check("check_width", &call, written.nn(), span));
                self.checked.push(text);
            }
        }
        match &step.unit {
            Unit::Own(path) => {
                let layer = written.layer(path, &step.input, &step.output);
                let span = written.span(&path.place);
                self.items.push(assertion(written.nn(), Kind::Layer, &layer, &path.text, span));
            }
            Unit::Dense { dense, .. } => self.number(title, "dense", "l2", dense.l2.as_ref()),
            Unit::Simple(simple) => {
                for (option, number) in simple.options() {
                    self.number(title, simple.layer.word, option.word, number);
                    self.division(step, simple.layer.word, option, number);
                }
            }
            _ => {}
        }
        step.parts().into_iter().flatten().for_each(|inner| self.step(inner));
    }

    /// Checks that a number divides the width of its layer.
    fn division(&mut self, step: &Step, layer: &str, option: &LayerOption, number: Option<&Real>) {
        let Some(number) = number else { return };
        let Some(width) = self.written.divides(step, option, number) else { return };
        let (value, text, title) = (self.written.real(number), &number.code.text, &step.title.text);
        let (span, option) = (self.written.span(&number.place), option.word);
        let call =
            quote_spanned!(span=> check_division::<#width>(#layer, #option, #value, #title, #text));
        self.items.push(check("check_division", &call, self.written.nn(), span));
    }

    /// Checks that the number of an option is within its bounds.
    fn number(&mut self, title: &str, layer: &str, option: &str, number: Option<&Real>) {
        let Some(number) = number.filter(|number| number.value.is_none()) else { return };
        let (value, text) = (self.written.real(number), &number.code.text);
        let span = self.written.span(&number.place);
        let call = quote_spanned!(span=> check_number(#layer, #option, #value, #title, #text));
        self.items.push(check("check_number", &call, self.written.nn(), span));
    }
}

fn seam(seam: &Seam, written: &Written<'_>) -> TokenStream {
    let Seam { place, given, taken, kind } = seam;
    let span = written.span(place);
    let (gives, takes) = (given.text(), taken.text());
    let (given, taken) = (written.constant(given), written.constant(taken));
    let (function, call) = match kind {
        SeamKind::Neighbours { before, layer } => (
            "check_widths",
            quote_spanned!(span=> check_widths::<#given, #taken>(#before, #gives, #layer, #takes)),
        ),
        SeamKind::Residual { layer } => (
            "check_residual",
            quote_spanned!(span=> check_residual::<#given, #taken>(#layer, #gives, #takes)),
        ),
        SeamKind::Halved { layer } => {
            ("check_halved", quote_spanned!(span=> check_halved::<#given, #taken>(#layer, #gives)))
        }
        SeamKind::Repeated { layer } => (
            "check_repeated",
            quote_spanned!(span=> check_repeated::<#given, #taken>(#layer, #gives, #takes)),
        ),
    };
    check(function, &call, written.nn(), span)
}
