//! Tables and networks that are read at run time.
//!
//! | file | |
//! |---|---|
//! | `form` | the columns before a network, and its target |
//! | `text` | their text form, for people and for files |
//! | `propose` | proposes columns for a table |
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
