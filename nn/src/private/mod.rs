//! Functions and types for the code that `network!` generates. Not part of the public interface.

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

/// Passes on the code that `network!` generates for tables, if this crate has the feature `table`.
#[cfg(feature = "table")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_table {
    ($($item:tt)*) => { $($item)* };
}

/// Drops this code, where this crate is built without tables.
#[cfg(not(feature = "table"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_table {
    ($($item:tt)*) => {};
}

/// Passes on the code that `network!` generates for JSON, if this crate has the feature `json`.
#[cfg(feature = "json")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_json {
    ($($item:tt)*) => { $($item)* };
}

/// Drops this code, where this crate is built without JSON.
#[cfg(not(feature = "json"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_json {
    ($($item:tt)*) => {};
}

/// Passes on the code that `network!` generates for programs with the standard library, if this
/// crate has the feature `std`.
#[cfg(feature = "std")]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => { $($item)* };
}

/// Drops this code, where this crate is built without the standard library.
#[cfg(not(feature = "std"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __with_std {
    ($($item:tt)*) => {};
}
