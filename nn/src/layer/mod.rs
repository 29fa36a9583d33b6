//! Layers: what each computes, and how it is trained.
//!
//! A network's type is a tree of [`Then`] with layers at its leaves. The compiler composes the
//! forward pass, the backward pass and the parameter gradient of the tree from those of the leaves.
//! There is no tape, no dynamic dispatch and no allocation.
//!
//! Each layer caches the activations that its gradient needs in a [`Workspace`], a view that
//! [`Layer::workspace`] takes from one buffer. Rows of a batch are independent unless a layer is
//! [`COUPLED`](Layer::COUPLED), as batch norm is. So threads can split a batch at any row, and the
//! flat gradient at any [`Layer::next_boundary`], without changing a bit of the result.
//!
//! | trait | PyTorch's counterpart |
//! |---|---|
//! | [`Inference`] | a `torch.nn.Module` in `eval()` mode, for one row |
//! | [`Layer`] | an `autograd.Function` for a batch: `forward`, `backward`, and the gradient of the parameters |
//! | [`RowLayer`] | a custom layer, written as `forward` and `backward` of one row |
//!
//! | in a declaration | type |
//! |---|---|
//! | `dense(784 -> 128, relu)` | [`Dense<784, 128, Relu>`](Dense), with options [`DenseWith`] or in a [`WeightNorm`] or [`SpectralNorm`] |
//! | `standardize`, `min_max`, `robust`, `quantile`, `scale(1/255)` first | the [encoders](encoder): [`Standardize`], [`MinMax`], [`Robust`], [`Quantile`], [`Scale`] |
//! | `columns { area: number(log), city: category(12) }` first | [`Columns`], and [`Embedding`] after it: see [`columns`] |
//! | `dropout(0.2)`, `gaussian_dropout(0.2)`, `alpha_dropout(0.2)` | [`Dropout`], [`GaussianDropout`], [`AlphaDropout`] |
//! | `stochastic_depth(0.1)` last in a `residual` | [`StochasticDepth`] |
//! | `layer_norm`, `batch_norm`, `rms_norm`, `group_norm(8)` | [`LayerNorm`], [`BatchNorm`], [`RmsNorm`], [`GroupNorm`] |
//! | `glu`, `swiglu`, with half as many outputs as inputs | [`Glu`], [`Swiglu`] |
//! | `layer_scale`, `prelu`, `highway` | [`LayerScale`], [`Prelu`], [`Highway`] |
//! | `residual(…)` | [`Residual`] |
//! | `concat(…)`, `input(4)`, `heads(…)` | [`Concat`], [`Passthrough`], [`Heads`] |
//! | a network's path | [`Nested`](crate::Nested) |
//! | `my::Gate(128 -> 64)` | a custom layer `Gate<128, 64>`: a [`RowLayer`], or a [`Layer`] for full control |
//!
//! A layer that treats each row by itself, and whose tensors have one number per column, is one
//! file: its formula, a [`RowRule`]. Every other layer is a folder. Its `mod.rs` has the type and
//! inference, which is all that is compiled without the standard library. Its `train.rs` has
//! training.

mod batch_norm;
mod branches;
mod by_row;
#[cfg(feature = "std")]
mod check;
pub mod columns;
mod dense;
mod dropout;
pub mod encoder;
#[cfg(feature = "std")]
mod formula;
mod glu;
mod group_norm;
mod highway;
mod info;
pub mod init;
mod layer_norm;
mod layer_scale;
#[cfg(feature = "std")]
mod leaf;
mod list;
mod moments;
mod names;
mod option;
#[cfg(feature = "std")]
mod output_grad;
#[cfg(feature = "std")]
mod pass;
mod passthrough;
mod prelu;
#[cfg(test)]
mod proof;
#[cfg(feature = "std")]
mod recorded;
mod residual;
mod rms_norm;
#[cfg(feature = "std")]
mod row_layer;
#[cfg(feature = "std")]
mod same;
#[cfg(feature = "std")]
mod sums;
mod then;
#[cfg(feature = "std")]
mod training;
mod width;
#[cfg(feature = "std")]
mod workspace;

use tensor::Float;

pub use batch_norm::{BatchNorm, BatchNormFormula};
pub use branches::{Concat, Heads};
pub use by_row::{ByRow, ByRowFormula, Options as RowOptions, RowRule};
pub use columns::{Columns, Embedding};
pub use dense::{
    Dense, DenseNorm, DenseOptions, DenseView, DenseWith, Length, Normed, Plain, Spectral,
    SpectralNorm, WeightNorm, WeightView,
};
pub use dropout::{
    Alpha, AlphaDropout, Dropout, DropoutKind, Dropping, Gaussian, GaussianDropout, Standard,
    StochasticDepth, WholeRows,
};
pub use encoder::{MinMax, Quantile, Robust, Scale, Standardize};
#[cfg(feature = "std")]
use encoder::{MinMaxFormula, QuantileFormula, RobustFormula, ScaleFormula, StandardizeFormula};
pub use glu::{Gate, GateRule, Glu, GluFormula, Sigmoidal, Swiglu, SwigluFormula, Swish};
pub use group_norm::{GroupNorm, GroupNormFormula, GroupNormRule};
pub use highway::{Highway, HighwayFormula};
pub use info::{Info, LayerInfo, TensorInfo};
pub use layer_norm::{LayerNorm, LayerNormFormula, LayerNormRule};
pub use layer_scale::{LayerScale, LayerScaleFormula, LayerScaleRule};
use list::layers;
pub(crate) use names::push_or_number;
#[cfg(feature = "std")]
pub(crate) use names::{word_and_number, written_number};
pub(crate) use option::rule;
pub use passthrough::Passthrough;
pub use prelu::{Prelu, PreluFormula, PreluRule};
pub use residual::Residual;
pub use rms_norm::{RmsNorm, RmsNormFormula, RmsNormRule};
pub use then::Then;

