//! Models in the ONNX format, reading and writing.
//!
//! All tests are one program, because it compiles much of the reader for `f32` and `f64`: the ONNX
//! project's node tests, models written by other programs, and networks that are written here and
//! read again.

mod cases;
#[path = "../../../autograd/tests/onnx/covers.rs"]
mod covers;
mod encode;
#[path = "../../../autograd/tests/fixture/mod.rs"]
mod fixture;
mod masks;
mod models;
mod node_tests;
#[path = "../../examples/run_onnx/npy.rs"]
mod npy;
mod table_cases;
mod tables;
mod written;
