//! Networks in files: weights are written, read, and made part of a program.

#[cfg(feature = "std")]
mod checkpoint;
mod safetensors;
mod weights;

#[cfg(feature = "std")]
pub use checkpoint::Checkpoint;
pub use weights::{Arranged, Weights, bytes_to_arrange};
