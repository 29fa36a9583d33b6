//! Every word of the vocabulary can be written, and so can what others call it: cases made from the lists.

use nn_grammar::read;
use nn_grammar::vocabulary::{ACTIVATIONS, INITIALIZERS, LAYERS, LayerKind};

/// Nothing is wrong with the declaration.
fn accepted(text: &str) {
    if let Err(mistakes) = read(text, None) {
        panic!("{text}: {mistakes}");
    }
}

/// The declaration is refused with this advice.
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
        // What prepares rows comes first.
        let encodes = matches!(&layer.kind, LayerKind::Simple(simple) if simple.encodes);
        let [before, after] =
            if encodes { ["", ", dense(8 -> 2)"] } else { ["dense(3 -> 8), ", ", dense(2)"] };
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
