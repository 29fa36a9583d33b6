//! Models in the ONNX format, in and out: feature `onnx`.
//!
//! | | |
//! |---|---|
//! | [`Onnx::save_onnx`], [`Dynamic::save_onnx`](crate::Dynamic::save_onnx) | a network as a graph of operators, which other programs run |
//! | [`save_function`], [`TapeModel::save_onnx`](crate::TapeModel::save_onnx) | what a function does on a tape, likewise |
//! | [`OnnxModel`] | a graph of operators that others have written, on a tape |
//!
//! The format is that of <https://onnx.ai>: protobuf messages with a graph of nodes, each an operator on tensors.
//!
//! | file | |
//! |---|---|
//! | `proto` | the messages |
//! | `options` | what a written file is to be like |
//! | `write` | from a network's layers to nodes |
//! | `read` | from a file to a graph that runs on a tape |
//! | `node` | what an operator sees of the graph |
//! | `operators` | each operator |

mod node;
mod operators;
mod options;
mod proto;
mod read;
mod write;

pub use options::OnnxOptions;
pub use read::{OnnxModel, OnnxPort};
pub use write::{Onnx, save_function};
