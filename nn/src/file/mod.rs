//! Networks in files: checkpoints, the safetensors format, and weights as part of a program.
//!
//! | module | content |
//! |---|---|
//! | `checkpoint` | saving and loading of parameters, also in PyTorch's layout |
//! | `safetensors` | the parser of a file's header, at compile time and at run time |
//! | `weights` | the weights of a file in a `static` |
//! | `mutations` | the fuzz test of both readers |

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
    Content, Loaded, json, load, load_all, load_all_bytes, load_pytorch, save, save_all,
    save_pytorch, save_with_texts, texts,
};
#[cfg(feature = "std")]
pub(crate) use checkpoint::{check_finite, replace};
#[cfg(feature = "onnx")]
pub(crate) use safetensors::{from_bf16, from_f16};
pub use weights::{Arranged, Sizes, StaticWords, Weights, sizes_to_arrange};

/// The value of `format` in the header. It is incremented if a later version of this crate arranges
/// the tensors differently.
pub(crate) const FORMAT: &str = "nn-1";
