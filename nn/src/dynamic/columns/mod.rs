//! Tables and networks that are read at run time.
//!
//! | file | |
//! |---|---|
//! | `form` | what stands in front of a network, and what it predicts |
//! | `text` | the same as a text, for people and for files |
//! | `propose` | from a table to the columns of a network for it |
//! | `table` | networks for tables |

mod form;
#[cfg(feature = "table")]
mod propose;
#[cfg(feature = "table")]
mod table;
mod text;

#[cfg(feature = "table")]
pub use propose::LeftOut;

pub(super) use form::{Front, Target};
