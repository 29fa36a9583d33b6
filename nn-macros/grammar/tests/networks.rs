//! The result of valid texts, from which networks are built at run time.

#![cfg(feature = "std")]

use nn_grammar::ast::Value;
use nn_grammar::network::{Chain, SeamKind, Unit};
use nn_grammar::vocabulary::{ACTIVATIONS, INITIALIZERS, LAYERS, LayerKind};
use nn_grammar::{Declaration, read};

#[track_caller]
fn layers(text: &str) -> Chain {
    match read(text, None) {
        Ok(Declaration::Type(chain)) => chain,
        Ok(Declaration::Items(_)) => panic!("{text}: layers, not a struct"),
        Err(mistakes) => panic!("{mistakes}"),
    }
}

#[test]
fn a_file_has_several_networks() {
    let text = "/// Ten digits.\npub struct Digits { hidden: dense(784→128), \
                out: dense(10, softmax) }\n\
                // and\nstruct Net = \"dense(4 -> 2)\";";
    let Ok(Declaration::Items(networks)) = read(text, Some("a.net")) else { panic!("two structs") };
    assert_eq!(networks.len(), 2);
    assert!(networks[0].head.attributes[0].is("doc"));
    assert_eq!(networks[0].head.name.text, "Digits");
    let names = networks[0].chain.steps.iter().map(|step| step.title.name.text.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["hidden", "out"]);
    assert_eq!(networks[1].chain.steps[0].title.name.text, "layer1");
}

#[test]
fn widths_flow_and_repetitions_count() {
    let chain = layers(
        "layer_norm, dense(784 -> 128, relu) * 1, dropout(0.2), residual(dense(64), \
                        dense(128)) * 3, dense(1)",
    );
    let widths = chain.steps.iter().map(|step| (step.input.number(), step.output.number()));
    let expected = [(784, 784), (784, 128), (128, 128), (128, 128), (128, 1)];
    assert_eq!(
        widths.collect::<Vec<_>>(),
        expected.map(|(input, output)| (Some(input), Some(output)))
    );
    assert_eq!(chain.steps[3].count, 3);
    assert_eq!(chain.steps[3].parts()[0][0].output.number(), Some(64));
}

#[test]
fn activations_and_options_have_their_numbers() {
    let chain = layers(
        "dense(4 -> 3, leaky_relu(slope = 0.1), init = zeros, bias = false, l2 = 1e-4), \
                        batch_norm(epsilon = 1e-3), dense(2, softmax)",
    );
    let Unit::Dense { dense, head: false } = &chain.steps[0].unit else { panic!("dense") };
    let activation = dense.activation.as_ref().expect("leaky_relu");
    assert_eq!(activation.word().map(|word| word.text.as_str()), Some("leaky_relu"));
    assert_eq!(activation.parameter.as_ref().and_then(|slope| slope.value), Some(0.1));
    assert_eq!(dense.options().len(), 3);
    assert_eq!((dense.bias, dense.l2.as_ref().and_then(|l2| l2.value)), (Some(false), Some(1e-4)));
    let Unit::Simple(norm) = &chain.steps[1].unit else { panic!("batch norm") };
    assert_eq!(norm.layer.word, "batch_norm");
    let numbers = norm.numbers.iter().map(|number| number.as_ref().and_then(|number| number.value));
    assert_eq!(numbers.collect::<Vec<_>>(), [None, Some(1e-3)]);
    assert!(matches!(&chain.steps[2].unit, Unit::Dense { head: true, .. }));
}

#[test]
fn branches_stand_side_by_side() {
    let chain = layers(
        "concat { image: dense(4 -> 3), meta: (input(2), dense(5)) }, heads { class: \
                        dense(2, softmax), angle: dense(1) }",
    );
    let Unit::Concat(inputs) = &chain.steps[0].unit else { panic!("concat") };
    assert_eq!(inputs[1].name.text, "meta");
    assert_eq!(inputs[1].layers.len(), 2);
    assert_eq!((chain.steps[0].input.number(), chain.steps[0].output.number()), (Some(6), Some(8)));
    let Unit::Heads(heads) = &chain.steps[1].unit else { panic!("heads") };
    assert!(matches!(&heads[0].layers[0].unit, Unit::Dense { head: true, .. }));
    assert!(matches!(&heads[1].layers[0].unit, Unit::Dense { head: false, .. }));
    assert_eq!(chain.steps[1].output.number(), Some(3));
}

#[test]
fn what_only_the_compiler_knows_stays_as_it_is_written() {
    let chain = layers(
        "dense(cfg::IN -> (2 * N), my::Swish), dense(64 -> 2), models::Encoder, \
                        my::Gate<A>(3 -> 2), dropout(RATE)
                        , dense(1)",
    );
    assert_eq!(chain.steps[0].input.text(), "cfg::IN");
    assert!(matches!(&chain.steps[0].output.value, Value::Const(code) if code.text == "2 * N"));
    assert_eq!(chain.steps[2].output.text(), "models::Encoder::OUTPUTS");
    let Unit::Own(gate) = &chain.steps[3].unit else { panic!("a layer of the user's") };
    assert_eq!(gate.text, "my::Gate<A>");
    let (path, arguments) = gate.without_arguments();
    assert_eq!((path.len(), arguments.len()), (4, 1));
    let kinds: Vec<bool> =
        chain.seams.iter().map(|seam| matches!(&seam.kind, SeamKind::Neighbours { .. })).collect();
    assert_eq!(kinds, [true; 3]);
}

#[test]
fn every_word_of_the_vocabulary_is_read() {
    for layer in LAYERS {
        if let LayerKind::Simple(simple) = &layer.kind {
            let options = layer.options.iter().map(|o| format!("{} = {}", o.word, o.example));
            let options = options.collect::<Vec<_>>().join(", ");
            let chain = layers(&format!("{}({options}), dense(8 -> 1)", layer.word));
            let Unit::Simple(found) = &chain.steps[0].unit else { panic!("{}", layer.word) };
            assert_eq!(found.row.label, simple.label);
            assert!(found.numbers.iter().all(Option::is_some));
        }
    }
    for activation in ACTIVATIONS {
        let number = activation.parameter.map_or("", |_| "(0.1)");
        layers(&format!("dense(4 -> 2, {}{number})", activation.word));
    }
    for initializer in INITIALIZERS {
        layers(&format!("dense(4 -> 2, init = {})", initializer.word));
    }
}
