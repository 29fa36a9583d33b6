//! The user's widths, numbers and types in the generated code: as the user wrote them, or by the
//! names that [`Aliases`] gives them.

use std::collections::HashMap;

use nn_grammar::ast::{Code, End, Path, Real, Value, Width};
use nn_grammar::network::Step;
use nn_grammar::tokens::{Name, Place, Token};
use nn_grammar::vocabulary::LayerOption;
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::user_types::{Kind, checked, no_network};
use crate::source::Source;

/// Writes the user's widths, numbers and types.
pub(super) struct Written<'s> {
    source: &'s Source,
    /// The parameters of the network.
    parameters: &'s [Name],
    names: Names,
}

/// The names under which they are written.
enum Names {
    /// As in the declaration.
    User,
    /// As in the declaration, except for types that are not networks. For public items, which
    /// cannot mention the macro's names.
    Public,
    /// By their aliases.
    Aliases(Aliases),
}

/// The names, by the places of the code that they name.
#[derive(Default)]
pub(super) struct Aliases(HashMap<(usize, usize), Ident>);

impl Aliases {
    /// The name of the code at `place`.
    pub(super) fn of(&self, place: &Place) -> Option<&Ident> {
        self.0.get(&key(place))
    }

    /// Names the code at `place`.
    pub(super) fn insert(&mut self, place: &Place, name: &Ident) {
        self.0.insert(key(place), name.clone());
    }
}

/// A key that is unique to each piece of code.
fn key(place: &Place) -> (usize, usize) {
    (place.first, place.quoted.as_ref().map_or(0, |quoted| quoted.range.start))
}

impl<'s> Written<'s> {
    /// Writes everything as the user wrote it.
    pub(super) fn by_user(source: &'s Source, parameters: &'s [Name]) -> Self {
        Self { source, parameters, names: Names::User }
    }

    /// Writes for public items.
    pub(super) fn in_public(source: &'s Source, parameters: &'s [Name]) -> Self {
        Self { source, parameters, names: Names::Public }
    }

    /// Writes the names of aliases that are already defined.
    pub(super) fn by_aliases(source: &'s Source, parameters: &'s [Name], aliases: Aliases) -> Self {
        Self { source, parameters, names: Names::Aliases(aliases) }
    }

    /// The path of the crate `nn`.
    pub(super) fn nn(&self) -> &TokenStream {
        self.source.root()
    }

    /// The path of the crate `nn`, located at `span`. Code that begins with it and has that span is
    /// shown there as a whole.
    pub(super) fn nn_at(&self, span: Span) -> TokenStream {
        let located = |mut tree: TokenTree| {
            tree.set_span(tree.span().located_at(span));
            tree
        };
        self.nn().clone().into_iter().map(located).collect()
    }

    /// Whether a width is a parameter of the network.
    pub(super) fn is_parameter(&self, width: &Width) -> bool {
        let is = |code: &Code| self.parameters.iter().any(|name| name.text == code.text);
        width.code().is_some_and(is)
    }

    /// Whether a width may be a generic parameter of the surrounding code, in a type without a
    /// name: any word may be.
    pub(super) fn may_be_parameter(&self, width: &Width) -> bool {
        let is_word = width.code().is_some_and(|code| code.tokens.len() == 1);
        is_word && matches!(self.names, Names::User)
    }

