//! What a declaration says, with the place of every part that an error may have to point at.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Visibility};

use crate::place::Place;

/// What one call of the macro stands for.
pub(crate) enum Declaration {
    /// `pub struct Digits(…);`, any number of them.
    Items(Vec<Network>),
    /// `network![dense(…), …]`, a type.
    Type(Layers),
}

/// `/// doc  pub struct Digits { hidden: dense(…), … }`
pub(crate) struct Network {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) layers: Layers,
}

/// A list of layers; an error about the list as a whole points at `place`.
#[derive(Clone)]
pub(crate) struct Layers {
    pub(crate) place: Place,
    pub(crate) list: Vec<Layer>,
    /// Whether an error already tells why layers are missing from the list.
    pub(crate) incomplete: bool,
}

/// `hidden: dense(784 -> 128, relu) * 16`
#[derive(Clone)]
pub(crate) struct Layer {
    /// The doc comments of the layer.
    pub(crate) docs: Vec<Attribute>,
    /// The field's name, or `layer1`, `layer2`, … where there are none.
    pub(crate) name: Ident,
    pub(crate) name_place: Place,
    /// What messages call it: ``layer `hidden` ``, or ``layer 2 of `block` ``.
    pub(crate) title: String,
    /// The word `dense`, or the first of the path; `None` if an error tells why.
    pub(crate) word: Option<Ident>,
    pub(crate) place: Place,
    pub(crate) unit: Unit,
    pub(crate) repeat: Option<Repeat>,
    /// Whether an error tells why something is missing from the layer.
    pub(crate) incomplete: bool,
}

/// `* 16`
#[derive(Clone)]
pub(crate) struct Repeat {
    pub(crate) count: usize,
    pub(crate) place: Place,
}

/// What a layer is.
#[derive(Clone)]
pub(crate) enum Unit {
    /// `dense(784 -> 128, relu, bias = false)`
    Dense(Box<Dense>),
    /// `dropout(0.2)`
    Dropout { rate: Option<Real> },
    /// `layer_norm(epsilon = 1e-5)`
    LayerNorm { epsilon: Option<Real> },
    /// `batch_norm(momentum = 0.1, epsilon = 1e-5)`
    BatchNorm { momentum: Option<Real>, epsilon: Option<Real> },
    /// `residual(dense(64, relu), dense(64))`
    Residual(Layers),
    /// `input(4)`, in `concat` only
    Input(Option<Width>),
    /// `concat { image: dense(784 -> 64, relu), meta: input(4) }`
    Concat(Vec<Branch>),
    /// `heads { class: dense(10, softmax), angle: dense(1) }`
    Heads(Vec<Branch>),
    /// `models::Encoder`: a network inside this one.
    Network(Path),
    /// `my::Gate(128 -> 64)`: a layer of the user's own.
    Own { path: Path, widths: Widths },
    /// An error tells why there is none.
    Missing,
}

/// `784 -> 128`
#[derive(Clone, Default)]
pub(crate) struct Widths {
    /// What stands before the arrow. `None` is what the layer before gives.
    pub(crate) input: Option<Width>,
    /// What stands after the arrow. `None` only if an error tells why.
    pub(crate) output: Option<Width>,
}

/// What stands in the parentheses of a `dense`.
#[derive(Clone, Default)]
pub(crate) struct Dense {
    pub(crate) widths: Widths,
    pub(crate) activation: Option<Activation>,
    /// The name of an initialiser, or a type of the user's.
    pub(crate) init: Option<Choice>,
    pub(crate) bias: Option<bool>,
    pub(crate) l2: Option<Real>,
}

/// One of several ways through a network, side by side:
/// `image: (dense(784 -> 64, relu), dense(16))`
#[derive(Clone)]
pub(crate) struct Branch {
    pub(crate) name: Ident,
    pub(crate) name_place: Place,
    pub(crate) layers: Layers,
}

