//! What the macro cannot know of constants, the compiler checks, at the same place and in the same
//! words.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::ast::{Real, Unit};
use crate::flow::Step;
use crate::kinds::{self, Kind};
use crate::seams::{Seam, SeamKind};
use crate::types::without_arguments;
use crate::widths::constant;

/// A constant assertion for every width and number that is not known.
pub(crate) fn assertions(steps: &[Step<'_>], seams: &[Seam]) -> Vec<TokenStream> {
    let mut assertions = Vec::new();
    let mut checked = Vec::new();
    for step in steps {
        of_step(step, &mut checked, &mut assertions);
    }
    assertions.extend(seams.iter().map(seam));
    assertions
}

fn of_step(step: &Step<'_>, checked: &mut Vec<String>, assertions: &mut Vec<TokenStream>) {
    let title = &step.layer.title;
    let widths = step.layer.widths();
    for width in widths.input.iter().chain(&widths.output) {
        let (text, value, span) = (width.text(), constant(width), width.place.span);
        if width.number().is_none() && !checked.contains(&text) {
            assertions.push(quote_spanned! {span=>
                const _: () = ::nn::__private::check_width::<#value>(#title, #text);
            });
            checked.push(text);
        }
    }
    if let Unit::Own { path, .. } = &step.layer.unit {
        let (input, output) = (constant(&step.input), constant(&step.output));
        let (users, others) = without_arguments(&path.tokens);
        let layer = quote!(#users<#input, #output #(, #others)*>);
        let (text, span) = (&path.text, path.place.span);
        assertions.push(kinds::assertion(Kind::Layer, &layer, text, span));
    }
    let mut number = |number: &Option<Real>, check: &str| {
        if let Some(Real { place, value: None, tokens, text }) = number {
            let check = syn::Ident::new(check, place.span);
            assertions.push(quote_spanned! {place.span=>
                const _: () = ::nn::__private::#check(#tokens, #title, #text);
            });
        }
    };
    match &step.layer.unit {
        Unit::Dense(dense) => number(&dense.l2, "check_penalty"),
        Unit::Dropout { rate } => number(rate, "check_rate"),
        Unit::LayerNorm { epsilon } => number(epsilon, "check_epsilon"),
        Unit::BatchNorm { momentum, epsilon } => {
            number(momentum, "check_momentum");
            number(epsilon, "check_epsilon");
        }
        _ => {}
    }
    for inner in step.parts.iter().flatten() {
        of_step(inner, checked, assertions);
    }
}

fn seam(seam: &Seam) -> TokenStream {
    let Seam { span, given, taken, kind } = seam;
    let (gives, takes) = (given.text(), taken.text());
    let (given, taken) = (constant(given), constant(taken));
    match kind {
        SeamKind::Neighbours { before, layer } => quote_spanned! {*span=>
            const _: () = ::nn::__private::check_widths::<#given, #taken>(
                #before, #gives, #layer, #takes,
            );
        },
        SeamKind::Residual { layer } => quote_spanned! {*span=>
            const _: () = ::nn::__private::check_residual::<#given, #taken>(#layer, #gives, #takes);
        },
        SeamKind::Repeated { layer } => quote_spanned! {*span=>
            const _: () = ::nn::__private::check_repeated::<#given, #taken>(#layer, #gives, #takes);
        },
    }
}
