//! Networks: architecture, parameters and prediction.
//!
//! This folder has the two traits that every network implements: [`Architecture`] (types and
//! constants) and `Network` (with parameters). Training, files, pictures, tapes and metrics are in
//! other modules, which this one does not depend on.

#[cfg(feature = "std")]
mod adapted;
mod architecture;
#[cfg(feature = "std")]
mod class_names;
#[cfg(feature = "std")]
mod described;
#[cfg(feature = "std")]
mod instance;
#[cfg(feature = "std")]
mod known_words;
mod layered;
mod nested;
mod shown;
mod summary;
#[cfg(feature = "std")]
mod tensors;
mod units;
#[cfg(feature = "std")]
mod view;

#[cfg(feature = "std")]
pub(crate) use adapted::{check_adapted, check_encoder};
pub use architecture::Architecture;
#[cfg(feature = "std")]
pub(crate) use architecture::declaration_of;
#[cfg(feature = "std")]
pub(crate) use architecture::encode_rows;
pub(crate) use architecture::{declaration, logits};
#[cfg(feature = "std")]
pub(crate) use class_names::{check_class_names, class_text, classes};
#[cfg(feature = "std")]
pub(crate) use described::{Described, Port};
#[cfg(feature = "std")]
pub use instance::Network;
#[cfg(feature = "std")]
pub(crate) use instance::{DefaultLossOf, WORTH_A_THREAD, rows_per_part};
#[cfg(feature = "std")]
pub(crate) use known_words::{categories, known_words, read_words, take_words, words_text};
pub use layered::{Layered, first_part, repeated_part};
pub use nested::Nested;
pub use shown::debug;
pub(crate) use shown::debug_as;
#[cfg(feature = "std")]
pub(crate) use summary::table;
#[cfg(feature = "std")]
pub(crate) use tensors::{tensors, tensors_of};
pub(crate) use units::{Units, place as place_of_units};
#[cfg(feature = "std")]
pub use view::{dense_view, layer_view};
