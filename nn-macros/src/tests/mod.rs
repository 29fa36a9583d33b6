//! Declarations through the whole macro: their expansion, parsed back, and the text of the errors.
//! `nn` tests how the compiler shows them.

mod files;
mod half_typed;
mod mistakes;

use quote::quote;
use syn::File;

use super::*;

/// Expands as the macro does: the code without spaces, and the messages.
fn expanded(input: proc_macro2::TokenStream) -> (String, Vec<String>) {
    let mut report = Report::default();
    let code = declare::network(quote!(::nn), input, &mut report);
    (code.to_string().replace(' ', ""), messages_of(&report).collect())
}

/// The message of every mistake.
fn messages_of(report: &Report) -> impl Iterator<Item = String> {
    report.mistakes().map(|(_, message)| message)
}

/// The items of a declaration without mistakes.
fn items(input: proc_macro2::TokenStream) -> String {
    let mut report = Report::default();
    let code = declare::network(quote!(::nn), input, &mut report);
    assert_eq!(messages_of(&report).collect::<Vec<_>>(), Vec::<String>::new());
    let file: File = syn::parse2(code.clone()).expect("the expansion is a file of items");
    assert!(!file.items.is_empty());
    code.to_string().replace(' ', "")
}

/// The type of a declaration without mistakes.
fn type_of(input: proc_macro2::TokenStream) -> String {
    let mut report = Report::default();
    let code = declare::network(quote!(::nn), input, &mut report);
    assert_eq!(messages_of(&report).collect::<Vec<_>>(), Vec::<String>::new());
    syn::parse2::<syn::Type>(code.clone()).expect("the expansion is a type");
    code.to_string().replace(' ', "")
}

fn messages(input: proc_macro2::TokenStream) -> Vec<String> {
    expanded(input).1
}

#[track_caller]
fn contains(code: &str, fragment: &str) {
    assert!(code.contains(&fragment.replace(' ', "")), "{fragment}\nis not in\n{code}");
}

#[test]
fn fields_become_layers_and_methods() {
    let code = items(quote! {
        /// Ten digits.
        #[derive(Debug)]
        pub struct Digits {
            /// Finds strokes.
            hidden: dense(784 -> 128, relu),
            output: dense(128 -> 10, softmax),
        }
    });
    contains(&code, "pub struct Digits<T: ::nn::Float = ::core::primitive::f32> { parameters:");
    contains(&code, "impl<T: ::nn::Float> ::nn::Architecture for Digits<T>");
    contains(&code, "impl<T: ::nn::Float> ::nn::Network for Digits<T>");
    contains(
        &code,
        "type __Layer0 = ::nn::__private::words::layer::dense<784, 128, \
         ::nn::__private::words::activation::relu>;",
    );
    contains(&code, "type Layers = ::nn::layer::Then<__Layer0, __Layer1>;");
    contains(&code, "type Head = ::nn::__private::words::head::softmax<10>;");
    contains(&code, "type Input = [T; 784];");
    contains(&code, "&[\"hidden\", \"output\"]");
    contains(&code, "pub fn hidden(&self) -> ::nn::layer::DenseView<'_, T, 784, 128>");
    contains(&code, "dense_view::<Self, 128, 10>(self, 1)");
    contains(&code, "100480"); // 784·128 + 128, in the documentation
    contains(&code, "#[derive(::core::clone::Clone)]");
}

#[test]
fn a_tuple_struct_numbers_its_layers_and_widths_are_inferred() {
    let code =
        items(quote! { struct Digits(dense(784 -> 128, tanh), dense(64), dense(1, sigmoid),); });
    contains(&code, "&[\"layer1\", \"layer2\", \"layer3\"]");
    contains(&code, "dense<128, 64, ::nn::activation::Identity>");
    contains(&code, "dense<64, 1, ::nn::activation::Identity>");
    contains(&code, "type Head = ::nn::__private::words::head::sigmoid<1>;");
    contains(&code, "]fn layer3(&self)"); // as private as the struct
}

