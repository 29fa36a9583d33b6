//! Translates a network's layers to calls of the C functions that compute them.

use std::collections::HashSet;
use std::fmt::Write as _;

use tensor::Float;
use tensor::activation::{Celu, Elu, LeakyRelu};

use super::columns::{self, comment};
use super::layers;
use super::memory::Memory;
use super::pieces::{Pieces, Precision};
use crate::error::{Error, Result, quoted};
use crate::head::HeadInfo;
use crate::layer::{Info, LayerInfo, word_and_number, written_number};
use crate::network::Described;

/// An argument of a layer's C function after `y` and `x`: a tensor, by its name in the network, or
/// one of these.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument {
    /// The tensor of this name.
    Tensor(&'static str),
    /// The same, or a null pointer if the layer does not have it.
    Perhaps(&'static str),
    /// The layer's number, as tables show it.
    Number,
    /// A real number.
    Real(f64),
    /// An integer.
    Whole(usize),
    /// The number of inputs.
    Inputs,
    /// The number of outputs.
    Outputs,
}

/// A layer with its parameters in the network.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    pub(super) info: &'a LayerInfo,
    /// Its full name.
    name: String,
    /// Its slice of the flat buffer.
    pub(super) parameters: Vec<f64>,
}

/// The location of some numbers of a row in C.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// A pointer to the first.
    pub(super) text: String,
    len: usize,
    /// Their offset in the workspace, if they may be overwritten.
    at: Option<usize>,
}

impl Place {
    /// The same numbers, not to be overwritten.
    pub(super) fn lent(&self) -> Place {
        Place { at: None, ..self.clone() }
    }

    /// The first `len` numbers and the others.
    fn parted(&self, len: usize) -> (Place, Place) {
        let rest = Place { text: format!("{} + {len}", self.text), len: self.len - len, at: None };
        (Place { len, ..self.lent() }, rest)
    }
}

/// The parts of a C file.
#[derive(Debug)]
pub(super) struct Body {
    /// The formulas.
    pub(super) pieces: Pieces,
    /// The numbers of the network.
    pub(super) tensors: String,
    /// The code that computes the last layer's values.
    pub(super) logits: String,
    /// The code that converts them to outputs.
    pub(super) heads: String,
    /// The length of the workspace.
    pub(super) work: usize,
    memory: Memory,
    names: HashSet<String>,
}

impl Body {
    /// Translates a network.
    ///
    /// # Errors
    ///
    /// If it has a layer or an activation without an implementation in C.
    pub(super) fn of<T: Float>(network: &Described<'_, T>, pieces: Pieces) -> Result<Self> {
        let mut body = Body {
            pieces,
            tensors: String::new(),
            logits: String::new(),
            heads: String::new(),
            work: 0,
            memory: Memory::default(),
            names: HashSet::new(),
        };
        let input = Place { text: "input".into(), len: network.info.inputs(), at: None };
        let y = body.part(network, network.info, &input, &mut 0)?;
        body.copy("output", &y);
        body.work = body.memory.len;
        body.head(network.heads, network.info, 0)?;
        columns::own_units(network, &mut body)
            .ok_or_else(|| unknown("head", "the network", "exp"))?;
        Ok(body)
    }

