//! What a declaration says, with the place of every part that an error may have to point at.

use std::ops::Range;
use std::rc::Rc;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Visibility};

/// Where something stands: a token of the source, or some characters of a string literal.
///
/// Stable Rust has no spans inside a literal, so there `span` is the whole literal and the error's
/// text shows the characters.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) span: Span,
    pub(crate) quoted: Option<Quoted>,
}

/// Some characters of a string literal.
#[derive(Clone)]
pub(crate) struct Quoted {
    /// The literal's value.
    pub(crate) text: Rc<[char]>,
    pub(crate) range: Range<usize>,
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self { span, quoted: None }
    }
}

impl Place {
    /// From the beginning of this to the end of `last`, as far as that can be told.
    pub(crate) fn to(&self, last: &Place) -> Place {
        let mut place = self.clone();
        if let (Some(quoted), Some(last)) = (&mut place.quoted, &last.quoted) {
            quoted.range.end = last.range.end.max(quoted.range.end);
        }
        place
    }
}

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
pub(crate) struct Layers {
    pub(crate) place: Place,
    pub(crate) list: Vec<Layer>,
    /// Whether an error already tells why layers are missing from the list.
    pub(crate) incomplete: bool,
}

/// `hidden: dense(784 -> 128, relu)`
pub(crate) struct Layer {
    /// The doc comments of the layer.
    pub(crate) docs: Vec<Attribute>,
    /// The field's name, or `layer1`, `layer2`, … where there are none.
    pub(crate) name: Ident,
    pub(crate) name_place: Place,
    /// The word `dense`.
    pub(crate) kind: String,
    pub(crate) kind_place: Place,
    /// What stands before the arrow. `None` is what the layer before gives.
    pub(crate) input: Option<Width>,
    /// What stands after the arrow. `None` only if an error tells why.
    pub(crate) output: Option<Width>,
    pub(crate) activation: Option<Activation>,
    /// Whether an error tells why the widths or the activation are missing.
    pub(crate) incomplete: bool,
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

/// The last argument of a layer.
#[derive(Clone)]
pub(crate) enum Activation {
    /// `relu`: one of [`ACTIVATIONS`] or a mistake.
    Word { word: String, place: Place },
    /// `my::Swish`: a type of the user's.
    Type { tokens: TokenStream, text: String },
}

impl Activation {
    /// As the user wrote it.
    pub(crate) fn text(&self) -> &str {
        match self {
            Activation::Word { word, .. } => word,
            Activation::Type { text, .. } => text,
        }
    }
}

/// The layers that there are.
pub(crate) const LAYERS: &[&str] = &["dense"];

/// Every activation by name, with its type in `nn::activation`.
pub(crate) const ACTIVATIONS: &[(&str, &str)] = &[
    ("relu", "Relu"),
    ("leaky_relu", "LeakyRelu"),
    ("elu", "Elu"),
    ("selu", "Selu"),
    ("gelu", "Gelu"),
    ("silu", "Silu"),
    ("mish", "Mish"),
    ("sigmoid", "Sigmoid"),
    ("hard_sigmoid", "HardSigmoid"),
    ("tanh", "Tanh"),
    ("hard_tanh", "HardTanh"),
    ("softplus", "Softplus"),
    ("softsign", "Softsign"),
    ("linear", "Identity"),
    ("identity", "Identity"),
    // Only at the end, where the head applies it to the whole layer.
    (SOFTMAX, "Identity"),
];

/// The activation that is no function of one number, but of a whole layer.
pub(crate) const SOFTMAX: &str = "softmax";
