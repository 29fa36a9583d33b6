//! Models in the ONNX format, in and out.
//!
//! All of it is one program, since what it compiles of the reader for `f32` and `f64` is much: the ONNX project's node tests,
//! models that others have written, and networks that are written here and read again.

mod cases;
#[path = "../../../autograd/tests/onnx/covers.rs"]
mod covers;
mod encode;
#[path = "../../../autograd/tests/fixture/mod.rs"]
mod fixture;
mod models;
mod node_tests;
#[path = "../../examples/run_onnx/npy.rs"]
mod npy;
mod table_cases;
mod tables;
mod written;
