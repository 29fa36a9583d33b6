//! Incomplete declarations: editors get code that they can complete, regardless of what is missing.

use quote::quote;

use super::*;

/// Variants of a declaration in which one word is missing or duplicated, or two words are swapped.
fn mutilated(source: &str) -> Vec<String> {
    let words: Vec<&str> = source.split_whitespace().collect();
    let mut all = Vec::new();
    for at in 0..words.len() {
        let mut without = words.clone();
        without.remove(at);
        let mut twice = words.clone();
        twice.insert(at, words[at]);
        let mut swapped = words.clone();
        swapped.swap(at, (at + 1) % words.len());
        all.extend([without.join(" "), twice.join(" "), swapped.join(" ")]);
    }
    all
}

#[test]
fn whatever_is_missing_the_expansion_can_be_parsed() {
    const LAYERS: &str = "dense ( 784 -> 128 , relu ) , dense ( N -> ( 2 * M ) , my::Swish ) , \
                          dense ( { 3 } , sigmoid )";
    let named = "pub struct Net { a : dense ( 4 -> 3 , relu ) , #[doc=\"d\"] b : dense ( 2 ) , }";
    let tuple = format!("#[derive(Debug)] struct Net ( {LAYERS} ) ;");
    let mut items: Vec<_> = [mutilated(named), mutilated(&tuple)].concat();
    items.extend(mutilated(LAYERS).into_iter().map(|text| format!("struct Net = {text:?} ;")));
    let items = items.into_iter().map(|item| format!("pub {item}").replace("pub #", "#"));
    for source in items {
        let Ok(input) = source.parse::<proc_macro2::TokenStream>() else { continue };
        let mut report = Report::default();
        let code = declare::network(quote!(::nn), input, &mut report);
        assert!(syn::parse2::<File>(code.clone()).is_ok(), "{source}\n{code}");
        assert!(report.len() <= 4, "{source}\n{:?}", messages_of(&report).collect::<Vec<_>>());
    }
    let mut types = mutilated(&format!("< {LAYERS} >"));
    types.extend(mutilated(LAYERS).into_iter().map(|text| format!("{text:?}")));
    for source in types {
        let Ok(input) = source.parse::<proc_macro2::TokenStream>() else { continue };
        let mut report = Report::default();
        let code = declare::network(quote!(::nn), input, &mut report);
        assert!(syn::parse2::<syn::Type>(code.clone()).is_ok(), "{source}\n{code}");
        assert!(report.len() <= 4, "{source}\n{:?}", messages_of(&report).collect::<Vec<_>>());
    }
}

/// The expansion up to `path`.
fn before(input: proc_macro2::TokenStream, path: &str) -> String {
    let (code, _) = expanded(input);
    let at = code.find(path).unwrap_or_else(|| panic!("{path}\nis not in\n{code}"));
    code[..at].to_owned()
}

/// To complete a word, an editor compares the expansion up to that word with the expansion for a
/// longer word: see `Mention`.
#[test]
fn what_is_half_typed_can_be_completed() {
    let words = "::nn::__private::words::";
    let cases = [
        (
            quote!(struct Net(dense(4 -> 3, re), dense(2));),
            quote!(struct Net(dense(4 -> 3, reX), dense(2));),
            format!("{words}activation::re"),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3, ), b: dense(2) }),
            quote!(struct Net { a: dense(4 -> 3, x), b: dense(2) }),
            format!("{words}activation::"),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3), b: dro, c: dense(2) }),
            quote!(struct Net { a: dense(4 -> 3), b: droX, c: dense(2) }),
            format!("{words}layer::dro"),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3), b: }),
            quote!(struct Net { a: dense(4 -> 3), b: x }),
            format!("{words}activation::linear>=::core::option::Option::None;"),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3), b: my:: }),
            quote!(struct Net { a: dense(4 -> 3), b: my::x }),
            "Option<my::".to_owned(),
        ),
        (
            quote!(struct Net { a: dense(4 -> cfg::, relu), b: dense(2) }),
            quote!(struct Net { a: dense(4 -> cfg::x, relu), b: dense(2) }),
            "usize=cfg::".to_owned(),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3, my::Swi), b: dense(2, init = he) }),
            quote!(struct Net { a: dense(4 -> 3, my::Swish), b: dense(2, init = he) }),
            "Option<my::Swi".to_owned(),
        ),
        (
            quote!(struct Net { a: dense(4 -> 3, relu), b: dense(2, init = he) }),
            quote!(struct Net { a: dense(4 -> 3, relu), b: dense(2, init = heX) }),
            format!("{words}init::he"),
        ),
    ];
    for (short, long, path) in cases {
        let shown = short.to_string();
        assert_eq!(before(short, &path), before(long, &path), "{shown}");
    }
}

#[test]
fn a_half_typed_network_keeps_the_layers_that_are_there() {
    let (code, messages) = expanded(quote! {
        pub struct Digits { hidden: dense(784 -> 128, relu), mid, output: dense(10, softm) }
    });
    assert_eq!(messages.len(), 2, "{messages:?}");
    for method in ["hidden", "output"] {
        contains(&code, &format!("pub fn {method}(&self)"));
    }
    contains(&code, "type Input = [T; 784];");
    contains(&code, "words::head::softmax<10>");
}
