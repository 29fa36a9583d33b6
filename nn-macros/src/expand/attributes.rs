//! The effect of a network's attributes on the items next to its struct, and on the traits that the
//! macro derives.

use nn_grammar::attribute::{Attribute, Effect};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::written::Written;

/// The attributes of a network.
pub(super) struct Attributes {
    /// Those of the struct: the user's, and the macro's derives.
    pub(super) of_struct: TokenStream,
    /// Those of the structs next to it.
    pub(super) of_others: TokenStream,
    /// Those of its implementations.
    pub(super) of_code: TokenStream,
    /// That of the implementation of `Debug`.
    pub(super) of_debug: TokenStream,
}

impl Attributes {
    pub(super) fn of(attributes: &[Attribute], written: &Written<'_>) -> Self {
        let effects: Vec<Effect<'_>> = attributes.iter().flat_map(Attribute::effects).collect();
        let of = |scope: Scope| -> TokenStream {
            effects.iter().filter_map(|effect| beside(effect, scope, written)).collect()
        };
        let (of_others, of_code) = (of(Scope::Structs), of(Scope::Code));
        let own = attributes.iter().map(|attribute| own(attribute, written));
        let of_struct = quote!(#(#own)*);
        let derives = |name| otherwise(&effects, name, written);
        let clone = match derives("Clone") {
            Otherwise::Always => quote!(#[derive(::core::clone::Clone)]),
            Otherwise::Never => quote!(),
            Otherwise::If(condition) => {
                quote!(#[cfg_attr(#condition, derive(::core::clone::Clone))])
            }
        };
        let of_debug = match derives("Debug") {
            Otherwise::Always => quote!(),
            Otherwise::Never => quote!(#[cfg(any())]),
            Otherwise::If(condition) => quote!(#[cfg(#condition)]),
        };
        Self { of_struct: quote!(#of_struct #clone), of_others, of_code, of_debug }
    }
}

/// An attribute on the struct. `expect` becomes `allow`: the expected lint may come from an item
/// next to the struct, or not at all, since the compiler suppresses most lints in a macro's code.
fn own(attribute: &Attribute, written: &Written<'_>) -> TokenStream {
    let effects = attribute.effects();
    match effects.iter().any(|effect| effect.is("expect")) {
        true => effects.iter().map(|one| under(one, allowed(one, written), written)).collect(),
        false => written.tokens(&attribute.tokens),
    }
}

/// The items next to the struct.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    Structs,
    Code,
}

/// The attribute for those items: whether an item exists at all, and its lint levels. `forbid` is
/// dropped, since it would forbid what the macro itself allows.
fn beside(effect: &Effect<'_>, scope: Scope, written: &Written<'_>) -> Option<TokenStream> {
    let is = |names: &[&str]| names.iter().any(|name| effect.is(name));
    let hides = effect.is("doc") && (effect.lists("hidden") || effect.lists_call("cfg"));
    let tokens = match () {
        // Reported by the compiler.
        () if effect.is("cfg") && effect.arguments().is_none() => return None,
        () if is(&["cfg", "allow", "warn", "deny"]) || hides && scope == Scope::Structs => {
            written.tokens(effect.tokens)
        }
        () if effect.is("expect") => allowed(effect, written),
        // The generated code uses the network itself.
        () if effect.is("deprecated") => quote!(allow(deprecated)),
        () => return None,
    };
    Some(under(effect, tokens, written))
}

/// `expect(…)` as `allow(…)`.
fn allowed(effect: &Effect<'_>, written: &Written<'_>) -> TokenStream {
    match effect.tokens {
        [expect, rest @ ..] if effect.is("expect") => {
            let (allow, rest) =
                (Ident::new("allow", written.span(&expect.place)), written.tokens(rest));
            quote!(#allow #rest)
        }
        tokens => written.tokens(tokens),
    }
}

/// An attribute under the conditions of this one.
fn under(effect: &Effect<'_>, tokens: TokenStream, written: &Written<'_>) -> TokenStream {
    match all(effect, written) {
        None => quote!(#[#tokens]),
        Some(condition) => quote!(#[cfg_attr(#condition, #tokens)]),
    }
}

/// The conditions of an attribute combined into one; `None` if there are none.
fn all(effect: &Effect<'_>, written: &Written<'_>) -> Option<TokenStream> {
    let conditions: Vec<_> = effect.conditions.iter().map(|one| written.tokens(one)).collect();
    match &conditions[..] {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(quote!(all(#(#conditions),*))),
    }
}

/// Whether the macro derives a trait, which it does if the user does not.
enum Otherwise {
    Always,
    Never,
    If(TokenStream),
}

fn otherwise(effects: &[Effect<'_>], name: &str, written: &Written<'_>) -> Otherwise {
    let derives = effects.iter().filter(|effect| effect.is("derive") && effect.lists(name));
    let conditions: Vec<_> = derives.map(|effect| all(effect, written)).collect();
    if conditions.is_empty() {
        return Otherwise::Always;
    }
    match conditions.into_iter().collect::<Option<Vec<_>>>() {
        None => Otherwise::Never,
        Some(conditions) => Otherwise::If(quote!(not(any(#(#conditions),*)))),
    }
}