#[test]
fn an_activation_that_is_no_head_stays_in_the_last_layer() {
    let code = type_of(quote!(dense(4 -> 2, relu)));
    let expected = "::nn::Sequential::<::nn::__private::words::layer::dense<4, 2, \
                    ::nn::__private::words::activation::relu>, \
                    ::nn::head::Linear<2>, 4, 2>";
    assert_eq!(code, expected.replace(' ', ""));
    contains(
        &type_of(quote!(dense(4 -> 2, my::Swish))),
        "dense<4, 2, my::Swish>, ::nn::head::Linear<2>",
    );
    contains(&type_of(quote!(dense(4 -> 2, Leak<{ 1 }, f32>))), "dense<4, 2, Leak<{1},f32>>");
}

#[test]
fn every_notation_of_a_list_is_the_same_type() {
    let expected = type_of(quote!(dense(784 -> 128, relu), dense(128 -> 10, softmax)));
    assert_eq!(type_of(quote!(dense(784 -> 128, relu), dense(10, softmax),)), expected);
    assert_eq!(type_of(quote!(<dense(784usize -> 1_28, relu), dense((10), softmax,)>)), expected);
    assert_eq!(type_of(quote!("< dense(784→128, relu), dense(128→10, softmax) >")), expected);
    assert_eq!(type_of(quote!("[dense(784->128,relu),dense({10},softmax),]")), expected);
    assert_eq!(type_of(quote!(r"dense ( 784 → 0x80 , relu ) , dense ( 10 , softmax )")), expected);
}

#[test]
fn constants_are_checked_by_the_compiler() {
    let code = items(quote! {
        struct Net { a: dense(cfg::IN -> HIDDEN, relu), b: dense((2 * HALF) -> {OUT}), }
    });
    // The user's code appears once.
    contains(&code, "const __WIDTH0: ::core::primitive::usize = cfg::IN;");
    contains(&code, "const __WIDTH2: ::core::primitive::usize = 2 * HALF;");
    contains(&code, "type Input = [T; { __WIDTH0 }];");
    contains(&code, "dense<{ __WIDTH0 }, { __WIDTH1 }, ::nn::__private::words::activation::relu>");
    // The outputs of the layer before: their equality with the inputs of this one is asserted once.
    contains(&code, "dense<{ __WIDTH1 }, { __WIDTH3 }, ::nn::activation::Identity>");
    contains(&code, "check_widths::<{ __WIDTH1 }, { __WIDTH2 }>(\"layer `a`\", \"HIDDEN\",");
    contains(&code, "check_width::<{ __WIDTH0 }>(\"layer `a`\", \"cfg::IN\")");
    let same = items(quote! { struct Net(dense(3 -> N, relu), dense(N -> 1)); });
    assert!(!same.contains("check_widths"), "{same}");
}

#[test]
fn a_type_has_its_assertions_in_its_first_constant() {
    let code = type_of(quote!(dense(3 -> N), dense(4 -> 2)));
    contains(
        &code,
        "{ const _: () = { use ::nn::__private::check_widths; check_widths::<{ N }, 4>",
    );
    contains(&code, "check_widths::<{ N }, 4>");
}

#[test]
fn the_float_has_a_name_that_is_free() {
    contains(&items(quote! { struct T(dense(2 -> 1, F)); }), "struct T<Number: ::nn::Float");
    contains(&items(quote! { struct Net(dense({T::N} -> 1)); }), "struct Net<F: ::nn::Float");
}

#[test]
fn attributes_that_decide_about_the_whole_network_go_everywhere() {
    let code = items(quote! {
        #[cfg(any())]
        #[derive(Clone)]
        struct Net(dense(N -> 1));
    });
    assert_eq!(code.matches("#[cfg(any())]").count(), 4, "{code}");
    assert_eq!(code.matches("#[derive(Clone)]").count(), 1, "{code}");
}

