//! The layers.
//!
//! A layer that takes its width from the layer before it, and whose options are numbers, needs only
//! a row here: see [`Simple`].

use core::ops::Bound::{Excluded, Included, Unbounded};

use super::number::Number;
use super::{same, word};

/// A layer.
#[derive(Debug)]
pub struct Layer {
    /// The word, as it is written.
    pub word: &'static str,
    /// Its names in other libraries.
    pub elsewhere: &'static [&'static str],
    /// An example for messages.
    pub example: &'static str,
    /// The named options in its parentheses.
    pub options: &'static [LayerOption],
    /// How it is parsed, and how its widths are determined.
    pub kind: LayerKind,
}

/// An option of a layer, `word = value`.
#[derive(Debug)]
pub struct LayerOption {
    /// The option's name, as it is written.
    pub word: &'static str,
    /// Its names in other libraries.
    pub elsewhere: &'static [&'static str],
    /// An example of a value.
    pub example: &'static str,
    /// The type of its values.
    pub takes: Takes,
}

/// The values of an option.
#[derive(Debug)]
pub enum Takes {
    /// A number, with its bounds.
    Number(Number),
    /// `true` or `false`.
    Truth,
    /// The word of an initializer, or a user-defined type.
    Initializer,
}

/// How a layer is parsed, and how its widths are determined.
#[derive(Debug)]
pub enum LayerKind {
    /// `dense(784 -> 128, relu)`: widths, an activation, options.
    Dense,
    /// As wide as the layer before it or half as wide, with numbers as options.
    Simple(Simple),
    /// `residual(layers)`
    Residual,
    /// `concat { name: branch, … }`
    Concat,
    /// `heads { name: branch, … }`
    Heads,
    /// `input(4)`
    Input,
    /// `columns { area: number, city: category(12) }`
    Columns,
}

/// A layer that is as wide as the layer before it or half as wide, and whose options are numbers.
///
/// In `nn`, the type named by its word takes the number of outputs, followed by the bits of each
/// option, in their order here: `layer_norm(epsilon = 1e-5)` over 64 units is `layer_norm<64, {
/// f64::to_bits(1e-5) }>`.
#[derive(Debug)]
pub struct Simple {
    /// Its name in tables of layers. The value of a required option follows.
    pub label: &'static str,
    /// The number of parameters, by the number of outputs.
    pub parameters: fn(u128) -> u128,
    /// Whether a method shows its parameters.
    pub shown: bool,
    /// Why it cannot be the last layer, if it cannot.
    pub not_last: Option<&'static str>,
    /// Whether it preprocesses rows for the layers after it, so that it can only be the first
    /// layer.
    pub encodes: bool,
    /// Its number of outputs.
    pub gives: Gives,
}

/// The number of outputs of a simple layer, by its number of inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// As many outputs as inputs.
    Same,
    /// Half as many: each output is computed from two inputs.
    Half,
}