    /// The parameters as they are declared, each followed by a comma.
    pub(super) fn parameters(&self) -> TokenStream {
        let names = self.parameters.iter().map(|name| self.ident(name));
        quote!(#(const #names: ::core::primitive::usize,)*)
    }

    /// The parameters as they are passed on, each followed by a comma.
    pub(super) fn arguments(&self) -> TokenStream {
        let names = self.parameters.iter().map(|name| self.ident(name));
        quote!(#(#names,)*)
    }

    /// A name as the compiler's identifier.
    pub(super) fn ident(&self, name: &Name) -> Ident {
        self.source.ident(name)
    }

    /// The compiler's tokens.
    pub(super) fn tokens(&self, tokens: &[Token]) -> TokenStream {
        self.source.tokens(tokens)
    }

    /// The start of a place.
    pub(super) fn span(&self, place: &Place) -> Span {
        self.source.span(place)
    }

    /// A width as an argument of a type.
    pub(super) fn constant(&self, width: &Width) -> TokenStream {
        let value = self.value(width);
        if width.number().is_some() { value } else { quote!({ #value }) }
    }

    /// A width as an expression.
    pub(super) fn value(&self, width: &Width) -> TokenStream {
        match &width.value {
            Value::Number(number) => {
                let mut literal = Literal::u64_unsuffixed(*number);
                literal.set_span(self.span(&width.place));
                quote!(#literal)
            }
            Value::Const(code) => match self.alias(&width.place) {
                Some(name) => quote!(#name),
                None => self.tokens(&code.tokens),
            },
            Value::Of(path, end) => {
                let network = self.network(path);
                let end = match end {
                    End::Inputs => quote!(INPUTS),
                    End::Outputs => quote!(OUTPUTS),
                };
                let span = self.span(&path.place);
                let nn = self.nn_at(span);
                quote_spanned!(span=> <#network as #nn::Architecture>::#end)
            }
            Value::Sum(widths) => self.sum(widths),
            Value::Half(width) => {
                let width = self.value(width);
                quote!((#width) / 2)
            }
        }
    }

    /// The sum of widths, as an expression.
    pub(super) fn sum<'w>(&self, widths: impl IntoIterator<Item = &'w Width>) -> TokenStream {
        let widths = widths.into_iter().map(|width| self.value(width));
        quote!(#(#widths)+*)
    }

    /// The width that the number of an option must divide, if only the compiler can check it. If
    /// the width may be a parameter, in a type without a name, the layer's type checks it.
    pub(super) fn divides(
        &self,
        step: &Step,
        option: &LayerOption,
        number: &Real,
    ) -> Option<TokenStream> {
        let width = &step.output;
        let is_known = number.value.is_some() && width.number().is_some();
        let asks = option.number().is_some_and(|rule| rule.divides_width);
        (asks && !is_known && !self.may_be_parameter(width)).then(|| self.constant(width))
    }

    /// A real number, as an expression of the type `f64`.
    pub(super) fn real(&self, real: &Real) -> TokenStream {
        let Some(value) = real.value else { return self.tokens(&real.code.tokens) };
        let mut literal = Literal::f64_unsuffixed(value.abs());
        literal.set_span(self.source.end(&real.place));
        let minus = value.is_sign_negative().then(|| quote!(-));
        quote!(#minus #literal)
    }

    /// A custom activation or initializer.
    pub(super) fn path(&self, path: &Path) -> TokenStream {
        match self.alias(&path.place) {
            Some(name) => name_at(name, self.span(&path.place)),
            None => self.tokens(&path.tokens),
        }
    }

    /// A nested network.
    pub(super) fn network(&self, path: &Path) -> TokenStream {
        match self.names {
            Names::Public => checked(
                self.nn(),
                Kind::Network,
                &self.tokens(&path.tokens),
                &no_network(self.nn()),
            ),
            Names::User | Names::Aliases(_) => self.path(path),
        }
    }

    /// A custom layer of these widths. Its type takes the widths, followed by any other parameters.
    pub(super) fn layer(&self, path: &Path, input: &Width, output: &Width) -> TokenStream {
        let (input, output) = (self.constant(input), self.constant(output));
        match self.alias(&path.place) {
            Some(name) => {
                let name = name_at(name, self.span(&path.place));
                quote!(#name<#input, #output>)
            }
            None => self.layer_with(path, &input, &output),
        }
    }

    /// The same, as the user wrote it.
    pub(super) fn layer_with(
        &self,
        path: &Path,
        input: &TokenStream,
        output: &TokenStream,
    ) -> TokenStream {
        let (path, others) = path.without_arguments();
        let path = self.tokens(path);
        let others = others.into_iter().map(|other| self.tokens(other));
        quote!(#path<#input, #output #(, #others)*>)
    }

    fn alias(&self, place: &Place) -> Option<&Ident> {
        match &self.names {
            Names::User | Names::Public => None,
            Names::Aliases(aliases) => aliases.of(place),
        }
    }
}

/// A name that is resolved at the macro, and shown at `span`.
fn name_at(name: &Ident, span: Span) -> TokenStream {
    quote_spanned!(span=> #name)
}