    /// Adds a part of the network that begins with the layer at `index`. Its outputs do not overlap
    /// its inputs, or are the same.
    fn part<T: Float>(
        &mut self,
        network: &Described<'_, T>,
        info: &Info,
        x: &Place,
        index: &mut usize,
    ) -> Result<Place> {
        match info {
            Info::Layer(layer) => {
                let (_, start) = network.info.layer(*index);
                let parameters = &network.parameters[start..][..layer.len];
                let parameters = parameters.iter().map(|number| number.as_f64()).collect();
                let placed = Placed { info: layer, name: network.layer_name(*index), parameters };
                *index += 1;
                let declared = match (layer.activation, layer.option) {
                    ("", "") => layer.kind.to_owned(),
                    (one, "") | ("", one) => format!("{}, {one}", layer.kind),
                    (activation, option) => format!("{}, {activation}, {option}", layer.kind),
                };
                let _ = writeln!(self.logits, "    /* {}: {declared} */", comment(&placed.name));
                let is_known = !layer.is_own && !layer.has_own_activation;
                let y = is_known.then(|| layers::write(self, &placed, x)).flatten();
                y.ok_or_else(|| match layer.kind {
                    "dense" if !layer.is_own => {
                        unknown("activation", &placed.name, layer.activation)
                    }
                    kind => unknown("layer", &placed.name, kind),
                })
            }
            Info::Then(a, b) => {
                let between = self.part(network, a, x, index)?;
                let y = self.part(network, b, &between, index)?;
                if y.at.is_none() {
                    return Ok(between);
                }
                self.give(&between);
                Ok(y)
            }
            Info::Nested { layers, .. } => self.part(network, layers, x, index),
            Info::Residual(layers) => {
                let y = self.part(network, layers, x, index)?;
                let y = if y.at.is_some() { y } else { self.copied(&[&y]) };
                let function = self.pieces.function("residual").unwrap_or_default();
                let _ = writeln!(self.logits, "    {function}({}, {}, {});", y.text, x.text, y.len);
                Ok(y)
            }
            Info::Concat(a, b) => {
                let (of_a, of_b) = x.parted(a.inputs());
                let y_a = self.part(network, a, &of_a, index)?;
                let y_b = self.part(network, b, &of_b, index)?;
                Ok(self.copied(&[&y_a, &y_b]))
            }
            Info::Heads(a, b) => {
                let y_a = self.part(network, a, &x.lent(), index)?;
                let y_b = self.part(network, b, &x.lent(), index)?;
                Ok(self.copied(&[&y_a, &y_b]))
            }
        }
    }

    /// Adds the functions of heads, whose logits come after the first `from` outputs.
    fn head(&mut self, heads: &HeadInfo, info: &Info, from: usize) -> Result<()> {
        match (heads, info) {
            (HeadInfo::Both(of_a, of_b), Info::Heads(a, b)) => {
                self.head(of_a, a, from)?;
                self.head(of_b, b, from + a.outputs())
            }
            (heads @ HeadInfo::Both(..), Info::Then(_, last)) => self.head(heads, last, from),
            (heads @ HeadInfo::Both(..), Info::Nested { layers, .. }) => {
                self.head(heads, layers, from)
            }
            (heads, info) => {
                let name = heads.to_string();
                let text = if from == 0 { "output".into() } else { format!("(output + {from})") };
                let outputs = Place { text, len: info.outputs(), at: None };
                let layers = std::mem::take(&mut self.logits);
                let is_known = self.activate(&name, &outputs).is_some();
                self.heads += &std::mem::replace(&mut self.logits, layers);
                if is_known { Ok(()) } else { Err(unknown("head", "the network", &name)) }
            }
        }
    }

    /// Adds the call of a layer's function.
    pub(super) fn call(
        &mut self,
        function: &str,
        layer: &Placed<'_>,
        x: &Place,
        arguments: &[Argument],
    ) -> Option<Place> {
        let function = self.pieces.function(function)?;
        let mut written = Vec::new();
        for &argument in arguments {
            written.push(match argument {
                Argument::Tensor(name) => self.tensor(layer, name)?,
                Argument::Perhaps(name) => self.tensor(layer, name).unwrap_or("NULL".into()),
                Argument::Number => self.number(written_number(layer.info.option)?),
                Argument::Real(number) => self.number(number),
                Argument::Whole(number) => number.to_string(),
                Argument::Inputs => layer.info.inputs.to_string(),
                Argument::Outputs => layer.info.outputs.to_string(),
            });
        }
        let y = self.taken(layer.info.outputs);
        let _ = writeln!(
            self.logits,
            "    {function}({}, {}, {});",
            y.text,
            x.text,
            written.join(", ")
        );
        Some(y)
    }