pub use width::{Fixed, Width};

#[cfg(feature = "std")]
pub use self::{
    batch_norm::BatchNormView,
    branches::BranchWorkspace,
    check::check,
    dense::{
        Declared, DenseFormula, DenseSettings, DenseWidths, FixedWidths, HasFormula, NormedFormula,
        SpectralNormView, WeightNormView,
    },
    dropout::{
        AlphaDropoutFormula, DropoutFormula, DroppingFormula, GaussianDropoutFormula,
        StochasticDepthFormula,
    },
    encoder::{FoundColumn, Seen},
    formula::{FirstSums, Formula},
    highway::HighwayView,
    layer_norm::NormView,
    layer_scale::ScaleView,
    leaf::{Leaf, LeafWorkspace},
    output_grad::{OutputGrad, UnitFunction},
    pass::Pass,
    passthrough::PassthroughFormula,
    prelu::PreluView,
    residual::ResidualWorkspace,
    row_layer::{RowFormula, RowLayer},
    sums::Sums,
    then::ThenWorkspace,
    training::Layer,
    workspace::{Extra, Workspace},
};
#[cfg(feature = "std")]
pub(crate) use self::{
    branches::{join_columns, part_columns},
    dropout::largest_dropout_rate,
    residual::add_to,
    then::add_penalties,
    training::too_few,
};
#[cfg(feature = "onnx")]
pub(crate) use dense::computed_weights;

/// A layer without the standard library: inference only.
#[cfg(not(feature = "std"))]
pub use Inference as Layer;

use crate::row::Row;

/// A part of a network with a fixed number of inputs, outputs and parameters: shapes, metadata and
/// the prediction for one row.
pub trait Inference: 'static {
    /// Inputs per row.
    const INPUTS: usize;
    /// Outputs per row.
    const OUTPUTS: usize;
    /// Elements of the flat parameter buffer, gaps included.
    const LEN: usize;
    /// Numbers that [`Inference::predict_inline`] puts on the stack, the outputs included.
    const STACK: usize;
    /// Kind, widths and tensors, for summaries, files and errors.
    const INFO: Info;

    /// The outputs of one row: `[T; OUTPUTS]`.
    type Outputs<T: Float>: Row<T>;

    /// Whether an [encoder] comes first, also in a branch.
    const ENCODES: bool = false;
    /// Whether the part is only an encoder, which passes its (encoded) input through unchanged.
    const IS_ENCODER: bool = false;

    /// Whether a raw row may have missing values (NaN). The encoder at the front then handles them.
    const HAS_GAPS: bool = false;
    /// Index, in the parameters, of mean and standard deviation of a one-number target, if an
    /// encoder at the front computes them.
    const TARGET: Option<usize> = None;

    /// Encodes a raw row in place: applies the [encoder] at the front, if there is one.
    #[inline(always)]
    fn encode<T: Float>(_parameters: &[T], _row: &mut [T]) {}

    /// Whether the encoders have been fitted to training rows; `true` if there are none.
    #[inline(always)]
    fn is_adapted<T: Float>(_parameters: &[T]) -> bool {
        true
    }

    /// Returns the outputs of one row x that has been [encoded](Inference::encode).
    ///
    /// Its loops have constant lengths, so that all layers of a network are inlined into one
    /// function. The bits are those of the matrix products that large networks use. `parameters` is
    /// the layer's own slice of the flat buffer, [`Inference::LEN`] long.
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;
}

// The layers that a declaration can name, each with an example for the tests.
layers! {
    simple {
        dropout: Dropout(0.4), DropoutFormula;
        gaussian_dropout: GaussianDropout(0.4), GaussianDropoutFormula;
        alpha_dropout: AlphaDropout(0.4), AlphaDropoutFormula;
        stochastic_depth: StochasticDepth(0.4), StochasticDepthFormula;
        layer_norm: LayerNorm(0.001), LayerNormFormula;
        batch_norm: BatchNorm(0.2, 0.001), BatchNormFormula;
        rms_norm: RmsNorm(0.001), RmsNormFormula;
        layer_scale: LayerScale(), LayerScaleFormula;
        prelu: Prelu(0.3), PreluFormula;
        group_norm: GroupNorm(4.0, 0.001), GroupNormFormula;
        highway: Highway(-1.5), HighwayFormula;
        glu: Glu(), GluFormula;
        swiglu: Swiglu(), SwigluFormula;
    }
    encoders {
        standardize: Standardize(), StandardizeFormula;
        min_max: MinMax(), MinMaxFormula;
        robust: Robust(), RobustFormula;
        quantile: Quantile(), QuantileFormula;
        scale: Scale(0.25), ScaleFormula;
    }
    leaves {
        dense: Dense, Dense<5, 3, tensor::activation::Tanh>;
        input: Passthrough, Passthrough<6>;
        columns: Columns, Columns<columns::Example, { columns::Example::WIDTHS.row() }>;
    }
    joints {
        residual: Residual, Residual<Dense<4, 4, tensor::activation::Gelu>>;
        concat: Concat, Concat<Dense<3, 2, tensor::activation::Tanh>, Passthrough<4>, 6>;
        heads: Heads,
            Heads<Dense<5, 2, tensor::activation::Tanh>, Dense<5, 3, tensor::activation::Gelu>, 5>;
    }
}
