//! The words of a declaration that have a meaning: layers, activations, initialisers, options; and
//! the words that other libraries have for them.

/// Every layer, as it is written.
pub(crate) const LAYERS: &[&str] =
    &["dense", "dropout", "layer_norm", "batch_norm", "residual", "concat", "heads", "input"];

/// What others call a layer.
const LAYERS_ELSEWHERE: &[(&str, &str)] = &[
    ("linear", "dense"),
    ("fc", "dense"),
    ("fully_connected", "dense"),
    ("layernorm", "layer_norm"),
    ("batchnorm", "batch_norm"),
    ("batch_normalization", "batch_norm"),
    ("layer_normalization", "layer_norm"),
    ("skip", "residual"),
    ("shortcut", "residual"),
    ("inputs", "concat"),
    ("cat", "concat"),
    ("concatenate", "concat"),
    ("join", "concat"),
    ("outputs", "heads"),
    ("branches", "heads"),
];

/// Every activation by name.
pub(crate) const ACTIVATIONS: &[&str] = &[
    "relu",
    "leaky_relu",
    "elu",
    "celu",
    "selu",
    "gelu",
    "gelu_tanh",
    "silu",
    "mish",
    "hard_swish",
    "sigmoid",
    "hard_sigmoid",
    "log_sigmoid",
    "tanh",
    "hard_tanh",
    "softplus",
    "softsign",
    "linear",
    "identity",
    SOFTMAX,
];

/// The activation that is no function of one number, but of a whole layer.
pub(crate) const SOFTMAX: &str = "softmax";

/// The last activations that decide about the loss.
pub(crate) const HEADS: &[&str] = &[SOFTMAX, "sigmoid"];

/// The activations that take a number, with what it is called.
pub(crate) const PARAMETERS: &[(&str, &str)] =
    &[("leaky_relu", "slope"), ("elu", "alpha"), ("celu", "alpha")];

/// What others call an activation.
const ACTIVATIONS_ELSEWHERE: &[(&str, &str)] = &[
    ("swish", "silu"),
    ("logistic", "sigmoid"),
    ("none", "linear"),
    ("log_softmax", SOFTMAX),
    ("hardswish", "hard_swish"),
    ("hard_silu", "hard_swish"),
    ("gelu_new", "gelu_tanh"),
    ("gelu_approximate", "gelu_tanh"),
    ("lrelu", "leaky_relu"),
];

/// Every initialiser by name.
pub(crate) const INITIALISERS: &[&str] = &[
    "he_normal",
    "he_uniform",
    "glorot_normal",
    "glorot_uniform",
    "lecun_normal",
    "lecun_uniform",
    "zeros",
];

const INITIALISERS_ELSEWHERE: &[(&str, &str)] = &[
    ("xavier", "glorot_normal"),
    ("xavier_normal", "glorot_normal"),
    ("xavier_uniform", "glorot_uniform"),
    ("kaiming", "he_normal"),
    ("kaiming_normal", "he_normal"),
    ("kaiming_uniform", "he_uniform"),
    ("zero", "zeros"),
    ("he", "he_normal"),
    ("glorot", "glorot_normal"),
    ("lecun", "lecun_normal"),
];

/// The options of a layer.
pub(crate) fn options(layer: &str) -> &'static [&'static str] {
    match layer {
        "dense" => &["init", "bias", "l2"],
        "dropout" => &["rate"],
        "layer_norm" => &["epsilon"],
        "batch_norm" => &["momentum", "epsilon"],
        _ => &[],
    }
}

const OPTIONS_ELSEWHERE: &[(&str, &str)] = &[
    ("use_bias", "bias"),
    ("kernel_initializer", "init"),
    ("initializer", "init"),
    ("initialiser", "init"),
    ("kernel_regularizer", "l2"),
    ("regularizer", "l2"),
    ("weight_decay", "l2"),
    ("eps", "epsilon"),
    ("p", "rate"),
    ("probability", "rate"),
];

/// The known word that a wrong one stands for: another library's, or one that is misspelt.
fn meant(
    word: &str,
    known: &'static [&'static str],
    elsewhere: &[(&'static str, &'static str)],
) -> Option<&'static str> {
    let plain = word.to_lowercase();
    let other = elsewhere.iter().find(|(other, _)| *other == plain).map(|(_, known)| *known);
    other
        .filter(|other| known.contains(other))
        .or_else(|| crate::spelling::nearest(word, known.iter().copied()))
}

/// The layer that a word stands for.
pub(crate) fn layer_meant_by(word: &str) -> Option<&'static str> {
    meant(word, LAYERS, LAYERS_ELSEWHERE)
}

/// The activation that a word stands for.
pub(crate) fn activation_meant_by(word: &str) -> Option<&'static str> {
    meant(word, ACTIVATIONS, ACTIVATIONS_ELSEWHERE)
}

/// The initialiser that a word stands for.
pub(crate) fn initialiser_meant_by(word: &str) -> Option<&'static str> {
    meant(word, INITIALISERS, INITIALISERS_ELSEWHERE)
}

/// The option of this layer that a word stands for.
pub(crate) fn option_meant_by(word: &str, layer: &str) -> Option<&'static str> {
    meant(word, options(layer), OPTIONS_ELSEWHERE)
}

/// What the number of an activation is called, if it takes one.
pub(crate) fn parameter_of(activation: &str) -> Option<&'static str> {
    PARAMETERS.iter().find(|(name, _)| *name == activation).map(|(_, parameter)| *parameter)
}

/// `a`, `b` and `c`
pub(crate) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