    /// Adds an activation, in place; `None` if there is no implementation.
    pub(super) fn activate(&mut self, name: &str, y: &Place) -> Option<()> {
        let (word, number) = word_and_number(name)?;
        let number = number.or(match word {
            "leaky_relu" => Some(LeakyRelu::default().slope),
            "elu" => Some(Elu::default().alpha),
            "celu" => Some(Celu::default().alpha),
            _ => None,
        });
        let Place { text, len, .. } = y;
        match word {
            "linear" | "identity" => {}
            "softmax" => {
                let function = self.pieces.function(word)?;
                let _ = writeln!(self.logits, "    {function}({text}, {len});");
            }
            _ => {
                let function = self.pieces.function(word)?;
                let number = number.map(|number| format!(", {}", self.number(number)));
                let _ = writeln!(
                    self.logits,
                    "    for (size_t i = 0; i < {len}; i++) {text}[i] = {function}({text}[i]{});",
                    number.unwrap_or_default()
                );
            }
        }
        Some(())
    }

    fn number(&self, number: f64) -> String {
        self.pieces.precision.number(number)
    }

    /// Adds a tensor of a layer and returns its name.
    pub(super) fn tensor(&mut self, layer: &Placed<'_>, name: &str) -> Option<String> {
        let tensor = layer.info.tensors.iter().find(|tensor| tensor.name == name)?;
        let numbers = &layer.parameters[tensor.offset..][..tensor.len()];
        let of_c = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        // Repeated layers, and layers whose names differ only in characters that C does not allow,
        // get numbers.
        let wanted: String = format!("{}.{name}", layer.name).chars().map(of_c).collect();
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = [wanted.clone()].into_iter().chain(numbered);
        let name = names.find(|name| !self.names.contains(name))?;
        self.names.insert(name.clone());
        let real = self.pieces.precision.real();
        let _ = write!(self.tensors, "static const {real} {name}[{}] = {{", numbers.len());
        for (at, &number) in numbers.iter().enumerate() {
            let between = if at % 8 == 0 { "\n    " } else { " " };
            let digits = match self.pieces.precision {
                Precision::Single => format!("{:e}f", number as f32),
                Precision::Double => format!("{number:e}"),
            };
            let _ = write!(self.tensors, "{between}{digits},");
        }
        self.tensors += "\n};\n\n";
        Some(name)
    }

    /// Allocates workspace.
    pub(super) fn taken(&mut self, len: usize) -> Place {
        let at = self.memory.take(len);
        let text = if at == 0 { "work".into() } else { format!("(work + {at})") };
        Place { text, len, at: Some(at) }
    }

    fn give(&mut self, place: &Place) {
        if let Some(at) = place.at {
            self.memory.give(at, place.len);
        }
    }

    /// Copies numbers to adjacent workspace, and frees their old locations.
    fn copied(&mut self, places: &[&Place]) -> Place {
        let y = self.taken(places.iter().map(|place| place.len).sum());
        let mut from = 0;
        for place in places {
            let to = if from == 0 { y.text.clone() } else { format!("{} + {from}", y.text) };
            self.copy(&to, place);
            from += place.len;
            self.give(place);
        }
        y
    }

    fn copy(&mut self, to: &str, x: &Place) {
        let function = self.pieces.function("copy").unwrap_or_default();
        let _ = writeln!(self.logits, "    {function}({to}, {}, {});", x.text, x.len);
    }
}

fn unknown(what: &str, layer: &str, name: &str) -> Error {
    Error::value(
        format!("{what} of {}, to be written as C", quoted(layer)),
        format!("{}, a custom one", quoted(name)),
        format!("one of the {what}s that the notation has a word for"),
        "there is no C code for it: write the network without it and add it by hand, or build it \
         as a library, as the example `embedded` does",
    )
}
