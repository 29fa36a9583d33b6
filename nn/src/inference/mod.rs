//! What a layer is, and how it answers one row: all that a trained network needs, without the standard
//! library and without allocation.

mod batch_norm;
mod branches;
mod dense;
mod dropout;
mod heads;
mod info;
mod layer_norm;
mod moments;
mod names;
mod nested;
mod options;
mod passthrough;
mod residual;
mod then;

use tensor::Float;

pub use batch_norm::BatchNorm;
pub use branches::{Heads, Inputs};
pub use dense::Dense;
pub use dropout::Dropout;
#[cfg(feature = "std")]
pub(crate) use heads::shifted_exponentials;
pub use heads::{Activate, Both, HeadInfo, Linear, Sigmoid, Softmax};
pub use info::{Info, LayerInfo, TensorInfo};
pub use layer_norm::LayerNorm;
#[cfg(feature = "std")]
pub(crate) use moments::{rate, sum};
pub use nested::Nested;
pub use options::{DenseOptions, DenseView, DenseWith, Plain, WeightView};
pub use passthrough::Passthrough;
pub use residual::Residual;
pub use then::Then;

use crate::row::Row;

/// A piece of a network with a known number of inputs, outputs and parameters.
pub trait Inference: 'static {
    /// Inputs per row.
    const INPUTS: usize;
    /// Outputs per row.
    const OUTPUTS: usize;
    /// Elements in the flat buffer of parameters, gaps included.
    const LEN: usize;
    /// Numbers that [`Inference::predict_inline`] keeps on the stack, the outputs among them.
    const STACK: usize;
    /// What the layer is, for summaries, files and errors.
    const INFO: Info;

    /// The outputs of one row: `[T; OUTPUTS]`.
    type Outputs<T: Float>: Row<T>;

    /// Answers one row. Loops of constant length, to be inlined into one function with all other layers of
    /// the network; the same bits as by the products that large networks are computed with.
    ///
    /// `parameters` is the layer's own stretch of the flat buffer, [`Inference::LEN`] long, x one row.
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;
}
