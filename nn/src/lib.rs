//! Fully connected networks as types, declared in one line.
//!
//! ```
//! use nn::network;
//!
//! network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }
//!
//! println!("{}", Digits::SUMMARY); // layers, sizes and parameters, before anything runs
//! ```
//!
//! The compiler knows every width, every parameter and the size of such a network. Inputs are
//! `[f32; 784]`, outputs `[f32; 10]`, targets [`Class<10>`](data::Class). A wrong shape is a
//! compile error.
//!
//! # Workflow
//!
//! | step | API |
//! |---|---|
//! | declare | [`network!`], or [`Sequential`] as a type |
//! | inspect | `SUMMARY`, a table; [`Picture::svg`], a picture |
//! | data | [`data::Dataset`], [`data::fashion_mnist`], [`data::idx`], tables and CSV (features `table`, `csv`), files larger than memory: [`data::row_file`]; splits and folds: [`data::split`], [`data::folds`] |
//! | train | [`fit`], or [`Trainer`] in a custom loop, with an optimizer of [`optim`] or a custom [`Optimizer`] |
//! | solve | [`solve`]: L-BFGS and Levenberg–Marquardt, for small networks and whole data sets |
//! | loss | a [`loss`] that fits the head: [`Fit::loss`], [`Trainer::loss`] |
//! | evaluate | [`Evaluate::evaluate`], [`Evaluate::evaluation`], a [`metric`], [`metric::cross_validate`], the [`Report`] of [`fit`] |
//! | predict | [`Network::predict`], [`Network::predict_batch`] |
//! | save | [`Checkpoint::save`], [`Checkpoint::load`] (safetensors) |
//! | export | [`c_source`]: plain C; [`Checkpoint::save_pytorch`]; ONNX (feature `onnx`) |
//! | extend | a layer by its formula for one row: [`layer::RowLayer`], [`layer::check`]; an [`activation`](activation::Activation); an [`init`]; a model on the tape: [`TapeModel`]; a [`Model`] of another kind |
//! | verify | [`Record::self_check`]: compares the static step with the tape, to the last bit |
//!
//! These methods come with traits, each from the module that does the work. `use nn::prelude::*`
//! brings all of them into scope. A struct that `network!` declares has the most used methods as
//! inherent methods.
//!
//! # Two drivers
//!
//! A network is trained by code that the compiler composes from its type ([`layer`]), without a
//! tape, dynamic dispatch or allocation. The same network also runs on the tape of [`autograd`]
//! ([`Record::on_tape`]), as part of a larger computation. Both compute the same bits.
//!
//! # Without the standard library
//!
//! With its default feature `std` off, this crate is `no_std` and allocates nothing. It then has
//! what a trained network needs: [`network!`], and [`Weights`] in a `static`, which
//! [`include_weights!`] builds from the file that [`Checkpoint::save`] wrote. The example
//! `embedded` is such a program, and a library for C.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `std` (default) | training, data, files, the tape |
//! | `libm` | floating-point arithmetic where `std` is off, for machines with an operating system |
//! | `dynamic` | `Dynamic`: networks read from text when the program runs |
//! | `ctrlc` | `Fit::stop_on_ctrl_c`: Ctrl-C ends training after the current step |
//! | `table` | `data::Table`: columns of numbers, categories, booleans and dates; to inspect, select and convert to rows |
//! | `csv` | `Table::read_csv`, and `table` |
//! | `parquet` | `Table::read_parquet`, and `table` |
//! | `json` | rows of tables from JSON, and from any other format that serde reads, and `table` |
//! | `npy` | `data::npy`: NumPy arrays; `keras`: the weights of a Keras model |
//! | `half`, `nalgebra`, `ndarray` | conversion of tensors to and from arrays of the crate of that name |
//! | `onnx` | `onnx`: models in the ONNX format, in and out, and `dynamic` |
//! | `images` | `data::images`: folders of PNG and JPEG, and `table` |

#![cfg_attr(not(feature = "std"), no_std)]
// Code that declared networks share with networks read at run time is in the modules of the former.
// With every feature on, as in CI, all of it is used.
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

/// The names that most programs need, with the traits that every network has: `use nn::prelude::*`.
#[cfg(feature = "std")]
pub mod prelude {
    pub use crate::{
        Adapt, Architecture, Checkpoint, Evaluate, Float, Network, Picture, Record, fit, network,
    };
}

/// Called by the code that `network!` writes. Not public API.
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

/// Compiles and runs the README's code blocks as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The same for this crate's own README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct OwnReadme;
