//! The rules of a network. Every mistake is reported, each at its own token, in a sentence that
//! says what to write instead.
//!
//! What the parser already complained about is skipped, so that one mistake gives one message.

use std::collections::HashMap;

use syn::ext::IdentExt;

use crate::ast::{ACTIVATIONS, Activation, Declaration, LAYERS, Layer, Layers, SOFTMAX, Width};
use crate::report::Report;
use crate::spelling::nearest;

/// Reports everything that is wrong with the declaration.
pub(crate) fn check(declaration: &Declaration, report: &mut Report) {
    match declaration {
        Declaration::Items(networks) => {
            for network in networks {
                network_layers(&network.layers, report);
            }
        }
        Declaration::Type(layers) => network_layers(layers, report),
    }
}

fn network_layers(layers: &Layers, report: &mut Report) {
    not_empty(layers, report);
    names(layers, report);
    for (at, layer) in layers.list.iter().enumerate() {
        kind(layer, report);
        activation(layer, at + 1 == layers.list.len(), report);
        for width in layer.input.iter().chain(&layer.output).filter(|width| !width.guessed) {
            width_is_possible(width, layer, report);
        }
    }
    first_input(layers, report);
    seams(layers, report);
    size(layers, report);
}

fn not_empty(layers: &Layers, report: &mut Report) {
    if layers.list.is_empty() && !layers.incomplete {
        let advice = "a network has at least one layer; write its layers, as in \
                      `dense(784 -> 128, relu), dense(128 -> 10, softmax)`";
        report.error(&layers.place, advice);
    }
}

/// Methods and constants that a layer's own method must not hide: those of `Network`, of the
/// generated struct, and of traits that every network has.
pub(crate) const TAKEN: &[&str] = &[
    "init",
    "load",
    "save",
    "predict",
    "predict_batch",
    "predict_into",
    "logits",
    "logits_into",
    "for_logits",
    "evaluate",
    "on_tape",
    "self_check",
    "parameters",
    "parameters_mut",
    "from_parameters",
    "clone",
    "clone_from",
    "fmt",
    "to_string",
    "to_owned",
    "borrow",
    "borrow_mut",
    "into",
    "try_into",
    "as_ref",
];

/// A layer's name becomes a method, so it must be free, and there once.
fn names(layers: &Layers, report: &mut Report) {
    let mut seen = HashMap::new();
    for (at, layer) in layers.list.iter().enumerate() {
        let name = layer.name.to_string();
        let plain = layer.name.unraw().to_string();
        if name == "_" {
            let advice = "a layer's name becomes a method, so it cannot be `_`; write a name such \
                          as `hidden`";
            report.error(&layer.name_place, advice);
            continue;
        }
        if syn::parse_str::<syn::Ident>(&name).is_err() {
            let advice =
                format!("`{name}` is a word of the language; write `{name}_` or another name");
            report.error(&layer.name_place, advice);
            continue;
        }
        if TAKEN.contains(&plain.as_str()) {
            let advice = format!(
                "a layer's name becomes a method, and every network has a method `{plain}` \
                 already; write another name, such as `{plain}_layer`"
            );
            report.error(&layer.name_place, advice);
        }
        if let Some(first) = seen.insert(plain.clone(), at + 1) {
            let advice =
                format!("layer {first} is called `{plain}` already; give this one another name");
            report.error(&layer.name_place, advice);
        }
    }
}

fn kind(layer: &Layer, report: &mut Report) {
    let kind = layer.kind.as_str();
    if LAYERS.contains(&kind) {
        return;
    }
    let advice = match layer_meant_by(kind) {
        Some(known) => format!("there is no layer `{kind}`; write `{known}`"),
        None => {
            format!("there is no layer `{kind}`; the layers that there are: {}", listed(LAYERS))
        }
    };
    report.error(&layer.kind_place, advice);
}

/// The layer that a word names, perhaps misspelt or as other libraries do.
pub(crate) fn layer_meant_by(kind: &str) -> Option<&'static str> {
    let synonym = ["linear", "fc", "fully_connected", "Linear"].contains(&kind).then_some("dense");
    synonym.or_else(|| nearest(kind, LAYERS.iter().copied()))
}

/// The names by which other libraries call an activation.
const SYNONYMS: &[(&str, &str)] = &[
    ("swish", "silu"),
    ("logistic", "sigmoid"),
    ("none", "linear"),
    ("log_softmax", SOFTMAX),
    ("hardsigmoid", "hard_sigmoid"),
    ("hard_swish", "silu"),
];

