//! How a checkpoint is to be read, where the file does not say it.

/// Which axis of a dense layer's weight is which.
///
/// A file that [`Checkpoint::save`](crate::Checkpoint::save) wrote says it. Of any other file the shapes say it, except
/// those of square weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// `[in, out]`, as this crate has it: y = x·W.
    InOut,
    /// `[out, in]`, as PyTorch's `nn.Linear` has it: y = x·Wᵀ. Two-dimensional weights are transposed.
    OutIn,
}

/// What [`Checkpoint::load_with`](crate::Checkpoint::load_with) takes beyond what
/// [`Checkpoint::load`](crate::Checkpoint::load) does.
///
/// ```
/// use nn::{Layout, LoadOptions};
///
/// let options = LoadOptions::new().layout(Layout::OutIn).narrow();
/// # assert_ne!(options, LoadOptions::new());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct LoadOptions {
    pub(super) layout: Option<Layout>,
    pub(super) narrow: bool,
}

impl LoadOptions {
    /// As [`Checkpoint::load`](crate::Checkpoint::load).
    pub fn new() -> Self {
        Self::default()
    }

    /// The weights of the file have this layout.
    pub fn layout(self, layout: Layout) -> Self {
        LoadOptions { layout: Some(layout), ..self }
    }

    /// F64 is rounded to the nearest `f32` for a network of `f32`. A number too large for one is an error.
    pub fn narrow(self) -> Self {
        LoadOptions { narrow: true, ..self }
    }
}
