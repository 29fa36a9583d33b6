//! Runs an ONNX model on arrays in NumPy's files.
//!
//! `cargo run --release --example run_onnx --features onnx -- MODEL.onnx IN.npy OUT.npy`

mod npy;

use std::process::ExitCode;

use nn::Float;
use nn::onnx::{OnnxModel, OnnxPort};
use npy::Npy;

const HELP: &str = "\
Runs an ONNX model: run_onnx MODEL.onnx IN.npy... OUT.npy...

Write one input file for each input of the model, in their order, and one output file for each
output.

Options:
  --double   compute in f64
  --help     this text";

/// The options of the command line; `None` after `--help` or without arguments.
fn arguments() -> Result<Option<(bool, Vec<String>)>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut double, mut files) = (false, Vec::new());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("double") => double = true,
            Short('h') | Long("help") => return Ok(None),
            Value(file) => files.push(file.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok((!files.is_empty()).then_some((double, files)))
}

fn run<T: Float + Npy>(files: &[String]) -> Result<(), String> {
    let (model, arrays) = (&files[0], &files[1..]);
    let model = OnnxModel::<T>::read(model).map_err(|error| error.to_string())?;
    let count = model.inputs().len();
    let names = |ports: &[OnnxPort]| {
        ports.iter().map(|port| format!("`{}`", port.name())).collect::<Vec<_>>().join(", ")
    };
    if arrays.len() != count + model.outputs().len() {
        return Err(format!(
            "the model has the inputs {} and the outputs {}: write one file for each, not {}",
            names(model.inputs()),
            names(model.outputs()),
            arrays.len()
        ));
    }
    let inputs: Result<Vec<_>, String> =
        arrays[..count].iter().map(|path| npy::read(path)).collect();
    let outputs = model.run(&inputs?).map_err(|error| error.to_string())?;
    for ((path, output), port) in arrays[count..].iter().zip(&outputs).zip(model.outputs()) {
        npy::write(path, output)?;
        println!("{}: {:?} -> {path}", port.name(), output.shape());
    }
    Ok(())
}

fn main() -> ExitCode {
    let done = match arguments() {
        Ok(Some((true, files))) => run::<f64>(&files),
        Ok(Some((false, files))) => run::<f32>(&files),
        Ok(None) => {
            println!("{HELP}");
            Ok(())
        }
        Err(error) => Err(format!("{error}; --help lists the options")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
