//! Networks in files: weights are written, read, and made part of a program.

#[cfg(feature = "std")]
mod checkpoint;
#[cfg(all(test, feature = "std"))]
mod mutations;
#[macro_use]
mod safetensors;
mod weights;

#[cfg(feature = "std")]
pub use checkpoint::{Checkpoint, Fitted, Layout, LoadOptions, PyTorch};
#[cfg(feature = "std")]
pub(crate) use checkpoint::{
    Content, json, load, load_all, load_all_bytes, load_pytorch, save, save_all, save_pytorch,
    save_with_texts, texts,
};
#[cfg(feature = "std")]
pub(crate) use checkpoint::{check_finite, replace};
#[cfg(feature = "onnx")]
pub(crate) use safetensors::{from_bf16, from_f16};
pub use weights::{Arranged, Sizes, StaticWords, Weights, sizes_to_arrange};

/// What `format` in the header says. A later version of this crate that arranges the tensors in
/// another way counts it up.
pub(crate) const FORMAT: &str = "nn-1";

/// Under which key of the metadata the names of the classes stand.
pub(crate) const CLASS_NAMES: &str = "classes";

/// Under which key of the metadata the words of the columns stand.
pub(crate) const WORDS: &str = "words";
