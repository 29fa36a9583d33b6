//! User-defined types. Only the compiler knows whether a type has the kind that the declaration
//! requires: activation, initializer, layer or network.
//!
//! A type of another kind is reported in a sentence at its place, and replaced by a valid type in
//! the rest of the code, so that it remains the only error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// The kind of a user-defined type.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Activation,
    Initializer,
    Layer,
    Network,
}

impl Kind {
    /// The constant of `nn::__private::Probe`, the name in messages, and the advice.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Activation => (
                "IS_ACTIVATION",
                "an activation",
                "implement `nn::activation::Activation` for it (a name, a value and a derivative)",
            ),
            Kind::Initializer => {
                ("IS_INITIALIZER", "an initializer", "implement `nn::init::Initializer` for it")
            }
            Kind::Layer => (
                "IS_LAYER",
                "a layer",
                "implement `nn::layer::RowLayer` for it (the formula for one row)",
            ),
            Kind::Network => (
                "IS_NETWORK",
                "a network",
                "a network is declared by `network!`; a custom layer is written with its widths, \
                 as in `my::Gate(128 -> 64)`",
            ),
        }
    }
}

/// Whether `path` is of this kind.
fn is(nn: &TokenStream, kind: Kind, path: &TokenStream) -> TokenStream {
    let constant = Ident::new(kind.words().0, Span::call_site());
    quote!({
        use #nn::__private::Otherwise as _;
        <#nn::__private::Probe<#path>>::#constant
    })
}

/// The type at `path` if it is of this kind, otherwise `other`.
pub(super) fn checked(
    nn: &TokenStream,
    kind: Kind,
    path: &TokenStream,
    other: &TokenStream,
) -> TokenStream {
    let is = is(nn, kind, path);
    quote! {
        <#nn::__private::Pick<#is> as #nn::__private::Choose>::Of<#path, #other>
    }
}

/// Rejects the type at `path`, written as `text`, if it is not of this kind.
pub(super) fn assertion(
    nn: &TokenStream,
    kind: Kind,
    path: &TokenStream,
    text: &str,
    span: Span,
) -> TokenStream {
    let (_, what, advice) = kind.words();
    let is = is(nn, kind, path);
    check("check_kind", &quote_spanned!(span=> check_kind(#is, #text, #what, #advice)), nn, span)
}

/// The replacement for a type that is not a network.
pub(super) fn no_network(nn: &TokenStream) -> TokenStream {
    quote! {
        #nn::Sequential<
            #nn::layer::Dense<1, 1, #nn::activation::Identity>, #nn::head::Linear<1>, 1, 1
        >
    }
}

/// Rejects the network at `path`, written as `text`, if its head is not linear: inside another
/// network the head would be lost.
pub(super) fn linear(nn: &TokenStream, path: &Ident, text: &str, span: Span) -> TokenStream {
    check("check_linear", &quote_spanned!(span=> check_linear::<#path>(#text)), nn, span)
}

/// The call of a function of `nn::__private` that the compiler evaluates. The call itself has no
/// path from the macro, so that the message shows only the user's code.
pub(super) fn check(
    function: &str,
    call: &TokenStream,
    nn: &TokenStream,
    span: Span,
) -> TokenStream {
    let function = Ident::new(function, span);
    quote_spanned! {span=> {
        use #nn::__private::#function;
        #call
    }}
}

/// Such a call as an item.
pub(super) fn item(check: TokenStream) -> TokenStream {
    quote!(const _: () = #check;)
}
