//! A declaration as written, with the place of every part that a mistake may point at. `check`
//! decides whether it is valid.

use crate::attribute::Attribute;
use crate::tokens::{Name, Place, Token, is_arrow, is_name, sign, split_at_commas};
use crate::vocabulary::{self, ColumnForm, ColumnKind, ColumnWidths, LayerOption};

/// The largest number of layers, more than any network has. With so many, `cargo check` takes
/// seconds, and a training step of a program compiled without optimization fits into the stack of a
/// thread.
pub const MOST_LAYERS: usize = 1000;

/// The content of one call of the macro, a file or a text: declarations of `N`, or layers `L`.
#[derive(Debug)]
pub enum Declaration<N, L> {
    /// `pub struct Digits(…);`, any number of them.
    Items(Vec<N>),
    /// `dense(…), …`, which is a type.
    Type(L),
}

/// `/// doc  pub struct Digits { hidden: dense(…), … }`
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) head: Head,
    pub(crate) layers: Layers,
}

/// The part of a declaration before the layers.
#[derive(Debug)]
pub struct Head {
    /// Doc comments, derives and others, each a `#` and a group.
    pub attributes: Vec<Attribute>,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: Vec<Token>,
    /// The network's name.
    pub name: Name,
    /// Its parameters, which are widths: `const H: usize`.
    pub parameters: Vec<Name>,
}

/// A list of layers. A mistake of the list as a whole is reported at `place`.
#[derive(Debug)]
pub(crate) struct Layers {
    pub(crate) place: Place,
    pub(crate) list: Vec<Layer>,
    /// Whether a mistake already tells why layers are missing from the list.
    pub(crate) incomplete: bool,
}

/// `hidden: dense(784 -> 128, relu) * 16`
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) title: Title,
    pub(crate) unit: Unit,
    pub(crate) repeat: Option<Repeat>,
    /// Whether a mistake tells why something is missing from the layer.
    pub(crate) incomplete: bool,
}

/// The name and place of a layer.
#[derive(Clone, Debug)]
pub struct Title {
    /// The doc comments of the layer.
    pub docs: Vec<Attribute>,
    /// The field's name, or `layer1`, `layer2`, … if it has none.
    pub name: Name,
    /// Its name in messages: ``layer `hidden` ``, or ``layer 2 of `block` ``.
    pub text: String,
    /// The word `dense`, or the last word of the path; `None` if a mistake tells why.
    pub word: Option<Name>,
    /// Where the layer begins, after its name.
    pub place: Place,
}

/// `* 16`
#[derive(Clone, Debug)]
pub(crate) struct Repeat {
    pub(crate) count: usize,
    pub(crate) place: Place,
}

/// The kind of a layer.
#[derive(Debug)]
pub(crate) enum Unit {
    /// `dense(784 -> 128, relu, bias = false)`
    Dense(Box<Dense>, Widths),
    /// `dropout(0.2)`, `layer_norm`
    Simple(Simple),
    /// `residual(dense(64, relu), dense(64))`
    Residual(Layers),
    /// `input(4)`, in `concat` only
    Input(Option<Width>),
    /// `concat { image: dense(784 -> 64, relu), meta: input(4) }`
    Concat(Vec<Branch<Layers>>),
    /// `heads { class: dense(10, softmax), angle: dense(1) }`
    Heads(Vec<Branch<Layers>>),
    /// `columns { area: number(log), city: category(12) }`
    Columns(Vec<Column>),
    /// `models::Encoder`: a nested network.
    Network(Path),
    /// `my::Gate(128 -> 64)`: a custom layer.
    Own(Path, Widths),
    /// A mistake tells why there is none.
    Missing,
}

/// `784 -> 128`
#[derive(Clone, Debug, Default)]
pub struct Widths {
    /// The width before the arrow. `None` means the outputs of the layer before.
    pub input: Option<Width>,
    /// The width after the arrow. `None` only if a mistake tells why.
    pub output: Option<Width>,
}

/// The arguments of a `dense`, except its widths.
#[derive(Clone, Debug, Default)]
pub struct Dense {
    /// The activation. A layer without one is linear.
    pub activation: Option<Activation>,
    /// The initializer of the weight. By default it is the one that suits the activation.
    pub init: Option<Choice>,
    /// Whether the layer has biases. Default: yes.
    pub bias: Option<bool>,
    /// Whether the weights are stored as directions and lengths. Default: no.
    pub weight_norm: Option<bool>,
    /// Whether the weights are divided by their largest singular value. Default: no.
    pub spectral_norm: Option<bool>,
    /// The penalty for large weights.
    pub l2: Option<Real>,
}

