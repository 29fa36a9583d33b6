//! Texts with mistakes: the messages, and the resulting networks.

#![cfg(feature = "std")]

use nn_grammar::network::{Chain, Step};
use nn_grammar::tokens::{Report, Text};
use nn_grammar::{Declaration, Taken, read, read_text};

#[track_caller]
fn mistakes(text: &str) -> Vec<String> {
    read(text, None).expect_err(text).messages().map(str::to_owned).collect()
}

#[test]
fn one_mistake_is_one_message() {
    let cases = [
        ("dense(784 128, relu)", "write `->` between the widths: `dense(784 -> 128)`"),
        ("dense(784, 128, relu)", "write `->` in place of the comma"),
        ("dense(IN, OUT, relu)", "write `->` in place of the comma"),
        ("dense(784 -> 128 relu)", "write a comma before the activation"),
        ("dense(28 * 28 -> 1)", "put the expression in parentheses: `(28 * 28)`"),
        ("dense(1 -> (2 3))", "`(2 3)` is not a number of units"),
        ("dense(1 -> {})", "`{}` is not a number of units"),
        ("dense(2 -> 1) dense(1)", "write a comma between two layers"),
        ("dense(2 -> 1, Relu())", "a custom activation is a type without arguments: `Relu`"),
        ("dens(2 -> 1)", "unknown layer `dens`; write `dense`"),
        ("dense(2 -> 1), conv(0.5), dense(3 -> 1)", "unknown layer `conv`"),
        ("dense(2 -> 1), ?, dense(3 -> 1)", "expected a layer"),
        ("dense(2→1) §", "unexpected `§`"),
        ("concat((), input(4)), dense(1)", "write the layers of this input"),
        ("concat(dense(1 -> 2), input(4)) * 2, dense(9 -> 1)", "`concat` cannot be repeated"),
        ("dense(4 -> 3), heads(dense(1), dense(1)), dense(9 -> 1)", "`heads` are the outputs"),
        ("dense(4 -> 0), layer_norm, dense(3 -> 1)", "a width of layer `layer1` is zero"),
        ("dropout(2.0), dense(3 -> 1)", "`2.0` is not a rate"),
        ("layer_norm, dropout(0.1)", "`dropout` at the end would drop outputs"),
        ("", "a network has at least one layer"),
        ("#[] struct Net(dense(2 -> 1));", "this is not an attribute"),
    ];
    for (text, expected) in cases {
        let found = mistakes(text);
        let found: Vec<&String> =
            found.iter().filter(|message| !message.contains("so its width is unknown")).collect();
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].starts_with(expected), "{text}: {found:?}");
    }
}

#[test]
fn a_mistake_is_shown_at_its_characters() {
    assert_eq!(
        mistakes("< dense(784→128, rleu), dense(10, softmax) >"),
        ["unknown activation `rleu`; write `relu`\n    \
          < dense(784→128, rleu), dense(10, softmax) >\n    \
          \u{20}                ^^^^"]
    );
}

#[test]
fn mistakes_come_in_the_order_of_the_text() {
    let found = mistakes("dense(4 -> 3, rleu), dense(2 -> 0), dense(1, softmax, bais = true)");
    assert_eq!(found.len(), 5, "{found:?}");
    let lines: Vec<usize> = found
        .iter()
        .map(|message| message.lines().last().expect("a line of carets").find('^').expect("one"))
        .collect();
    assert!(lines.is_sorted(), "{found:?}");
}

#[test]
fn names_can_be_taken() {
    let taken = Taken { methods: vec!["predict"], constants: vec!["INPUTS"], of_tables: vec![] };
    let text = Text::new("struct Net { predict: dense(2 -> 2), INPUTS: dense(1) }", None);
    let mut report = Report::default();
    let checked = read_text(&text, 0, &taken, &mut report);
    let found: Vec<String> = report.mistakes().map(|(_, message)| message).collect();
    assert!(found[0].contains("already has a method `predict`"), "{found:?}");
    assert!(found[1].contains("already has a constant `INPUTS`"), "{found:?}");
    let Declaration::Items(networks) = checked else { panic!("a struct") };
    let names = networks[0].chain.steps.iter().map(|step| step.title.name.plain());
    assert_eq!(names.collect::<Vec<_>>(), ["layer1_", "layer2_"]);
}

