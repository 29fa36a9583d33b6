//! Every word of the vocabulary is accepted, and its names in other libraries give the right
//! advice. The cases are generated from the lists.

use nn_grammar::read;
use nn_grammar::vocabulary::{ACTIVATIONS, COLUMNS, INITIALIZERS, LAYERS, LayerKind};

/// Checks that the declaration is accepted.
fn accepted(text: &str) {
    if let Err(mistakes) = read(text, None) {
        panic!("{text}: {mistakes}");
    }
}

/// Checks that the declaration is rejected with this advice.
fn refused(text: &str, advice: &str) {
    let mistakes = read(text, None).err().map(|mistakes| mistakes.to_string());
    assert!(mistakes.as_ref().is_some_and(|found| found.contains(advice)), "{text}: {mistakes:?}");
}

#[test]
fn every_activation() {
    for activation in ACTIVATIONS {
        let word = activation.word;
        accepted(&format!("dense(3 -> 2, {word})"));
        if activation.parameter.is_some() {
            accepted(&format!("dense(3 -> 2, {word}(0.5))"));
        }
        for other in activation.elsewhere {
            refused(&format!("dense(3 -> 2, {other})"), &format!("write `{word}`"));
        }
    }
}

#[test]
fn every_initialiser() {
    for rule in INITIALIZERS {
        accepted(&format!("dense(3 -> 2, init = {})", rule.word));
        for other in rule.elsewhere {
            let advice = format!("write `{}`", rule.word);
            refused(&format!("dense(3 -> 2, init = {other})"), &advice);
        }
    }
}

#[test]
fn every_simple_layer_and_its_options() {
    let simple = LAYERS.iter().filter(|layer| matches!(layer.kind, LayerKind::Simple(_)));
    for layer in simple {
        // Encoders come first.
        let [before, after] = if layer.encodes() {
            ["", ", dense(8 -> 2)"]
        } else {
            ["dense(3 -> 8), ", ", dense(2)"]
        };
        let options = |names: &dyn Fn(usize) -> &'static str| -> String {
            let each = layer.options.iter().enumerate();
            let each = each.map(|(at, option)| format!("{} = {}", names(at), option.example));
            each.collect::<Vec<_>>().join(", ")
        };
        let text = options(&|at| layer.options[at].word);
        accepted(&format!("{before}{}({text}){after}", layer.word));
        for (at, option) in layer.options.iter().enumerate() {
            for other in option.elsewhere {
                let text =
                    options(&|place| if place == at { other } else { layer.options[place].word });
                let advice = format!("write `{}`", option.word);
                refused(&format!("{before}{}({text}){after}", layer.word), &advice);
            }
        }
        for other in layer.elsewhere {
            let advice = format!("write `{}`", layer.word);
            refused(&format!("dense(3 -> 8), {other}(), dense(2)"), &advice);
        }
    }
}

#[test]
fn every_column() {
    for row in COLUMNS {
        let words = if row.word == "category" { "12, " } else { "" };
        let block = |word: &str| format!("columns {{ a: {word}({words}complete) }}, dense(2)");
        accepted(&block(row.word));
        for other in row.elsewhere {
            refused(&block(other), &format!("unknown column type `{other}`; write `{}`", row.word));
        }
    }
    accepted("struct Price { row: columns { a: flag }, deep: dense(3) * 2, price: dense(1) }");
    accepted("columns { \"area (m²)\": number(log), type: category(30), }, dense(2)");
    for (wrong, advice) in [
        ("columns { }, dense(2)", "write what each column of a row holds"),
        (
            "columns { a }, dense(2)",
            "write a name and what the column holds, as in `area: number`, instead of `a`",
        ),
        ("columns { number }, dense(2)", "instead of `number`"),
        (
            "columns { a: }, dense(2)",
            "write what the column `a` holds: `number`, `category`, `flag` and `date`",
        ),
        ("columns { a: 12 }, dense(2)", "instead of `12`"),
        ("columns { a: shape }, dense(2)", "unknown column type `shape`; write one of `number`"),
        ("columns { a: category }, dense(2)", "write how many words of `a` have their own index"),
        ("columns { a: category() }, dense(2)", "write how many words of `a` have their own index"),
        ("columns { a: category(0) }, dense(2)", "`0` is not a number of words of `a`"),
        ("columns { a: category(3, 4) }, dense(2)", "`category` takes the number of words"),
        (
            "columns { a: number(12) }, dense(2)",
            "`number` takes `log` and `complete`; leave `12` out",
        ),
        ("columns { a: flag(log) }, dense(2)", "`flag` takes `complete`; leave `log` out"),
        ("columns { a: flag 3 }, dense(2)", "unexpected `3` after a column"),
        ("columns { a: flag, a: date }, dense(2)", "column 1 is already called `a`"),
        ("columns { size = 3 }, dense(2)", "`columns` has no option `size`"),
        ("columns { a: flag }", "`columns` alone have no layer to preprocess rows for"),
        ("dense(3 -> 2), columns { a: flag }, dense(2)", "so they must be its first layer"),
        (
            "concat { a: (columns { a: flag }, dense(2)), b: input(2) }, dense(2)",
            "in a branch of `concat`, `columns` must be in a network of their own",
        ),
        ("columns { a: flag } * 2, dense(2)", "`columns` cannot be repeated"),
        ("columns { a: flag }, dense(7 -> 2)", "takes 7 inputs but layer `layer1` gives 2 outputs"),
        ("columns[a: flag], dense(2)", "the columns of `columns` go in braces"),
    ] {
        refused(wrong, advice);
    }
}