/// A layer that takes its width from the layer before it, with its numbers.
#[derive(Clone, Debug)]
pub struct Simple {
    /// The layer's row in the vocabulary.
    pub layer: &'static vocabulary::Layer,
    /// The part of the row that only simple layers have.
    pub row: &'static vocabulary::Simple,
    /// The number of each option of the row; `None` is its default.
    pub numbers: Vec<Option<Real>>,
}

/// One of several parallel branches of a network: `image: (dense(784 -> 64, relu), dense(16))`
#[derive(Debug)]
pub struct Branch<L> {
    /// Its name, or `input1`, `head2`, … if it has none.
    pub name: Name,
    /// The layers in it.
    pub layers: L,
}

/// A column of a table: `area: number(log)`
#[derive(Clone, Debug)]
pub struct Column {
    /// Its doc comments.
    pub docs: Vec<Attribute>,
    /// Its name, which may be any text where the declaration is read at run time: `"area (m²)":
    /// number`.
    pub name: Name,
    /// Its type.
    pub form: ColumnForm,
}

/// The number of inputs or outputs of a layer.
#[derive(Clone, Debug)]
pub struct Width {
    /// Where it is written. The place of a sum of widths is that of the layer.
    pub place: Place,
    /// Its value.
    pub value: Value,
    /// Whether it replaces a width that is already reported as a mistake.
    pub guessed: bool,
}

/// The value of a width.
#[derive(Clone, Debug)]
pub enum Value {
    /// `784`
    Number(u64),
    /// `INPUT`, `cfg::OUT`, `{ 28 * 28 }`: known only to the compiler.
    Const(Code),
    /// The inputs or outputs of a nested network.
    Of(Path, End),
    /// A sum of widths, of parallel branches.
    Sum(Vec<Width>),
    /// Half of a width.
    Half(Box<Width>),
}

/// An end of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its inputs.
    Inputs,
    /// Its outputs.
    Outputs,
}

/// An expression that the compiler reads.
#[derive(Clone, Debug)]
pub struct Code {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// As the user wrote it, for messages.
    pub text: String,
}

/// A real number: the rate of a dropout, the slope of an activation.
#[derive(Clone, Debug)]
pub struct Real {
    /// Where it is written.
    pub place: Place,
    /// The value; `None` if only the compiler knows it.
    pub value: Option<f64>,
    /// The expression.
    pub code: Code,
}

/// A word of a fixed list, or a user-defined type.
#[derive(Clone, Debug)]
pub enum Choice {
    /// `relu`
    Word(Name),
    /// `my::Swish`
    Own(Path),
}

/// The activation of a layer.
#[derive(Clone, Debug)]
pub struct Activation {
    /// The function.
    pub choice: Choice,
    /// The number in `leaky_relu(0.1)`.
    pub parameter: Option<Real>,
}

/// A user-defined type.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// As the user wrote it.
    pub text: String,
    /// Where it is written.
    pub place: Place,
}

impl Column {
    /// The column as it is written: `area: number(log)`.
    pub fn text(&self) -> String {
        column_text(self.name.plain(), self.form)
    }

    /// The widths of these columns together.
    pub fn widths(columns: &[Column]) -> ColumnWidths {
        let forms: Vec<ColumnForm> = columns.iter().map(|column| column.form).collect();
        ColumnWidths::of(&forms)
    }
}

/// A column in the notation: `area: number(log)`, `"area (m²)": number(complete)`.
pub fn column_text(name: &str, form: ColumnForm) -> String {
    let (word, option) = match form.kind {
        ColumnKind::Number { log: true } => ("number", "log".to_owned()),
        ColumnKind::Number { log: false } => ("number", String::new()),
        ColumnKind::Flag => ("flag", String::new()),
        ColumnKind::Date => ("date", String::new()),
        ColumnKind::Category { kept, .. } => ("category", kept.to_string()),
    };
    let complete = if form.complete { "complete" } else { "" };
    let options = [&option[..], complete].into_iter().filter(|option| !option.is_empty());
    let options = options.collect::<Vec<_>>().join(", ");
    let options = if options.is_empty() { options } else { format!("({options})") };
    match is_name(name) && name.is_ascii() {
        true => format!("{name}: {word}{options}"),
        false => format!("{name:?}: {word}{options}"),
    }
}

impl Simple {
    /// Every option of the layer with its number.
    pub fn options(&self) -> impl Iterator<Item = (&'static LayerOption, Option<&Real>)> {
        self.layer.options.iter().zip(self.numbers.iter().map(Option::as_ref))
    }
}

