//! Models in the ONNX format, reading and writing; feature `onnx`.
//!
//! | | |
//! |---|---|
//! | [`Onnx::save_onnx`], [`Dynamic::save_onnx`](crate::Dynamic::save_onnx) | writes a network as a graph of operators, which other programs run |
//! | [`save_function`], [`TapeModel::save_onnx`](crate::TapeModel::save_onnx) | writes the operations of a function on a tape, likewise |
//! | [`OnnxModel`] | reads a graph of operators written by other programs, and runs it on a tape |
//!
//! The format is that of <https://onnx.ai>: protobuf messages with a graph of nodes, each an
//! operator on tensors.
//!
//! | file | |
//! |---|---|
//! | `proto` | the messages |
//! | `options` | options of a written file |
//! | `write` | from a network's layers to nodes |
//! | `read` | from a file to a graph that runs on a tape |
//! | `node` | an operator's view of its inputs and attributes |
//! | `operators` | the implementation of each operator |

mod node;
mod operators;
mod options;
mod proto;
mod read;
mod write;

pub use options::OnnxOptions;
pub use read::{OnnxModel, OnnxPort};
pub use write::{Onnx, save_function};
