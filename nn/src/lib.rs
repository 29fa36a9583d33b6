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
//! | look | `SUMMARY`, a table; [`Network::svg`], a picture |
//! | data | [`data::Dataset`], [`data::fashion_mnist`], [`data::idx`] |
//! | train | [`fit`], or [`Trainer::step`] in a loop of your own, with [`Adam`], [`Sgd`] or an [`Optimizer`] of yours |
//! | choose | a [`loss`] that fits the head: [`Fit::loss`], [`Trainer::loss`] |
//! | judge | [`Network::evaluate`], [`Network::evaluate_heads`], the [`Report`] of [`fit`] |
//! | use | [`Network::predict`], [`Network::predict_batch`] |
//! | keep | [`Network::save`], [`Network::load`] (safetensors) |
//! | doubt | [`Network::self_check`]: the static step against the tape, to the last bit |
//!
//! # Two drivers
//!
//! A network is trained by code that the compiler composes from its type ([`layer`]): no tape, no
//! dispatch, no allocation. The same network also runs on the tape of [`autograd`]
//! ([`Network::on_tape`]), to be part of something larger. Both compute the same bits.

// So that the macro's `::nn::…` means this crate inside it, too.
#[allow(unused_extern_crates)] // used by what the macro writes
extern crate self as nn;

mod checkpoint;
pub mod data;
mod error;
pub mod head;
mod inference;
pub mod init;
pub mod layer;
pub mod loss;
mod network;
mod op;
mod optimizer;
mod parameters;
mod picture;
mod progress;
mod row;
pub mod schedule;
mod sequential;
mod summary;
mod tape;
mod train;

pub use autograd;
pub use error::{Error, Result};
pub use network::Network;
pub use nn_macros::{network, network_file};
pub use optimizer::{Adam, MOST_MEMORY, Optimizer, Sgd, Step};
pub use parameters::Parameters;
pub use row::Row;
pub use sequential::Sequential;
pub use tape::OnTape;
pub use tensor::threads::Threads;
pub use tensor::{Float, activation};
pub use train::{Epoch, Fit, Metrics, Report, Show, Trainer, fit};

/// What the code that `network!` writes calls; not for anybody else.
#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;

/// The README's code blocks are compiled and run as tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
