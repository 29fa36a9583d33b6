//! The words of the notation, each a row of a table: its meaning, its options, and its names in
//! other libraries. Outside its table, a word needs only the type of that name in `nn`.
//!
//! | file | |
//! |---|---|
//! | `layers` | layers with their options, and the numbers that an option takes |
//! | `activations` | activations, including those that are heads |
//! | `columns` | the types of a table's columns |
//! | `initializers` | initializers |
//! | `number` | the bounds of a number |
//! | `meant`, `spelling` | the row that a wrong word probably means |

mod activations;
mod columns;
mod initializers;
mod layers;
#[cfg(feature = "std")]
mod meant;
mod number;
#[cfg(feature = "std")]
mod spelling;

pub use activations::{ACTIVATIONS, Activation, SOFTMAX, activation};
pub use columns::{COLUMNS, ColumnForm, ColumnKind, ColumnWidths, ColumnWord, DATE_NUMBERS};
pub use initializers::{INITIALIZERS, Initializer};
pub use layers::{Gives, LAYERS, Layer, LayerKind, LayerOption, Simple, Takes, layer, number};
#[cfg(feature = "std")]
pub use meant::{
    activation_meant_by, column_meant_by, initializer_meant_by, layer_meant_by, listed,
    option_meant_by,
};
pub use number::Number;

/// A row that is found by its word.
pub trait Word {
    /// The word, as it is written.
    fn word(&self) -> &'static str;
    /// Its names in other libraries.
    fn elsewhere(&self) -> &'static [&'static str];
}

/// Declares that a row has the fields `word` and `elsewhere`.
macro_rules! word {
    ($row:ty) => {
        impl $crate::vocabulary::Word for $row {
            fn word(&self) -> &'static str {
                self.word
            }
            fn elsewhere(&self) -> &'static [&'static str] {
                self.elsewhere
            }
        }
    };
}
use word;

/// Whether two words are equal.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
