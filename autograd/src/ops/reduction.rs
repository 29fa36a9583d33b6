//! What becomes of the losses of single elements or rows.

/// What becomes of the losses of single elements or rows: PyTorch's `reduction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean, weighted if there are weights.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Nothing: the result has one loss for each.
    None,
}