/// Every layer, in the order in which messages list them.
pub const LAYERS: &[Layer] = &[
    Layer {
        word: "dense",
        elsewhere: &["linear", "fc", "fully_connected"],
        example: "as in `dense(784 -> 128, relu)`",
        options: &[
            LayerOption {
                word: "init",
                elsewhere: &["kernel_initializer", "initializer", "initialiser"],
                example: "he_normal",
                takes: Takes::Initializer,
            },
            LayerOption {
                word: "bias",
                elsewhere: &["use_bias"],
                example: "false",
                takes: Takes::Truth,
            },
            LayerOption {
                word: "weight_norm",
                elsewhere: &["weight_normalization", "weightnorm"],
                example: "true",
                takes: Takes::Truth,
            },
            LayerOption {
                word: "spectral_norm",
                elsewhere: &["spectral_normalization", "spectralnorm", "sn"],
                example: "true",
                takes: Takes::Truth,
            },
            LayerOption {
                word: "l2",
                elsewhere: &["kernel_regularizer", "regularizer", "weight_decay"],
                example: "1e-4",
                takes: Takes::Number(Number {
                    called: "a penalty",
                    default: 0.0,
                    least: Included(0.0),
                    most: Unbounded,
                    refused: "not a penalty: it would reward large weights; write 0 or more, such \
                              as `1e-4`",
                    cannot_be: "the penalty: it must be 0 or more",
                    divides_width: false,
                    required: None,
                }),
            },
        ],
        kind: LayerKind::Dense,
    },
    dropping("dropout", "dropout", &[], "as in `dropout(0.2)`"),
    dropping(
        "gaussian_dropout",
        "Gaussian dropout",
        &["gaussiandropout"],
        "as in `gaussian_dropout(0.2)`",
    ),
    dropping(
        "alpha_dropout",
        "alpha dropout",
        &["alphadropout"],
        "as in `dense(64, selu), alpha_dropout(0.1)`",
    ),
    dropping(
        "stochastic_depth",
        "stochastic depth",
        &["stochasticdepth", "drop_path", "droppath"],
        "as in `residual(dense(64, relu), dense(64), stochastic_depth(0.1))`",
    ),
    Layer {
        word: "layer_norm",
        elsewhere: &["layernorm", "layer_normalization"],
        example: "as in `layer_norm` or `layer_norm(epsilon = 1e-5)`",
        options: &[EPSILON],
        kind: LayerKind::Simple(Simple {
            label: "layer norm",
            parameters: |n| 2 * n,
            shown: true,
            not_last: None,
            encodes: false,
            gives: Gives::Same,
        }),
    },
    Layer {
        word: "batch_norm",
        elsewhere: &["batchnorm", "batch_normalization"],
        example: "as in `batch_norm` or `batch_norm(momentum = 0.1)`",
        options: &[
            LayerOption {
                word: "momentum",
                elsewhere: &[],
                example: "0.1",
                takes: Takes::Number(Number {
                    called: "a value of `momentum`",
                    default: 0.1, // as PyTorch has it
                    least: Excluded(0.0),
                    most: Included(1.0),
                    refused: "not a momentum: it is the weight of the newest batch; write more \
                              than 0 and at most 1, such as `0.1`",
                    cannot_be: "the momentum: it is the weight of the newest batch, more than 0 \
                                and at most 1",
                    divides_width: false,
                    required: None,
                }),
            },
            EPSILON,
        ],
        kind: LayerKind::Simple(Simple {
            label: "batch norm",
            parameters: |n| 2 * n,
            shown: true,
            not_last: None,
            encodes: false,
            gives: Gives::Same,
        }),
    },
    Layer {
        word: "rms_norm",
        elsewhere: &["rmsnorm", "rms_normalization"],
        example: "as in `rms_norm` or `rms_norm(epsilon = 1e-5)`",
        options: &[EPSILON],
        kind: LayerKind::Simple(Simple {
            label: "RMS norm",
            parameters: |n| n,
            shown: true,
            encodes: false,
            gives: Gives::Same,
            not_last: None,
        }),
    },
    Layer {
        word: "layer_scale",
        elsewhere: &["layerscale"],
        example: "as in `layer_scale`",
        options: &[],
        kind: LayerKind::Simple(Simple {
            label: "layer scale",
            parameters: |n| n,
            shown: true,
            encodes: false,
            gives: Gives::Same,
            not_last: None,
        }),
    },
    Layer {
        word: "prelu",
        elsewhere: &["parametric_relu"],
        example: "as in `prelu` or `prelu(slope = 0.25)`",
        options: &[LayerOption {
            word: "slope",
            elsewhere: &["init", "alpha"],
            example: "0.25",
            takes: Takes::Number(Number {
                called: "a value of `slope`",
                default: 0.25, // as PyTorch has it
                least: Unbounded,
                most: Unbounded,
                refused: "not a slope: it is the initial factor of numbers below 0; write a finite \
                          number, such as `0.25`",
                cannot_be: "the slope: it must be a finite number",
                divides_width: false,
                required: None,
            }),
        }],
        kind: LayerKind::Simple(Simple {
            label: "PReLU",
            parameters: |n| n,
            shown: true,
            encodes: false,
            gives: Gives::Same,
            not_last: None,
        }),
    },
    Layer {
        word: "group_norm",
        elsewhere: &["groupnorm", "group_normalization"],
        example: "as in `group_norm(8)` or `group_norm(8, epsilon = 1e-5)`",
        options: &[
            LayerOption {
                word: "groups",
                elsewhere: &["num_groups"],
                example: "8",
                takes: Takes::Number(Number {
                    called: "a number of groups",
                    default: 1.0,
                    least: Included(1.0),
                    most: Unbounded,
                    refused: "not a number of groups: write an integer from 1 that divides the \
                              width, such as `8`",
                    cannot_be: "the number of groups: it must be an integer from 1 that divides \
                                the width",
                    divides_width: true,
                    required: Some("the number of groups"),
                }),
            },
            EPSILON,
        ],
        kind: LayerKind::Simple(Simple {
            label: "group norm",
            parameters: |n| 2 * n,
            shown: true,
            not_last: None,
            encodes: false,
            gives: Gives::Same,
        }),
    },
    Layer {
        word: "highway",
        elsewhere: &["highway_layer"],
        example: "as in `highway` or `highway(bias = -2)`",
        options: &[LayerOption {
            word: "bias",
            elsewhere: &["gate_bias", "transform_bias"],
            example: "-2",
            takes: Takes::Number(Number {
                called: "a value of `bias`",
                default: -1.0,
                least: Unbounded,
                most: Unbounded,
                refused: "not a bias: it is the initial bias of the gates; write a finite number, \
                          such as `-2`",
                cannot_be: "the bias: it must be a finite number",
                divides_width: false,
                required: None,
            }),
        }],
        kind: LayerKind::Simple(Simple {
            label: "highway",
            parameters: |n| 2 * n * (n + 1),
            shown: true,
            not_last: None,
            encodes: false,
            gives: Gives::Same,
        }),
    },
    gate("glu", &["gated_linear_unit"], "as in `dense(64), glu`, which gives 32"),
    gate("swiglu", &["swi_glu"], "as in `dense(64), swiglu`, which gives 32"),
    Layer {
        word: "residual",
        elsewhere: &["skip", "shortcut"],
        example: "as in `residual(dense(64 -> 64, relu), dense(64))`",
        options: &[],
        kind: LayerKind::Residual,
    },
    Layer {
        word: "concat",
        elsewhere: &["inputs", "cat", "concatenate", "join"],
        example: "as in `concat { image: dense(784 -> 64, relu), meta: input(4) }`",
        options: &[],
        kind: LayerKind::Concat,
    },
    Layer {
        word: "heads",
        elsewhere: &["outputs", "branches"],
        example: "as in `heads { class: dense(64 -> 10, softmax), angle: dense(64 -> 1) }`",
        options: &[],
        kind: LayerKind::Heads,
    },
    Layer {
        word: "input",
        elsewhere: &[],
        example: "as in `input(4)`",
        options: &[],
        kind: LayerKind::Input,
    },
    Layer {
        word: "columns",
        elsewhere: &["table", "features"],
        example: "as in `columns { area: number(log), city: category(12) }`",
        options: &[],
        kind: LayerKind::Columns,
    },
    encoder(
        "standardize",
        &["standardise", "standard_scaler", "normalize", "normalise"],
        "as in `standardize, dense(30 -> 32, relu)`",
        &[],
    ),
    encoder(
        "min_max",
        &["minmax", "min_max_scaler"],
        "as in `min_max, dense(30 -> 32, relu)`",
        &[],
    ),
    encoder("robust", &["robust_scaler"], "as in `robust, dense(30 -> 32, relu)`", &[]),
    encoder("quantile", &["quantile_transformer"], "as in `quantile, dense(30 -> 32, relu)`", &[]),
    encoder(
        "scale",
        &["rescale", "rescaling"],
        "as in `scale(1/255), dense(784 -> 128, relu)`",
        &[LayerOption {
            word: "factor",
            elsewhere: &["by"],
            example: "0.1",
            takes: Takes::Number(Number {
                called: "a factor",
                default: 1.0,
                least: Excluded(0.0),
                most: Unbounded,
                refused: "not a factor: every number of a row is multiplied by it; write more than \
                          0, such as `1/255`",
                cannot_be: "the factor: every number of a row is multiplied by it, so it must be \
                            more than 0",
                divides_width: false,
                required: Some("the factor by which every number of a row is multiplied"),
            }),
        }],
    ),
];