/// The number of inputs or outputs of a layer.
#[derive(Clone)]
pub(crate) struct Width {
    pub(crate) place: Place,
    pub(crate) value: Value,
    /// Whether it stands for something that an error already tells about.
    pub(crate) guessed: bool,
}

/// What a width is.
#[derive(Clone)]
pub(crate) enum Value {
    /// `784`
    Number(u64),
    /// `INPUT`, `cfg::OUT`, `{ 28 * 28 }`: known to the compiler, not to the macro.
    Const {
        tokens: TokenStream,
        /// As the user wrote it, for messages.
        text: String,
    },
}

impl Width {
    /// The number, if the macro knows it.
    pub(crate) fn number(&self) -> Option<u64> {
        match self.value {
            Value::Number(number) => Some(number),
            Value::Const { .. } => None,
        }
    }

    /// As the user wrote it.
    pub(crate) fn text(&self) -> String {
        match &self.value {
            Value::Number(number) => number.to_string(),
            Value::Const { text, .. } => text.clone(),
        }
    }
}

/// A number that need not be whole: the rate of a dropout, the slope of an activation.
#[derive(Clone)]
pub(crate) struct Real {
    pub(crate) place: Place,
    /// The value, if the macro knows it.
    pub(crate) value: Option<f64>,
    pub(crate) tokens: TokenStream,
    /// As the user wrote it.
    pub(crate) text: String,
}

/// A word of a fixed list, or a type of the user's own.
#[derive(Clone)]
pub(crate) enum Choice {
    /// `relu`
    Word { word: Ident, place: Place },
    /// `my::Swish`
    Own(Path),
}

/// The function behind a layer.
#[derive(Clone)]
pub(crate) struct Activation {
    pub(crate) choice: Choice,
    /// The number in `leaky_relu(0.1)`.
    pub(crate) parameter: Option<Real>,
}

/// A type of the user's.
#[derive(Clone)]
pub(crate) struct Path {
    pub(crate) tokens: TokenStream,
    /// As the user wrote it.
    pub(crate) text: String,
    pub(crate) place: Place,
}

impl Dense {
    /// The options that are written, as name and value.
    pub(crate) fn options(&self) -> Vec<(&'static str, String)> {
        let init = self.init.as_ref().map(|init| ("init", init.text()));
        let bias = self.bias.map(|bias| ("bias", bias.to_string()));
        let l2 = self.l2.as_ref().map(|l2| ("l2", l2.text.clone()));
        init.into_iter().chain(bias).chain(l2).collect()
    }
}

impl Choice {
    /// As the user wrote it.
    pub(crate) fn text(&self) -> String {
        match self {
            Choice::Word { word, .. } => word.to_string(),
            Choice::Own(path) => path.text.clone(),
        }
    }
}

impl Activation {
    /// The word, unless it is a type of the user's.
    pub(crate) fn word(&self) -> Option<&Ident> {
        match &self.choice {
            Choice::Word { word, .. } => Some(word),
            Choice::Own(_) => None,
        }
    }

    /// As the user wrote it.
    pub(crate) fn text(&self) -> String {
        let name = self.choice.text();
        match &self.parameter {
            Some(parameter) => format!("{name}({})", parameter.text),
            None => name,
        }
    }
}

impl Layer {
    /// How often it stands in the network.
    pub(crate) fn count(&self) -> usize {
        self.repeat.as_ref().map_or(1, |repeat| repeat.count)
    }

    /// The widths that are written in the layer itself.
    pub(crate) fn widths(&self) -> Widths {
        match &self.unit {
            Unit::Dense(dense) => dense.widths.clone(),
            Unit::Own { widths, .. } => widths.clone(),
            Unit::Input(width) => Widths { input: width.clone(), output: width.clone() },
            _ => Widths::default(),
        }
    }

    /// The lists of layers inside it.
    pub(crate) fn parts(&self) -> Vec<&Layers> {
        match &self.unit {
            Unit::Residual(layers) => vec![layers],
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter().map(|branch| &branch.layers).collect()
            }
            _ => Vec::new(),
        }
    }
}
