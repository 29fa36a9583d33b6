//! A checked network: what every layer takes and gives is known, and there is nothing in it that cannot be.
//! Where the declaration had mistakes, it is the network that was probably meant.

use crate::ast::{Branch, Column, Declaration, Dense, Head, Path, Simple, Title, Width, Widths};
use crate::tokens::Place;

/// What a declaration stands for.
pub type Checked = Declaration<Network, Chain>;

/// `pub struct Digits { hidden: dense(…), … }`
#[derive(Debug)]
pub struct Network {
    /// What stands before the layers.
    pub head: Head,
    /// The layers.
    pub chain: Chain,
}

/// The layers of a network.
#[derive(Debug)]
pub struct Chain {
    /// One after the other; there is at least one.
    pub steps: Vec<Step>,
    /// What remains to be compared by whoever knows the constants.
    pub seams: Vec<Seam>,
}

/// A layer with its widths.
#[derive(Debug)]
pub struct Step {
    /// What it is called, and where it stands.
    pub title: Title,
    /// What it is.
    pub unit: Unit,
    /// The widths that are written in it.
    pub written: Widths,
    /// What it takes.
    pub input: Width,
    /// What it gives.
    pub output: Width,
    /// How often it stands in the network, one after the other.
    pub count: usize,
}

/// What a layer is.
#[derive(Debug)]
pub enum Unit {
    /// A dense layer.
    Dense {
        /// Its activation and options.
        dense: Box<Dense>,
        /// Whether its activation is the head of the network or of a branch, which decides about the loss.
        head: bool,
    },
    /// A layer as wide as what comes before it, with numbers as options.
    Simple(Simple),
    /// Layers whose input is added to what they give.
    Residual(Vec<Step>),
    /// An input that goes on as it is.
    Input,
    /// Several inputs, side by side.
    Concat(Vec<Branch<Vec<Step>>>),
    /// Several heads, side by side.
    Heads(Vec<Branch<Vec<Step>>>),
    /// The columns of a table, each as what it becomes.
    Columns(Vec<Column>),
    /// A network inside this one.
    Network(Path),
    /// A layer of the user's own.
    Own(Path),
    /// Any layer of these widths: a mistake tells why there is no other.
    StandIn,
}

/// Two widths that must be equal, of which one is a constant.
#[derive(Debug)]
pub struct Seam {
    /// Where a mistake is shown.
    pub place: Place,
    /// What is given.
    pub given: Width,
    /// What is taken.
    pub taken: Width,
    /// Why they must be equal.
    pub kind: SeamKind,
}

/// Why two widths must be equal.
#[derive(Debug)]
pub enum SeamKind {
    /// One layer follows the other.
    Neighbours {
        /// What messages call the first.
        before: String,
        /// What they call the second.
        layer: String,
    },
    /// The layer's input is added to what it gives.
    Residual {
        /// What messages call it.
        layer: String,
    },
    /// The layer makes one number of two.
    Halved {
        /// What messages call it.
        layer: String,
    },
    /// The layer follows itself.
    Repeated {
        /// What messages call it.
        layer: String,
    },
}

impl Step {
    /// The layers inside it: of a residual one list, of branches one for each.
    pub fn parts(&self) -> Vec<&[Step]> {
        match &self.unit {
            Unit::Residual(steps) => vec![steps],
            Unit::Concat(branches) | Unit::Heads(branches) => {
                branches.iter().map(|branch| &branch.layers[..]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Where it says what it gives.
    pub(crate) fn end(&self) -> &Place {
        self.written.output.as_ref().map_or(&self.title.place, |output| &output.place)
    }
}
