//! Typed fully connected networks, declared in one line.
//!
//! ```
//! use nn::network;
//!
//! network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }
//!
//! println!("{}", Digits::SUMMARY); // layers, sizes and parameters, before anything runs
//! ```
//!
//! The compiler knows every width, parameter and byte of such a network: inputs are `[f32; 784]`, outputs
//! `[f32; 10]`, targets [`Class<10>`](data::Class), and a wrong one is a compile error.
//!
//! # From nothing to a trained network
//!
//! | step | here |
//! |---|---|
//! | declare | [`network!`], or [`Sequential`] as a type |
//! | look | `SUMMARY`, a table; [`Picture::svg`], a picture |
//! | data | [`data::Dataset`], [`data::fashion_mnist`], [`data::idx`], tables and CSV (features `table`, `csv`), files larger than memory: [`data::row_file`]; parts and folds of them: [`data::split`], [`data::folds`] |
//! | train | [`fit`], or [`Trainer`] in a loop of your own, with an optimizer of [`optim`] or an [`Optimizer`] of yours |
//! | fit exactly | [`solve`]: L-BFGS and Levenberg–Marquardt, for small networks and whole data sets |
//! | choose | a [`loss`] that fits the head: [`Fit::loss`], [`Trainer::loss`] |
//! | judge | [`Evaluate::evaluate`], [`Evaluate::evaluation`], a [`metric`], [`metric::cross_validate`], the [`Report`] of [`fit`] |
//! | use | [`Network::predict`], [`Network::predict_batch`] |
//! | keep | [`Checkpoint::save`], [`Checkpoint::load`] (safetensors) |
//! | hand over | [`c_source`]: plain C; [`Checkpoint::save_pytorch`]; ONNX (feature `onnx`) |
//! | extend | a layer by its formula for a row: [`layer::RowLayer`], [`layer::check`]; an [`activation`](activation::Activation); an [`init`]; a model on the tape: [`TapeModel`]; a [`Model`] of another kind |
//! | doubt | [`Record::self_check`]: the static step against the tape, to the last bit |
//!
//! Methods such as these come with traits, each from the module that does the work; `use nn::prelude::*` brings all
//! traits into scope. A struct that `network!` declares has the most wanted methods as its own.
//!
//! # Two drivers
//!
//! A network is trained by code that the compiler composes from its type ([`layer`]): no tape, no
//! dispatch, no allocation. The same network also runs on the tape of [`autograd`]
//! ([`Record::on_tape`]), to be part of something larger. Both compute the same bits.
//!
//! # Without the standard library
//!
//! With its default feature `std` off, this crate is `no_std` and allocates nothing. What remains is what a trained
//! network needs: [`network!`], and [`Weights`] in a `static`, made by [`include_weights!`] from the file that
//! [`Checkpoint::save`] wrote. The example `embedded` is such a program, and a library for C.

//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `std` (default) | training, data, files, the tape |
//! | `libm` | the arithmetic of floats where `std` is off, though the machine has an operating system |
//! | `dynamic` | `Dynamic`: networks read from text when the program runs |
//! | `ctrlc` | `Fit::stop_on_ctrl_c`: Ctrl-C ends a training after its step |
//! | `table` | `data::Table`: columns of numbers, categories, yes and no, and dates, looked at, selected and made into rows |
//! | `csv` | `Table::read_csv`, and `table` |
//! | `parquet` | `Table::read_parquet`, and `table` |
//! | `json` | rows of tables from JSON, and from whatever else serde reads, and `table` |
//! | `npy` | `data::npy`: arrays of NumPy; `keras`: the weights of a Keras model |
//! | `half`, `nalgebra`, `ndarray` | tensors from arrays of the crate of that name, and the other way |
//! | `onnx` | `onnx`: models in the ONNX format, in and out, and `dynamic` |
//! | `images` | `data::images`: folders of PNG and JPEG, and `table` |

#![cfg_attr(not(feature = "std"), no_std)]
// What a declared network shares with one read at run time stands with the former. With every feature on, as CI has
// them, nothing is unused.
#![cfg_attr(not(feature = "dynamic"), allow(dead_code, unused_imports))]

