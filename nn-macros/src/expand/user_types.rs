//! Types of the user's: whether they are what the declaration takes them for, the compiler knows and
//! the macro does not.
//!
//! One that is not is an error in words at its place, and another type stands for it in all that
//! follows, so that it remains the only error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

/// What a type can be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Activation,
    Initializer,
    Layer,
    Network,
}

impl Kind {
    /// The constant of `nn::__private::Probe`, what messages call it, and what to do.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Activation => (
                "IS_ACTIVATION",
                "activation",
                "implement `nn::activation::Activation` for it, which is a name, a value and a \
                 derivative",
            ),
            Kind::Initializer => {
                ("IS_INITIALIZER", "initialiser", "implement `nn::init::Initializer` for it")
            }
            Kind::Layer => (
                "IS_LAYER",
                "layer",
                "implement `nn::layer::RowLayer` for it, which is the formula for one row",
            ),
            Kind::Network => (
                "IS_NETWORK",
                "network",
                "a network is declared by `network!`; a layer of your own is written with its \
                 widths, as in `my::Gate(128 -> 64)`",
            ),
        }
    }
}

/// Whether `path` is of this kind.
fn is(kind: Kind, path: &TokenStream) -> TokenStream {
    let constant = Ident::new(kind.words().0, Span::call_site());
    quote!({
        use ::nn::__private::Otherwise as _;
        <::nn::__private::Probe<#path>>::#constant
    })
}

/// The type at `path` if it is of this kind, otherwise `other`.
pub(super) fn checked(kind: Kind, path: &TokenStream, other: &TokenStream) -> TokenStream {
    let is = is(kind, path);
    quote! {
        <::nn::__private::Pick<#is> as ::nn::__private::Choose>::Of<#path, #other>
    }
}

/// Refuses the type at `path`, written as `text`, if it is not of this kind.
pub(super) fn assertion(kind: Kind, path: &TokenStream, text: &str, span: Span) -> TokenStream {
    let (_, what, advice) = kind.words();
    let is = is(kind, path);
    quote_spanned! {span=>
        const _: () = ::nn::__private::check_kind(#is, #text, #what, #advice);
    }
}

/// What stands for a type that is no network.
pub(super) fn no_network() -> TokenStream {
    quote! {
        ::nn::Sequential<
            ::nn::layer::Dense<1, 1, ::nn::activation::Identity>, ::nn::head::Linear<1>, 1, 1
        >
    }
}

/// Refuses the network at `path`, written as `text`, if its head is not linear: inside another one it
/// would be lost.
pub(super) fn linear(path: &Ident, text: &str, span: Span) -> TokenStream {
    quote_spanned! {span=>
        const _: () = ::nn::__private::check_linear::<#path>(#text);
    }
}
