//! The activations.

use super::{same, word};

/// An activation.
#[derive(Debug)]
pub struct Activation {
    /// The word, as it is written.
    pub word: &'static str,
    /// Its names in other libraries.
    pub elsewhere: &'static [&'static str],
    /// The name of its number, if it takes one: `leaky_relu(0.1)`.
    pub parameter: Option<&'static str>,
    /// Whether it determines the loss, as the last activation of a network.
    pub head: bool,
}

/// The activation that is a function of a whole layer instead of one number.
pub const SOFTMAX: &str = "softmax";

/// Every activation, in the order in which messages list them.
pub const ACTIVATIONS: &[Activation] = &[
    plain("relu", &[]),
    with("leaky_relu", &["lrelu"], "slope"),
    with("elu", &[], "alpha"),
    with("celu", &[], "alpha"),
    plain("selu", &[]),
    plain("gelu", &[]),
    plain("gelu_tanh", &["gelu_new", "gelu_approximate"]),
    plain("silu", &["swish"]),
    plain("mish", &[]),
    plain("hard_swish", &["hardswish", "hard_silu"]),
    head("sigmoid", &["logistic"]),
    plain("hard_sigmoid", &[]),
    plain("log_sigmoid", &[]),
    plain("tanh", &[]),
    plain("hard_tanh", &[]),
    plain("softplus", &[]),
    plain("softsign", &[]),
    plain("linear", &["none"]),
    plain("identity", &[]),
    head(SOFTMAX, &["log_softmax"]),
];

const fn plain(word: &'static str, elsewhere: &'static [&'static str]) -> Activation {
    Activation { word, elsewhere, parameter: None, head: false }
}

const fn with(
    word: &'static str,
    elsewhere: &'static [&'static str],
    parameter: &'static str,
) -> Activation {
    Activation { word, elsewhere, parameter: Some(parameter), head: false }
}

const fn head(word: &'static str, elsewhere: &'static [&'static str]) -> Activation {
    Activation { word, elsewhere, parameter: None, head: true }
}

/// The activation with this word.
pub const fn activation(word: &str) -> Option<&'static Activation> {
    let mut at = 0;
    while at < ACTIVATIONS.len() {
        if same(ACTIVATIONS[at].word, word) {
            return Some(&ACTIVATIONS[at]);
        }
        at += 1;
    }
    None
}

word!(Activation);