/// A word for a layer that adds random noise in training.
const fn dropping(
    word: &'static str,
    label: &'static str,
    elsewhere: &'static [&'static str],
    example: &'static str,
) -> Layer {
    let not_last = Some("would drop outputs in training; put it before the last layer");
    let kind = Simple {
        label,
        parameters: |_| 0,
        shown: false,
        not_last,
        encodes: false,
        gives: Gives::Same,
    };
    Layer { word, elsewhere, example, options: &[RATE], kind: LayerKind::Simple(kind) }
}

/// The fraction of the units that is dropped.
const RATE: LayerOption = LayerOption {
    word: "rate",
    elsewhere: &["p", "probability"],
    example: "0.2",
    takes: Takes::Number(Number {
        called: "a rate",
        default: 0.5,
        least: Included(0.0),
        most: Excluded(1.0),
        refused: "not a rate: it is the fraction of the units that is dropped; write 0 or more and \
                  less than 1, such as `0.2`",
        cannot_be: "the rate: it is the fraction of the units that is dropped, 0 or more and less \
                    than 1",
        divides_width: false,
        required: Some("the fraction of the units that is dropped in training"),
    }),
};

/// A word for a gated layer, which halves the number of units.
const fn gate(
    word: &'static str,
    elsewhere: &'static [&'static str],
    example: &'static str,
) -> Layer {
    let kind = Simple {
        label: word,
        parameters: |_| 0,
        shown: false,
        not_last: None,
        encodes: false,
        gives: Gives::Half,
    };
    Layer { word, elsewhere, example, options: &[], kind: LayerKind::Simple(kind) }
}

