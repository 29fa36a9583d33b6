//! Declarations through the whole macro: what they expand to, parsed back, and the text of the
//! errors. How the compiler shows them is tested in `nn`.

use quote::quote;
use syn::File;

use super::*;

/// Expands as the macro does: the code without spaces, and the messages.
fn expanded(input: proc_macro2::TokenStream) -> (String, Vec<String>) {
    let mut report = report::Report::default();
    let code = declare::network(input, &mut report);
    (code.to_string().replace(' ', ""), report.messages().collect())
}

/// The items of a declaration without mistakes.
fn items(input: proc_macro2::TokenStream) -> String {
    let mut report = report::Report::default();
    let code = declare::network(input, &mut report);
    assert_eq!(report.messages().collect::<Vec<_>>(), Vec::<String>::new());
    let file: File = syn::parse2(code.clone()).expect("the expansion is a file of items");
    assert!(!file.items.is_empty());
    code.to_string().replace(' ', "")
}

/// The type of a declaration without mistakes.
fn type_of(input: proc_macro2::TokenStream) -> String {
    let mut report = report::Report::default();
    let code = declare::network(input, &mut report);
    assert_eq!(report.messages().collect::<Vec<_>>(), Vec::<String>::new());
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
    // What the user wrote stands there once.
    contains(&code, "const __WIDTH0: ::core::primitive::usize = cfg::IN;");
    contains(&code, "const __WIDTH2: ::core::primitive::usize = 2 * HALF;");
    contains(&code, "type Input = [T; { __WIDTH0 }];");
    contains(&code, "dense<{ __WIDTH0 }, { __WIDTH1 }, ::nn::__private::words::activation::relu>");
    // What the layer before gives: that it is what this one takes is asserted once.
    contains(&code, "dense<{ __WIDTH1 }, { __WIDTH3 }, ::nn::activation::Identity>");
    contains(&code, "check_widths::<{ __WIDTH1 }, { __WIDTH2 }>(\"layer `a`\", \"HIDDEN\",");
    contains(&code, "check_width::<{ __WIDTH0 }>(\"layer `a`\", \"cfg::IN\")");
    let same = items(quote! { struct Net(dense(3 -> N, relu), dense(N -> 1)); });
    assert!(!same.contains("check_widths"), "{same}");
}

#[test]
fn a_type_has_its_assertions_in_its_first_constant() {
    let code = type_of(quote!(dense(3 -> N), dense(4 -> 2)));
    contains(&code, "{ const _: () = ::nn::__private::check_width::<{ N }>");
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
    assert_eq!(code.matches("#[cfg(any())]").count(), 3, "{code}");
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
    let mut report = report::Report::default();
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

/// What is left of a declaration when one of its words is missing, or stands there twice, or two
/// have changed places.
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
        let mut report = report::Report::default();
        let code = declare::network(input, &mut report);
        assert!(syn::parse2::<File>(code.clone()).is_ok(), "{source}\n{code}");
        assert!(report.len() <= 4, "{source}\n{:?}", report.messages().collect::<Vec<_>>());
    }
    let mut types = mutilated(&format!("< {LAYERS} >"));
    types.extend(mutilated(LAYERS).into_iter().map(|text| format!("{text:?}")));
    for source in types {
        let Ok(input) = source.parse::<proc_macro2::TokenStream>() else { continue };
        let mut report = report::Report::default();
        let code = declare::network(input, &mut report);
        assert!(syn::parse2::<syn::Type>(code.clone()).is_ok(), "{source}\n{code}");
        assert!(report.len() <= 4, "{source}\n{:?}", report.messages().collect::<Vec<_>>());
    }
}

/// The expansion up to `path`.
fn before(input: proc_macro2::TokenStream, path: &str) -> String {
    let (code, _) = expanded(input);
    let at = code.find(path).unwrap_or_else(|| panic!("{path}\nis not in\n{code}"));
    code[..at].to_owned()
}

/// An editor that completes a word compares the expansion with that of a longer word, from the
/// beginning to the word: see `Report::anchor`.
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

/// What `network_file!` makes of a file with this text, and the messages.
fn from_file(text: &str) -> (String, Vec<String>) {
    let directory = std::env::temp_dir();
    let name = format!("network-{}-{}.net", std::process::id(), text.len());
    std::fs::write(directory.join(&name), text).expect("a file");
    let mut report = report::Report::default();
    let code = file::network_file(quote!(#name), &directory, &mut report);
    std::fs::remove_file(directory.join(&name)).expect("the file is there");
    let messages = report.messages().map(|message| message.replace(&name, "FILE")).collect();
    (code.to_string().replace(' ', "").replace(&name, "FILE"), messages)
}

#[test]
fn a_file_is_read_and_the_code_depends_on_it() {
    let (code, messages) =
        from_file("// Ten digits.\npub struct Digits(dense(784 → 10, softmax));\n");
    assert_eq!(messages, Vec::<String>::new());
    contains(&code, "pub struct Digits<");
    contains(
        &code,
        "::core::include_bytes!(::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"), \"/\", \"FILE\"))",
    );
    let (code, messages) = from_file("dense(784 → 32, relu), dense(10, softmax)");
    assert_eq!(messages, Vec::<String>::new());
    assert!(code.starts_with("::nn::Sequential::<"), "{code}");
    contains(&code, "include_bytes!");
}

#[test]
fn a_mistake_in_a_file_is_shown_with_line_and_column() {
    let (code, messages) = from_file("struct Net {\n    a: dense(4 → 3, rleu),\n}");
    assert_eq!(
        messages,
        [
            "there is no activation `rleu`; write `relu`\n --> FILE:2:21\n  |\n2 |     a: dense(4 → 3, \
             rleu),\n  |                     ^^^^"
        ]
    );
    contains(&code, "include_bytes!"); // so that it is compiled again when it is corrected
    let (_, messages) = from_file("");
    assert!(messages[0].starts_with("a network has at least one layer"), "{messages:?}");
}

#[test]
fn layers_side_by_side_are_typed() {
    let code = items(quote! {
        struct Net {
            both: concat { image: dense(4 -> 3, relu), meta: input(N), },
            answers: heads { class: dense(2, softmax), yes: (dense(4), dense(1, sigmoid)), x: dense(5) },
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
                 ::nn::layer::Then<__Layer0, __Layer1>>, ::nn::layer::Then<::nn::layer::Then<__Layer1, \
                 __Layer2>, ::nn::layer::Then<__Layer2, __Layer3>>>;";
    contains(&code, &format!("type Layers = {chain}"));
    contains(&code, "\"layer1.2\", \"layer2.0.layer1\", \"layer2.0.layer2\", \"layer2.1.layer1\"");
    contains(&code, "layer1: [[T; 4]; 3]");
    contains(&code, "fn layer1(&self, index: ::core::primitive::usize)");
    contains(&code, "3 + ::nn::__private::repetition(index, 2, \"layer `layer2`\") * (2)");
}
