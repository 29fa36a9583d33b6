//! Columns of a table in front of a network that is read at run time: what each holds, and what it becomes.
//!
//! | file | |
//! |---|---|
//! | `form` | what the columns are, as a value |
//! | `text` | the same as a text, for people and for files |
//! | `propose` | from a table to the columns of a network for it |
//! | `rows` | from a table to raw rows: numbers, codes of words, NaN where nothing is |
//! | `encoder` | from raw rows to what the layers see |
//! | `embedding` | the learned vectors of words |
//! | `target` | what is predicted, in its own units and by its own names |
//! | `table` | networks for tables |

#![cfg_attr(not(feature = "table"), allow(dead_code))] // without tables nothing makes them

mod embedding;
mod encoder;
mod form;
#[cfg(feature = "table")]
mod propose;
#[cfg(feature = "table")]
mod rows;
#[cfg(feature = "table")]
mod table;
mod target;
mod text;

#[cfg(feature = "table")]
pub use propose::LeftOut;

pub(super) use embedding::EmbeddingFormula;
pub(super) use encoder::ColumnsFormula;
pub(super) use form::Columns;
pub(super) use target::Units;