#[test]
fn two_hundred_layers_nest_eight_deep() {
    let layers = (0..200).map(|_| quote!(dense(4 -> 4, relu)));
    let code = type_of(quote!(#(#layers),*));
    let mut depth = 0_usize;
    let mut deepest = 0;
    for c in code.chars() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    assert_eq!(deepest, 1 + 8 + 1);
}

#[test]
fn names_may_be_raw_or_not_ascii() {
    let code = items(quote! { struct Net { r#type: dense(3 -> 2, relu), cachée: dense(1) } });
    contains(&code, "&[\"type\", \"cachée\"]");
    contains(&code, "fn r#type(&self)");
    contains(
        &items(quote! { struct Net = "entrée: dense(3→2), sortie: dense(1)"; }),
        "&[\"entrée\", \"sortie\"]",
    );
}

#[test]
fn layers_side_by_side_are_typed() {
    let code = items(quote! {
        struct Net {
            both: concat { image: dense(4 -> 3, relu), meta: input(N), },
            answers: heads {
                class: dense(2, softmax), yes: (dense(4), dense(1, sigmoid)), x: dense(5),
            },
        }
    });
    contains(&code, "struct NetInput<T = ::core::primitive::f32>");
    contains(&code, "meta: [T; { N }]");
    contains(&code, "concat<");
    contains(&code, "input<{ __WIDTH0 }>, { 3 + __WIDTH0 }>");
    contains(&code, "fn predict(&self, image: &[T; 4], meta: &[T; { __WIDTH0 }]) -> NetOutput<T>");
    contains(
        &code,
        "type Head = ::nn::head::Both<::nn::__private::words::head::softmax<2>, ::nn::head::Both<\
         ::nn::__private::words::head::sigmoid<1>, ::nn::head::Linear<5>>>;",
    );
    contains(
        &code,
        "\"both.image\", \"both.meta\", \"answers.class\", \"answers.yes.layer1\", \
         \"answers.yes.layer2\", \"answers.x\"",
    );
    contains(&code, "part::<T, 5>(&row, 3)");
}

#[test]
fn repetitions_are_a_tree_of_one_type() {
    let code = items(quote! {
        struct Net(dense(4 -> 4) * 3, residual(dense(2), dense(4)) * 2, Encoder * 2, dense(1));
    });
    let chain = "::nn::layer::Then<::nn::layer::Then<::nn::layer::Then<__Layer0, __Layer0>, \
                 ::nn::layer::Then<__Layer0, __Layer1>>, \
                 ::nn::layer::Then<::nn::layer::Then<__Layer1, __Layer2>, \
                 ::nn::layer::Then<__Layer2, __Layer3>>>;";
    contains(&code, &format!("type Layers = {chain}"));
    contains(&code, "\"layer1.2\", \"layer2.0.layer1\", \"layer2.0.layer2\", \"layer2.1.layer1\"");
    contains(&code, "layer1: [[T; 4]; 3]");
    contains(&code, "fn layer1(&self, index: ::core::primitive::usize)");
    contains(&code, "3 + ::nn::__private::repetition(index, 2, \"layer `layer2`\") * (2)");
}

/// The names that a layer cannot have are those in the traits that `nn` implements for every
/// network.
#[test]
fn no_layer_hides_a_method_that_every_network_has() {
    let sources = [
        include_str!("../../../nn/src/network/instance.rs"),
        include_str!("../../../nn/src/file/checkpoint/mod.rs"),
        include_str!("../../../nn/src/picture/mod.rs"),
        include_str!("../../../nn/src/tape/mod.rs"),
        include_str!("../../../nn/src/metric/mod.rs"),
    ];
    let taken = crate::expand::taken();
    let mut count = 0;
    for source in sources {
        let every =
            source.split("\npub trait ").skip(1).filter_map(|rest| rest.split("\n}\n").next());
        for body in every.filter(|body| body.contains("Network") || body.starts_with("Picture")) {
            for method in body.lines().filter_map(|line| line.strip_prefix("    fn ")) {
                let name = method.split(['(', '<']).next().unwrap_or_default();
                assert!(taken.methods.contains(&name), "`{name}` is missing in `TRAIT_METHODS`");
                count += 1;
            }
        }
    }
    assert!(count >= 15, "only {count} methods found: are the traits elsewhere?");
}