#[cfg(feature = "std")]
pub mod c_source;
#[cfg(feature = "std")]
pub mod data;
mod declare;
#[cfg(feature = "std")]
pub mod distributed;
#[cfg(feature = "dynamic")]
mod dynamic;
#[cfg(feature = "std")]
mod error;
mod file;
pub mod head;
#[cfg(feature = "npy")]
pub mod keras;
#[cfg(feature = "std")]
mod labels;
pub mod layer;
#[cfg(feature = "std")]
pub mod loss;
#[cfg(feature = "std")]
pub mod metric;
mod network;
#[cfg(feature = "onnx")]
pub mod onnx;
#[cfg(feature = "std")]
pub mod optim;
mod parameters;
#[cfg(feature = "std")]
mod picture;
mod row;
mod sequential;
#[cfg(feature = "std")]
pub mod solve;
#[cfg(feature = "table")]
mod tabular;
#[cfg(feature = "std")]
mod tape;
mod text;
#[cfg(feature = "std")]
mod train;
mod words;

#[cfg(feature = "std")]
pub use autograd;
#[cfg(all(feature = "dynamic", feature = "table"))]
pub use dynamic::LeftOut;
#[cfg(feature = "dynamic")]
pub use dynamic::{Dynamic, DynamicLoss, DynamicWorkspace, Registry};
#[cfg(feature = "std")]
pub use error::{Error, ErrorKind, Result};
#[doc(hidden)] // what `include_weights!` writes
pub use file::{Arranged, Sizes, sizes_to_arrange};
#[cfg(feature = "std")]
pub use file::{Checkpoint, Fitted, Layout, LoadOptions, PyTorch};
pub use file::{StaticWords, Weights};
pub use layer::init;
#[cfg(feature = "std")]
pub use metric::{Evaluate, Evaluation, Metrics};
pub use network::{Architecture, Layered, Nested};
#[cfg(feature = "std")]
pub use network::{Network, dense_view, layer_view};
#[cfg(feature = "std")]
pub use optim::{
    AdaGrad, Adadelta, Adafactor, Adam, AdamW, Adamax, Adan, AmsGrad, Ascent, Decay, Elastic,
    GradientNoise, Lamb, Lars, LearningRate, Lion, MOST_MEMORY, MaxNorm, Muon, NAdam, Optimizer,
    RAdam, RmsProp, Rprop, Sam, ScheduleFree, Sgd, Step, Stretch, schedule,
};
#[cfg(feature = "std")]
pub use parameters::NamedTensor;
pub use parameters::{Parameters, TensorKind};
#[cfg(feature = "std")]
pub use picture::Picture;
pub use row::Row;
pub use sequential::Sequential;
#[cfg(feature = "table")]
pub use tabular::{Cells, OwnedRow, Tabular};
#[cfg(feature = "std")]
pub use tape::{OnTape, Record, TapeFunction, TapeModel, TapeRow, Tensors, Variables};
pub use tensor;
#[cfg(feature = "std")]
pub use tensor::threads::Threads;
pub use tensor::{Float, activation};
#[cfg(feature = "std")]
pub use train::{
    Adapt, Adapted, Average, Best, Checkpoints, Clip, Epoch, Event, Fit, Goal, Groups, Model,
    NamedBuffer,
};
#[cfg(feature = "std")]
pub use train::{BatchSizeSearch, BatchSpeed, RateSearch, RateTrial};
#[cfg(feature = "std")]
pub use train::{Observer, Report, Show, Spikes, Trainer};
#[cfg(feature = "std")]
pub use train::{TrainerState, fit, log, model};

/// What most programs use, the traits that every network has among them: `use nn::prelude::*`.
#[cfg(feature = "std")]
pub mod prelude {
    pub use crate::{
        Adapt, Architecture, Checkpoint, Evaluate, Float, Network, Picture, Record, fit, network,
    };
}

/// What the code that `network!` writes calls; not for anybody else.
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

/// The README's code blocks are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Those of this crate's own page, too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct OwnReadme;