/// A word for a layer that preprocesses rows for the layers after it.
const fn encoder(
    word: &'static str,
    elsewhere: &'static [&'static str],
    example: &'static str,
    options: &'static [LayerOption],
) -> Layer {
    let not_last = Some("has no layer to preprocess rows for; write the layers after it");
    let kind = Simple {
        label: word,
        parameters: |_| 0,
        shown: false,
        not_last,
        encodes: true,
        gives: Gives::Same,
    };
    Layer { word, elsewhere, example, options, kind: LayerKind::Simple(kind) }
}

/// The epsilon of layers that divide by a standard deviation.
const EPSILON: LayerOption = LayerOption {
    word: "epsilon",
    elsewhere: &["eps"],
    example: "1e-5",
    takes: Takes::Number(Number {
        called: "a value of `epsilon`",
        default: 1e-5, // as PyTorch has it
        least: Excluded(0.0),
        most: Unbounded,
        refused: "not an epsilon; write a small number above 0, such as `1e-5`",
        cannot_be: "the epsilon: it must be a small number above 0",
        divides_width: false,
        required: None,
    }),
};

impl Layer {
    /// The option with this name.
    pub const fn option(&self, word: &str) -> Option<&'static LayerOption> {
        let mut at = 0;
        while at < self.options.len() {
            if same(self.options[at].word, word) {
                return Some(&self.options[at]);
            }
            at += 1;
        }
        None
    }

    /// Whether it preprocesses rows for the layers after it, so that it can only be the first
    /// layer.
    pub const fn encodes(&self) -> bool {
        match &self.kind {
            LayerKind::Simple(simple) => simple.encodes,
            LayerKind::Columns => true,
            _ => false,
        }
    }

    /// Whether its parentheses are required.
    pub fn needs_parentheses(&self) -> bool {
        match self.kind {
            LayerKind::Simple(_) => self.required().is_some(),
            _ => true,
        }
    }

    /// Whether tables show the option at `index`: the required option and the last one are shown.
    pub const fn shows(&self, index: usize) -> bool {
        let required = match self.options[index].number() {
            Some(number) => number.required.is_some(),
            None => false,
        };
        required || index + 1 == self.options.len()
    }

    /// The index and the description of its required option, if any. This option may be written
    /// without its name.
    pub fn required(&self) -> Option<(usize, &'static str)> {
        let required = |option: &LayerOption| option.number()?.required;
        let mut options = self.options.iter().enumerate();
        options.find_map(|(index, option)| Some((index, required(option)?)))
    }
}

impl LayerOption {
    /// The bounds of its number, if it takes one.
    pub const fn number(&self) -> Option<&Number> {
        match &self.takes {
            Takes::Number(number) => Some(number),
            Takes::Truth | Takes::Initializer => None,
        }
    }
}

/// The layer with this word.
pub const fn layer(word: &str) -> Option<&'static Layer> {
    let mut at = 0;
    while at < LAYERS.len() {
        if same(LAYERS[at].word, word) {
            return Some(&LAYERS[at]);
        }
        at += 1;
    }
    None
}

/// The bounds of the number that an option of a layer takes.
pub const fn number(layer: &str, option: &str) -> Option<&'static Number> {
    match self::layer(layer) {
        Some(layer) => match layer.option(option) {
            Some(option) => option.number(),
            None => None,
        },
        None => None,
    }
}

word!(Layer);
word!(LayerOption);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_and_every_example_is_allowed() {
        for layer in LAYERS {
            for option in layer.options {
                let Some(number) = option.number() else { continue };
                assert!(number.allows(number.default), "{}", option.word);
                assert!(
                    number.allows(option.example.parse().expect("a number")),
                    "{}",
                    option.word
                );
            }
        }
    }

    #[test]
    fn a_layer_needs_one_number_at_most_and_simple_layers_take_nothing_else() {
        for layer in LAYERS {
            let numbers = || layer.options.iter().filter_map(LayerOption::number);
            assert!(numbers().filter(|number| number.required.is_some()).count() <= 1);
            if let LayerKind::Simple(_) = layer.kind {
                assert_eq!(numbers().count(), layer.options.len(), "{}", layer.word);
            }
        }
    }

    #[test]
    fn bounds_are_included_or_not() {
        const RATE: bool = match number("dropout", "rate") {
            Some(rate) => rate.allows(0.0) && !rate.allows(1.0) && !rate.allows(f64::NAN),
            None => false,
        };
        const { assert!(RATE) };
        let momentum = number("batch_norm", "momentum").expect("it is there");
        assert!(momentum.allows(1.0) && !momentum.allows(0.0) && !momentum.allows(f64::NAN));
        let penalty = number("dense", "l2").expect("it is there");
        assert!(penalty.allows(f64::MAX) && !penalty.allows(-1e-9) && !penalty.allows(f64::NAN));
        assert!(number("dense", "bias").is_none() && number("dense", "rate").is_none());
    }
}
