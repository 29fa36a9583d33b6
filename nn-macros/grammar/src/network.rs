//! A checked network: the widths of every layer are known, and the network is valid. Where the
//! declaration had mistakes, it is the network that was probably meant.

use crate::ast::{Branch, Column, Declaration, Dense, Head, Path, Simple, Title, Width, Widths};
use crate::tokens::Place;

/// The networks of a declaration, or its layers.
pub type Checked = Declaration<Network, Chain>;

/// `pub struct Digits { hidden: dense(…), … }`
#[derive(Debug)]
pub struct Network {
    /// The part of the declaration before the layers.
    pub head: Head,
    /// The layers.
    pub chain: Chain,
}

/// The layers of a network.
#[derive(Debug)]
pub struct Chain {
    /// The layers in sequence, at least one.
    pub steps: Vec<Step>,
    /// The widths that the compiler must compare, since they are constants.
    pub seams: Vec<Seam>,
}

/// A layer with its widths.
#[derive(Debug)]
pub struct Step {
    /// Its name and place.
    pub title: Title,
    /// Its kind.
    pub unit: Unit,
    /// The widths that are written in it.
    pub written: Widths,
    /// Its number of inputs.
    pub input: Width,
    /// Its number of outputs.
    pub output: Width,
    /// The number of repetitions in sequence.
    pub count: usize,
}

/// The kind of a layer.
#[derive(Debug)]
pub enum Unit {
    /// A dense layer.
    Dense {
        /// Its activation and options.
        dense: Box<Dense>,
        /// Whether its activation is the head of the network or of a branch, which determines the
        /// loss.
        head: bool,
    },
    /// A layer that takes its width from the layer before it, with numbers as options.
    Simple(Simple),
    /// Layers whose input is added to their output.
    Residual(Vec<Step>),
    /// An input that is passed on unchanged.
    Input,
    /// Several parallel inputs.
    Concat(Vec<Branch<Vec<Step>>>),
    /// Several parallel heads.
    Heads(Vec<Branch<Vec<Step>>>),
    /// The columns of a table.
    Columns(Vec<Column>),
    /// A nested network.
    Network(Path),
    /// A custom layer.
    Own(Path),
    /// A stand-in with these widths: a mistake tells why the layer itself is missing.
    StandIn,
}

/// Two widths that must be equal, of which one is a constant.
#[derive(Debug)]
pub struct Seam {
    /// Where a mistake is reported.
    pub place: Place,
    /// The outputs of the first layer.
    pub given: Width,
    /// The inputs of the second layer.
    pub taken: Width,
    /// Why they must be equal.
    pub kind: SeamKind,
}

/// Why two widths must be equal.
#[derive(Debug)]
pub enum SeamKind {
    /// One layer follows the other.
    Neighbours {
        /// The name of the first layer in messages.
        before: String,
        /// The name of the second layer in messages.
        layer: String,
    },
    /// The layer's input is added to its output.
    Residual {
        /// Its name in messages.
        layer: String,
    },
    /// The layer halves its inputs.
    Halved {
        /// Its name in messages.
        layer: String,
    },
    /// The layer follows itself.
    Repeated {
        /// Its name in messages.
        layer: String,
    },
}

impl Step {
    /// The layers inside it: one list for a residual, one for each branch.
    pub fn parts(&self) -> Vec<&[Step]> {
        match &self.unit {
            Unit::Residual(steps) => vec![steps],
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter().map(|branch| &branch.layers[..]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where its number of outputs is written.
    pub(crate) fn end(&self) -> &Place {
        self.written.output.as_ref().map_or(&self.title.place, |output| &output.place)
    }
}