impl Width {
    /// A replacement for a missing width.
    pub(crate) fn guess(place: &Place) -> Self {
        Self { place: place.clone(), value: Value::Number(1), guessed: true }
    }

    /// The number, if it is known here.
    pub fn number(&self) -> Option<u64> {
        match self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The expression, if only the compiler knows the number.
    pub fn code(&self) -> Option<&Code> {
        match &self.value {
            Value::Const(code) => Some(code),
            _ => None,
        }
    }

    /// As the user wrote it.
    pub fn text(&self) -> String {
        match &self.value {
            Value::Number(number) => number.to_string(),
            Value::Const(code) => code.text.clone(),
            Value::Of(path, End::Inputs) => format!("{}::INPUTS", path.text),
            Value::Of(path, End::Outputs) => format!("{}::OUTPUTS", path.text),
            Value::Sum(widths) => widths.iter().map(Width::text).collect::<Vec<_>>().join(" + "),
            Value::Half(width) => match width.value {
                Value::Sum(_) => format!("({}) / 2", width.text()),
                _ => format!("{} / 2", width.text()),
            },
        }
    }
}

impl Path {
    /// `my::Gate<A, B>` as `my::Gate` and its arguments.
    pub fn without_arguments(&self) -> (&[Token], Vec<&[Token]>) {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().rev() {
            match sign(token) {
                Some('>') if at == 0 || !is_arrow(&self.tokens[at - 1..]) => depth += 1,
                Some('<') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 {
                continue;
            }
            let [path @ .., _] = &self.tokens[at + 1..] else { break };
            let arguments = split_at_commas(path);
            // `my::Gate::<A>` is the same type as `my::Gate<A>`.
            let path = &self.tokens[..at];
            return match path {
                [path @ .., first, second] if is_separator(first, second) => (path, arguments),
                _ => (path, arguments),
            };
        }
        (&self.tokens, Vec::new())
    }
}

fn is_separator(first: &Token, second: &Token) -> bool {
    sign(first) == Some(':') && sign(second) == Some(':')
}

/// The reparametrization of a dense layer's weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenseNorm {
    /// `weight_norm = true`
    Weight,
    /// `spectral_norm = true`
    Spectral,
}

impl Dense {
    /// The reparametrization of its weights, if any.
    pub fn norm(&self) -> Option<DenseNorm> {
        match (self.weight_norm, self.spectral_norm) {
            (Some(true), _) => Some(DenseNorm::Weight),
            (_, Some(true)) => Some(DenseNorm::Spectral),
            _ => None,
        }
    }

    /// The options that are written, as names and values.
    pub fn options(&self) -> Vec<(&'static str, String)> {
        let init = self.init.as_ref().map(|init| ("init", init.text().to_owned()));
        let bias = self.bias.map(|bias| ("bias", bias.to_string()));
        let l2 = self.l2.as_ref().map(|l2| ("l2", l2.code.text.clone()));
        let weight_norm = self.weight_norm.map(|norm| ("weight_norm", norm.to_string()));
        let spectral_norm = self.spectral_norm.map(|norm| ("spectral_norm", norm.to_string()));
        let norms = weight_norm.into_iter().chain(spectral_norm);
        init.into_iter().chain(bias).chain(norms).chain(l2).collect()
    }
}

impl Choice {
    /// As the user wrote it.
    pub fn text(&self) -> &str {
        match self {
            Choice::Word(word) => &word.text,
            Choice::Own(path) => &path.text,
        }
    }
}

impl Activation {
    /// The word, unless it is a user-defined type.
    pub fn word(&self) -> Option<&Name> {
        match &self.choice {
            Choice::Word(word) => Some(word),
            Choice::Own(_) => None,
        }
    }

    /// As the user wrote it.
    pub fn text(&self) -> String {
        let name = self.choice.text();
        match &self.parameter {
            Some(parameter) => format!("{name}({})", parameter.code.text),
            None => name.to_owned(),
        }
    }
}

impl Layer {
    /// The number of repetitions.
    pub(crate) fn count(&self) -> usize {
        self.repeat.as_ref().map_or(1, |repeat| repeat.count)
    }
}

impl Unit {
    /// The number of inputs that is written in the layer itself.
    pub(crate) fn written_input(&self) -> Option<&Width> {
        match self {
            Unit::Dense(_, widths) | Unit::Own(_, widths) => widths.input.as_ref(),
            Unit::Input(width) => width.as_ref(),
            _ => None,
        }
    }
}
