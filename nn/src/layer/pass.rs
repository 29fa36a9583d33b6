//! [`Pass`]: training or evaluation.

/// Training or evaluation mode. Dropout and batch norm behave differently in the two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pass {
    /// Evaluation: nothing is random, and rows do not depend on one another.
    #[default]
    Evaluation,
    /// Training.
    ///
    /// Random choices are functions of these numbers, of the row's index in the batch, and of the
    /// column. So they do not depend on which thread computes which rows.
    Training {
        /// The seed of the training.
        seed: u64,
        /// Number of steps taken before.
        step: u64,
        /// Index in the batch of the first row at hand.
        first_row: u64,
        /// Number of layers of the network before this one.
        layer: u64,
        /// Factor on the dropout rates, usually 1.
        dropout: f64,
    },
}

impl Pass {
    /// The same pass for a part of the network that is `layers` layers further on.
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
