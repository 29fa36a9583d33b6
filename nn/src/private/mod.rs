//! What the code that `network!` writes calls, and nobody else should.

#[cfg(feature = "std")]
mod activations;
mod checks;
mod probe;
mod rows;
pub mod words;

pub use crate::layer::Inference;
pub use crate::network::{debug, first_part, repeated_part};
#[cfg(feature = "std")]
pub use activations::Activations;
pub use checks::*;
pub use nn_macros::{network, network_file};
pub use probe::*;
pub use rows::*;

#[cfg(feature = "json")]
pub use crate::tabular::deserialize;
#[cfg(feature = "json")]
pub use serde;

/// What `network!` writes for programs that read tables: all of it, or nothing.
#[cfg(feature = "table")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_table {
    ($($item:tt)*) => { $($item)* };
}

/// The same, where this crate is built without tables.
#[cfg(not(feature = "table"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_table {
    ($($item:tt)*) => {};
}

/// What `network!` writes for programs that read JSON: all of it, or nothing.
#[cfg(feature = "json")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_json {
    ($($item:tt)*) => { $($item)* };
}

/// The same, where this crate is built without it.
#[cfg(not(feature = "json"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_json {
    ($($item:tt)*) => {};
}

/// What `network!` writes for programs with the standard library: all of it, or nothing where this crate
/// is built without.
#[cfg(feature = "std")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => { $($item)* };
}

/// The same, where this crate is built without the standard library.
#[cfg(not(feature = "std"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => {};
}
