//! Options for loading checkpoints whose files do not contain this information.

/// The layout of a dense layer's weight.
///
/// Files written by [`Checkpoint::save`](crate::Checkpoint::save) state it. For other files it
/// follows from the shapes, except for square weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Layout {
    /// `[in, out]`, the layout of this crate: y = x·W.
    InOut,
    /// `[out, in]`, the layout of PyTorch's `nn.Linear`: y = x·Wᵀ. Two-dimensional weights are
    /// transposed.
    OutIn,
}

/// Options of [`Checkpoint::load_with`](crate::Checkpoint::load_with); the default is that of
/// [`Checkpoint::load`](crate::Checkpoint::load).
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
    /// The options of [`Checkpoint::load`](crate::Checkpoint::load).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the layout of the weights in the file.
    pub fn layout(self, layout: Layout) -> Self {
        LoadOptions { layout: Some(layout), ..self }
    }

    /// Allows F64 to be rounded to the nearest `f32` for a network of `f32`. A number too large for
    /// `f32` is an error.
    pub fn narrow(self) -> Self {
        LoadOptions { narrow: true, ..self }
    }
}