/// Variants of a text in which one word is missing or duplicated, or two words are swapped.
fn mutilated(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
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

/// Checks that the inputs of each layer equal the outputs of the layer before, where both are
/// numbers.
#[track_caller]
fn fits(steps: &[Step], text: &str) {
    assert!(!steps.is_empty(), "{text}");
    for pair in steps.windows(2) {
        if let (Some(gives), Some(takes)) = (pair[0].output.number(), pair[1].input.number()) {
            assert_eq!(gives, takes, "{} and {} in {text}", pair[0].title.text, pair[1].title.text);
        }
    }
    for step in steps {
        if let (true, Some(takes), Some(gives)) =
            (step.count > 1, step.input.number(), step.output.number())
        {
            assert_eq!(takes, gives, "{} in {text}", step.title.text);
        }
        step.parts().into_iter().for_each(|part| fits(part, text));
    }
}

#[test]
fn whatever_is_wrong_the_layers_that_come_out_fit() {
    let texts = [
        "dense ( 784 -> 128 , relu ) , dropout ( 0.2 ) , layer_norm , dense ( 64 ) * 1 , \
         dense ( 64 -> 9 )",
        "concat { a : ( dense ( 4 -> 3 ) , dense ( 5 ) ) , b : input ( 2 ) } , \
         dense ( 7 -> 2 , softmax )",
        "residual ( dense ( 4 -> 3 , relu ) , dense ( 4 ) ) * 3 , \
         heads { a : dense ( 2 ) , b : dense ( 1 ) }",
        "struct Net { first : dense ( 4 -> 3 , elu ( 0.5 ) ) , second : Encoder , \
         third : my::Gate ( 3 -> 2 ) }",
        "dense ( 0 -> 0 ) , dense ( 3 -> 0 ) * 2 , residual ( dense ( 0 ) ) , \
         dense ( 5 -> 1 , softmax ) * 2",
        "dense ( 4000000000 -> 4000000000 ) , dense ( 3 -> 4 ) , conv ( 1 ) , dense ( 5 -> 1 )",
    ];
    for text in texts.iter().flat_map(|text| mutilated(text)) {
        let mut report = Report::default();
        let chains: Vec<Chain> =
            match read_text(&Text::new(&text, None), 0, &Taken::default(), &mut report) {
                Declaration::Items(networks) => networks.into_iter().map(|n| n.chain).collect(),
                Declaration::Type(chain) => vec![chain],
            };
        chains.iter().for_each(|chain| fits(&chain.steps, &text));
    }
}

/// Nested brackets are parsed in linear time, and too deep nesting is a mistake: the text of a file
/// must not be able to stop a program.
#[test]
fn brackets_are_nested_to_a_limit() {
    let nested = |open: &str, count: usize, close: &str| {
        format!("dense(3 -> {}4{})", open.repeat(count), close.repeat(count))
    };
    assert!(read(&nested("(", 60, ")"), None).is_ok());
    for text in [
        nested("(", 100_000, ")"),
        nested("[{(", 50_000, ")}]"),
        nested("(", 100_000, ""),
        format!("dense(3 -> 3), {}", "residual(".repeat(100_000)),
    ] {
        let mistakes = read(&text, None).unwrap_err();
        assert_eq!(mistakes.len(), 1, "{mistakes}");
        assert!(mistakes.to_string().starts_with("brackets are nested too deeply"), "{mistakes}");
    }
    for sign in ["-", "!", "&"] {
        assert!(read(&nested(sign, 100_000, ""), None).is_err());
    }
    let arguments = format!("dense(3 -> 2, {} {})", "A<".repeat(10_000), ">".repeat(10_000));
    assert!(read(&arguments, None).is_err());
}
