//! Declarations with mistakes: the text of every error, and what is left of the network.

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
            "there is no activation `rleu`; write `relu`",
            "a width of layer `b` is zero; write the number of units, 1 or more",
            "layer `b` takes 64 inputs but layer `a` gives 128 outputs; write `dense(128 -> 0, \
             softmax)` or leave the input out: `dense(0, softmax)`",
            "nothing comes before layer `layer1`, so its number of inputs must be written: \
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
    let code = declare::network(input, &mut report);
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
fn one_mistake_is_one_message() {
    let cases = [
        (
            quote!(dense(784 128, relu)),
            "write `->` between the widths: `dense(784 -> 128)`, or put",
        ),
        (quote!(dense(784, 128, relu)), "write `->` in place of the comma"),
        (quote!(dense(IN, OUT, relu)), "write `->` in place of the comma"),
        (quote!(dense(784 -> 128 relu)), "write a comma before the activation"),
        (quote!(dense(28 * 28 -> 1)), "put the expression in parentheses: `(28 * 28)`"),
        (quote!(dense(2 -> 1) dense(1)), "write a comma between two layers"),
        (
            quote!(dense(2 -> 1, Relu())),
            "an activation of your own is a type without arguments: `Relu`",
        ),
        (quote!(dens(2 -> 1)), "there is no layer `dens`; write `dense`"),
        (quote!(dense(2 -> 1), conv(0.5), dense(3 -> 1)), "there is no layer `conv`"),
        (quote!(dense(2 -> 1), ?, dense(3 -> 1)), "expected a layer"),
        (quote!("dense(2→1) §"), "`§` means nothing here"),
    ];
    for (input, expected) in cases {
        let found = messages(input.clone());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].starts_with(expected), "{input}: {found:?}");
    }
}

#[test]
fn a_mistake_in_a_string_is_shown_at_its_characters() {
    let found = messages(quote!("< dense(784→128, rleu), dense(10, softmax) >"));
    assert_eq!(
        found,
        ["there is no activation `rleu`; write `relu`\n    \
          < dense(784→128, rleu), dense(10, softmax) >\n    \
          \u{20}                ^^^^"]
    );
}