/// The activation is known, and softmax stands at the end over at least two outputs.
fn activation(layer: &Layer, last: bool, report: &mut Report) {
    let Some(Activation::Word { word, place }) = &layer.activation else { return };
    if !ACTIVATIONS.iter().any(|(known, _)| known == word) {
        let synonym = SYNONYMS.iter().find(|(other, _)| other == word).map(|(_, known)| *known);
        let known = || ACTIVATIONS.iter().map(|(known, _)| *known);
        let advice = match synonym.or_else(|| nearest(word, known())) {
            Some(known) => format!("there is no activation `{word}`; write `{known}`"),
            None => format!(
                "there is no activation `{word}`; there are {}, and types of your own, such as \
                 `my::Swish`",
                listed(&known().collect::<Vec<_>>())
            ),
        };
        report.error(place, advice);
    } else if word == SOFTMAX && !last {
        let advice = format!(
            "softmax turns the last layer into probabilities, and layer `{}` is not the last; \
             write `relu` or another activation",
            layer.name.unraw()
        );
        report.error(place, advice);
    } else if word == SOFTMAX && layer.output.as_ref().and_then(Width::number) == Some(1) {
        let advice = "softmax of a single output is always 1; write `sigmoid` for a yes-or-no \
                      answer, or one output for each class";
        report.error(place, advice);
    }
}

/// The largest width: what is beyond is a slip of the keyboard.
const LARGEST: u64 = u32::MAX as u64;

fn possible(width: u64) -> bool {
    (1..=LARGEST).contains(&width)
}

fn width_is_possible(width: &Width, layer: &Layer, report: &mut Report) {
    let name = layer.name.unraw();
    match width.number() {
        Some(0) => {
            let advice =
                format!("a width of layer `{name}` is zero; write the number of units, 1 or more");
            report.error(&width.place, advice);
        }
        Some(number) if number > LARGEST => {
            let advice = format!(
                "a width of layer `{name}` is {number}; write a number of units that fits into \
                 memory, {LARGEST} at most"
            );
            report.error(&width.place, advice);
        }
        _ => {}
    }
}

/// Nothing stands before the first layer from which its inputs could be taken.
fn first_input(layers: &Layers, report: &mut Report) {
    let Some(first) = layers.list.first() else { return };
    if let (None, Some(output), false) = (&first.input, &first.output, first.incomplete) {
        let written = written(first, Some("INPUTS"));
        let advice = format!(
            "`{}` is the first layer; write its number of inputs, too: `{written}` with your \
             number for `INPUTS`",
            first.name.unraw()
        );
        report.error(&output.place, advice);
    }
}

/// Every layer takes what the one before gives, as far as the macro knows the numbers.
fn seams(layers: &Layers, report: &mut Report) {
    for pair in layers.list.windows(2) {
        let (before, layer) = (&pair[0], &pair[1]);
        let (Some(given), Some(taken)) = (&before.output, &layer.input) else { continue };
        let (Some(gives), Some(takes)) = (given.number(), taken.number()) else { continue };
        // A width that is wrong in itself is reported already.
        let sound = |width: &Width| !width.guessed && width.number().is_some_and(possible);
        if gives == takes || !sound(given) || !sound(taken) {
            continue;
        }
        let advice = format!(
            "layer `{}` takes {takes} {} but layer `{}` gives {gives} {}; write `{}` or leave the \
             input out: `{}`",
            layer.name.unraw(),
            plural(takes, "input"),
            before.name.unraw(),
            plural(gives, "output"),
            written(layer, Some(&gives.to_string())),
            written(layer, None)
        );
        report.error(&taken.place, advice);
    }
}

/// All parameters together can be addressed.
fn size(layers: &Layers, report: &mut Report) {
    let largest = i64::MAX as u128 / 8;
    let mut total = 0;
    let mut before: Option<&Width> = None;
    for layer in &layers.list {
        let input = layer.input.as_ref().or(before);
        before = layer.output.as_ref();
        let (Some(inputs), Some(output)) = (input.and_then(Width::number), &layer.output) else {
            continue;
        };
        let Some(outputs) = output.number() else { continue };
        if !possible(inputs) || !possible(outputs) {
            continue;
        }
        total += (u128::from(inputs) + 1) * u128::from(outputs);
        if total > largest {
            let advice = format!(
                "with layer `{}` the network has {total} parameters, more than any memory holds; \
                 write smaller widths",
                layer.name.unraw()
            );
            report.error(&output.place, advice);
            return;
        }
    }
}

/// The layer as it would be written with this input.
fn written(layer: &Layer, input: Option<&str>) -> String {
    let input = input.map(|input| format!("{input} -> ")).unwrap_or_default();
    let output = layer.output.as_ref().map_or_else(|| "…".to_owned(), Width::text);
    let activation = layer.activation.as_ref();
    let activation =
        activation.map(|activation| format!(", {}", activation.text())).unwrap_or_default();
    format!("{}({input}{output}{activation})", layer.kind)
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// `a`, `b` and `c`
fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
