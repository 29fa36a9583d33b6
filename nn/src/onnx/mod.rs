//! Models in the ONNX format, in and out: feature `onnx`.
//!
//! | | |
//! |---|---|
//! | [`Onnx::save_onnx`], [`Dynamic::save_onnx`](crate::Dynamic::save_onnx) | a network as a graph of operators, which other programs run |
//!
//! The format is that of <https://onnx.ai>: protobuf messages with a graph of nodes, each an operator on tensors.
//!
//! | file | |
//! |---|---|
//! | `proto` | the messages |
//! | `options` | what a written file is to be like |
//! | `write` | from a network's layers to nodes |

mod options;
mod proto;
mod write;

pub use options::OnnxOptions;
pub use write::Onnx;
