//! Tables and the columns of a network: which column of a table is which of the network's, and what a value is to it.
//!
//! | file | |
//! |---|---|
//! | `inputs` | from a table to raw rows |
//! | `owned` | rows that own their words: from a table, one by one |
//! | `json` | the same from JSON, and from whatever else serde reads |
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
