//! The reduction of the losses of single elements or rows.

/// The reduction of the losses of single elements or rows: PyTorch's `reduction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean, weighted if there are weights.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// No reduction: the result has one loss for each element or row.
    None,
}
