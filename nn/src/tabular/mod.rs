//! Tables and the columns of a network: matches columns by name and converts their values.
//!
//! | file | |
//! |---|---|
//! | `inputs` | from a table to raw rows |
//! | `owned` | rows that own their words: from a table, one by one |
//! | `json` | the same from JSON and other serde formats |
//! | `network` | networks that are declared with columns |

mod inputs;
#[cfg(feature = "json")]
mod json;
mod network;
mod owned;

#[cfg(feature = "dynamic")]
pub(crate) use inputs::Block;
#[cfg(not(feature = "dynamic"))]
use inputs::Block;
#[cfg(feature = "onnx")]
pub(crate) use inputs::word;
#[cfg(feature = "json")]
pub use json::deserialize;
pub use network::Tabular;
pub use owned::{Cells, OwnedRow};
