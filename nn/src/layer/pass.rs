//! What a pass through the layers is for.

/// Whether rows are answered or learnt from: dropout and batch norm differ between the two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pass {
    /// The network answers; nothing is random, and rows do not depend on one another.
    #[default]
    Evaluation,
    /// The network is trained.
    ///
    /// Random choices are functions of these numbers, of the row's place in the batch and of the
    /// column, so that it does not matter which thread computes which rows.
    Training {
        /// The training's seed.
        seed: u64,
        /// How many steps have been taken before.
        step: u64,
        /// The place in the batch of the first row at hand.
        first_row: u64,
        /// How many layers of the network stand before the one at hand.
        layer: u64,
        /// What the rates of dropout are multiplied by, 1 mostly.
        dropout: f64,
    },
}

impl Pass {
    /// The same pass as a part of the network sees it that comes `layers` layers later.
    #[must_use]
    pub const fn skip(self, layers: usize) -> Self {
        match self {
            Pass::Evaluation => Pass::Evaluation,
            Pass::Training { seed, step, first_row, layer, dropout } => {
                let layer = layer + layers as u64;
                Pass::Training { seed, step, first_row, layer, dropout }
            }
        }
    }
}
