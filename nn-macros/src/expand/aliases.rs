//! Gives names to the constants and types that a declaration mentions, so that the user's code
//! appears in the expansion only once. A mistake in it is then a single error, and an editor finds
//! a single place for it.

use nn_grammar::ast::{Choice, Path, Value, Width};
use nn_grammar::network::{Step, Unit};
use nn_grammar::tokens::{Name, Place};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::user_types::{Kind, assertion, checked, item, linear, no_network};
use super::written::{Aliases, Written};
use crate::source::Source;

/// Names types, and widths that are not numbers. Returns the names and the items that define them.
pub(super) fn aliases(
    source: &Source,
    parameters: &[Name],
    steps: &[Step],
) -> (Aliases, Vec<TokenStream>) {
    let written = Written::by_user(source, parameters);
    let mut naming = Naming { written, aliases: Aliases::default(), items: Vec::new() };
    naming.steps(steps);
    (naming.aliases, naming.items)
}

struct Naming<'s> {
    /// The user's expressions and types.
    written: Written<'s>,
    aliases: Aliases,
    items: Vec<TokenStream>,
}

impl Naming<'_> {
    fn steps(&mut self, steps: &[Step]) {
        let nn = &self.written.nn().clone();
        for step in steps {
            if let Unit::Own(path) = &step.unit {
                self.layer(path);
            }
            for width in step.written.input.iter().chain(&step.written.output) {
                self.width(width);
            }
            match &step.unit {
                Unit::Dense { dense, .. } => {
                    if let Some(Choice::Own(path)) = dense.activation.as_ref().map(|a| &a.choice) {
                        self.checked(Kind::Activation, path, &quote!(#nn::activation::Identity));
                    }
                    if let Some(Choice::Own(path)) = &dense.init {
                        self.checked(Kind::Initializer, path, &quote!(#nn::init::ByActivation));
                    }
                }
                Unit::Network(path) => {
                    let name = self.checked(Kind::Network, path, &no_network(nn));
                    let span = self.written.span(&path.place);
                    self.items.push(item(linear(nn, &name, &path.text, span)));
                }
                _ => {}
            }
            step.parts().into_iter().for_each(|part| self.steps(part));
        }
    }

    fn width(&mut self, width: &Width) {
        // The width of an `input` appears twice: as its input and as its output.
        if !matches!(width.value, Value::Const(_))
            || self.aliases.of(&width.place).is_some()
            || self.written.is_parameter(width)
        {
            return;
        }
        let name = self.name("__WIDTH", &width.place);
        let value = self.written.value(width);
        self.items.push(quote! {
            #[allow(dead_code)]
            const #name: ::core::primitive::usize = #value;
        });
        self.aliases.insert(&width.place, &name);
    }

    /// Names a type, and its replacement if it is not of this kind.
    fn checked(&mut self, kind: Kind, path: &Path, other: &TokenStream) -> Ident {
        let users = self.name("__Users", &path.place);
        let name = self.name("__Checked", &path.place);
        let written = self.written.path(path);
        let users_path = quote!(#users);
        let span = self.written.span(&path.place);
        let assertion = item(assertion(self.written.nn(), kind, &users_path, &path.text, span));
        let checked = checked(self.written.nn(), kind, &users_path, other);
        self.items.push(quote! {
            type #users = #written;
            type #name = #checked;
            #assertion
        });
        self.aliases.insert(&path.place, &name);
        name
    }

    /// Names a custom layer, whose parameters are its widths, followed by any others.
    fn layer(&mut self, path: &Path) {
        let name = self.name("__Users", &path.place);
        let written = self.written.layer_with(path, &quote!(INPUTS), &quote!(OUTPUTS));
        self.items.push(quote! {
            type #name<
                const INPUTS: ::core::primitive::usize,
                const OUTPUTS: ::core::primitive::usize
            > = #written;
        });
        self.aliases.insert(&path.place, &name);
    }

    /// A name that is resolved at the macro (call-site hygiene), and shown where the user wrote the
    /// code that it names.
    fn name(&self, what: &str, place: &Place) -> Ident {
        let mut name = format_ident!("{what}{}", self.items.len());
        name.set_span(Span::call_site().located_at(self.written.span(place)));
        name
    }
}
