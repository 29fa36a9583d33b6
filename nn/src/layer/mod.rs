//! Layers: what each is, how it answers, and how it is trained.
//!
//! A network's type is a tree of [`Then`] with layers at its leaves. Forward, backward and gradient
//! of the tree are composed by the compiler from those of the leaves: there is no tape, no
//! dispatch and no allocation. Every layer keeps, for the rows of a batch, what its gradient will
//! need in a view that [`Layer::workspace`] cuts from one buffer. Rows are independent of one another unless a
//! layer says that they are [`COUPLED`](Layer::COUPLED), so a batch can be split among threads at any
//! row, and so can the flat gradient at any [`Layer::next_boundary`], without changing a bit of the result.
//!
//! | in a declaration | type |
//! |---|---|
//! | `dense(784 -> 128, relu)` | [`Dense<784, 128, Relu>`](Dense), with options [`DenseWith`] or in a [`WeightNorm`] or [`SpectralNorm`] |
//! | `standardize`, `min_max`, `robust`, `quantile`, `scale(1/255)` first | the [encoders](encoder): [`Standardize`], [`MinMax`], [`Robust`], [`Quantile`], [`Scale`] |
//! | `columns { area: number(log), city: category(12) }` first | [`Columns`], and [`Embedding`] behind it: see [`columns`] |
//! | `dropout(0.2)`, `gaussian_dropout(0.2)`, `alpha_dropout(0.2)` | [`Dropout`], [`GaussianDropout`], [`AlphaDropout`] |
//! | `stochastic_depth(0.1)` last in a `residual` | [`StochasticDepth`] |
//! | `layer_norm`, `batch_norm`, `rms_norm`, `group_norm(8)` | [`LayerNorm`], [`BatchNorm`], [`RmsNorm`], [`GroupNorm`] |
//! | `glu`, `swiglu`, which give half of what they take | [`Glu`], [`Swiglu`] |
//! | `layer_scale`, `prelu`, `highway` | [`LayerScale`], [`Prelu`], [`Highway`] |
//! | `residual(…)` | [`Residual`] |
//! | `concat(…)`, `input(4)`, `heads(…)` | [`Concat`], [`Passthrough`], [`Heads`] |
//! | a network's path | [`Nested`](crate::Nested) |
//! | `my::Gate(128 -> 64)` | your own `Gate<128, 64>`: a [`RowLayer`], or a [`Layer`] with all its freedom |
//!
//! A layer that answers each row by itself, with a number for each column in its tensors, is one file: its formula, a
//! [`RowRule`]. Any other is one folder. Its `mod.rs` says what it is and how it answers, which is all that is left without
//! the standard library; its `train.rs` how it is trained.

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

/// A layer, as far as it answers: without the standard library nothing is trained.
#[cfg(not(feature = "std"))]
pub use Inference as Layer;

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

    /// Whether an [encoder] stands in front, or in a branch.
    const ENCODES: bool = false;
    /// Whether it is an encoder and nothing else, so that it lets pass what goes in.
    const IS_ENCODER: bool = false;

    /// Whether a number of a raw row may be missing, which is NaN: an encoder in front then says what becomes of it.
    const HAS_GAPS: bool = false;
    /// Where mean and deviation of a target of one number stand among the parameters, if an encoder in front has found them.
    const TARGET: Option<usize> = None;

    /// From a raw row to what the layers see, in its place: what the [encoder] in front does, if there is one.
    #[inline(always)]
    fn encode<T: Float>(_parameters: &[T], _row: &mut [T]) {}

    /// Whether all that encoders find from the training rows is there.
    #[inline(always)]
    fn is_adapted<T: Float>(_parameters: &[T]) -> bool {
        true
    }

    /// Answers one row that has been [encoded](Inference::encode). Loops of constant length, to be inlined into one function with all other layers of
    /// the network; the same bits as by the products that large networks are computed with.
    ///
    /// `parameters` is the layer's own stretch of the flat buffer, [`Inference::LEN`] long, x one row.
    fn predict_inline<T: Float>(parameters: &[T], x: &[T]) -> Self::Outputs<T>;
}

// The layers that a declaration can name.
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
        heads: Heads, Heads<Dense<5, 2, tensor::activation::Tanh>, Dense<5, 3, tensor::activation::Gelu>, 5>;
    }
}
