//! Declarations with mistakes: the text of every error, and the resulting network.

use quote::quote;

use super::*;

#[test]
fn mistakes_are_all_reported_and_the_network_is_still_there() {
    let (code, messages) = expanded(quote! {
        struct Net { a: dense(784 -> 128, rleu), b: dense(64 -> 0, softmax) }
        struct Other(dense(2));
    });
    assert_eq!(
        messages,
        [
            "unknown activation `rleu`; write `relu`",
            "a width of layer `b` is zero; write the number of units, 1 or more",
            "layer `b` takes 64 inputs but layer `a` gives 128 outputs; write `dense(128 -> 0, \
             softmax)` or leave the input out: `dense(0, softmax)`",
            "no layer comes before layer `layer1`, so its number of inputs must be written: \
             `dense(INPUTS -> 2)` with your number for `INPUTS`",
        ]
    );
    assert_eq!(code.matches("compile_error!").count(), 4);
    contains(&code, "::nn::Network for Net<T>");
    contains(&code, "::nn::Network for Other<T>");
    contains(&code, "type Input = [T; 784];");
}

#[test]
fn a_type_with_mistakes_remains_a_type() {
    let mut report = Report::default();
    let input = quote!(dense(784 -> 128, rleu), dense(64 -> 10, softmax));
    let code = declare::network(quote!(::nn), input, &mut report);
    assert_eq!(report.len(), 2);
    syn::parse2::<syn::Path>(code.clone()).expect("still a type");
    let code = code.to_string().replace(' ', "");
    contains(&code, "softmax<10>, { ::core::compile_error!");
}

#[test]
fn the_fallback_expands_whatever_is_wrong() {
    let broken = [
        quote!(),
        quote!(1),
        quote!(,),
        quote!(< dense(2 -> 1)),
        quote!(dense),
        quote!(dense()),
        quote!(dense(,)),
        quote!(dense(->)),
        quote!(dense(-> , )),
        quote!(dense(0 -> 0)),
        quote!(dense(1 -> 2), relu, tanh()),
        quote!(dense(1 -> (2 3))),
        quote!(dense(1 -> [2])),
        quote!(dense(1 -> {})),
        quote!(dense(_ -> 1)),
        quote!(dense(1 < 2, relu)),
        quote!(dense(1 -> 2, relu, ), , dense(3)),
        quote!("dense("),
        quote!("→"),
        quote!("'"),
        quote!(name: dense(1 -> 2)),
        quote!(pub),
        quote!(struct),
        quote!(struct Net),
        quote!(struct Net(dense(2 -> 1)); struct),
        quote!(struct Net<T>(dense(2 -> 1)) where T: Copy;),
        quote!(#[doc]),
        quote!(let net = dense(2 -> 1);),
    ];
    for input in broken {
        let shown = input.to_string();
        let (code, messages) = expanded(input);
        assert_eq!(messages.len(), code.matches("compile_error!").count(), "{shown}: {messages:?}");
        assert!(!messages.is_empty(), "{shown} is accepted");
    }
}

#[test]
fn only_source_code_is_told_that_a_literal_can_hold_arrows() {
    let advice = "write `->` between the widths: `dense(784 -> 128)`";
    let found = messages(quote!(dense(784 128, relu)));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(&format!("{advice}, or put")), "{found:?}");
    let found = messages(quote!("dense(784 128, relu)"));
    assert_eq!(found[0].lines().next(), Some(advice));
}

/// The names of all methods and constants in the inherent `impl`s of a struct.
fn members(items: &[syn::Item]) -> Vec<String> {
    let of = |item: &syn::Item| match item {
        syn::Item::Impl(found) if found.trait_.is_none() => {
            let names = found.items.iter().filter_map(|item| match item {
                syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                syn::ImplItem::Const(constant) => Some(constant.ident.to_string()),
                _ => None,
            });
            names.collect()
        }
        syn::Item::Const(syn::ItemConst { expr, .. }) => match &**expr {
            syn::Expr::Block(found) => {
                let items = found.block.stmts.iter().filter_map(|statement| match statement {
                    syn::Stmt::Item(item) => Some(item.clone()),
                    // `::nn::__with_std! { … }`
                    syn::Stmt::Macro(found) => Some(syn::Item::Macro(syn::ItemMacro {
                        attrs: Vec::new(),
                        ident: None,
                        mac: found.mac.clone(),
                        semi_token: None,
                    })),
                    _ => None,
                });
                members(&items.collect::<Vec<_>>())
            }
            _ => Vec::new(),
        },
        syn::Item::Macro(found) => match found.mac.parse_body::<File>() {
            Ok(file) => members(&file.items),
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    };
    items.iter().flat_map(of).collect()
}

#[test]
fn no_layer_has_the_name_of_a_method_or_a_constant() {
    let mut report = Report::default();
    let code =
        declare::network(quote!(::nn), quote!(struct Net { only: dense(2 -> 1) }), &mut report);
    let file: File = syn::parse2(code).expect("items");
    let members = members(&file.items);
    let taken = expand::taken();
    assert_eq!(members.len(), 1 + 16, "{members:?}");
    for name in members.iter().filter(|name| *name != "only") {
        let layer = quote::format_ident!("{name}");
        let found = messages(quote!(struct Net { #layer: dense(2 -> 1) }));
        assert!(
            found.len() == 1 && found[0].contains("every network already has a "),
            "{name}: {found:?}"
        );
    }
    for name in taken.methods.iter().chain(&taken.constants) {
        let layer = quote::format_ident!("{name}");
        assert_eq!(messages(quote!(struct Net { #layer: dense(2 -> 1) })).len(), 1, "{name}");
    }
}
