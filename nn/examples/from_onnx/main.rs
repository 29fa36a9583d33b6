//! Converts an ONNX model to a declared network: its layers in the notation, and its parameters.
//!
//! `cargo run --release --example from_onnx --features onnx -- MODEL.onnx NAME` writes `NAME.net`
//! and `NAME.safetensors`.

use std::process::ExitCode;

use nn::onnx::OnnxModel;

const HELP: &str = "\
Converts an ONNX model that is a chain of layers to a declared network: from_onnx MODEL.onnx NAME

It writes NAME.net, for `network_file!`, and NAME.safetensors, which the declared network loads. The
name of the struct is the last part of NAME in upper camel case.";

/// `some/fashion_mnist` as a type: `FashionMnist`.
fn type_of(name: &str) -> Option<String> {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let words = stem.split(|letter: char| !letter.is_ascii_alphanumeric());
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    let name: String = words.filter(|word| !word.is_empty()).map(capital).collect();
    name.starts_with(|letter: char| letter.is_ascii_alphabetic()).then_some(name)
}

fn convert(model: &str, name: &str) -> Result<(), String> {
    let called = type_of(name).ok_or("the last part of NAME must begin with a letter")?;
    let model = OnnxModel::<f32>::read(model).map_err(|error| error.to_string())?;
    let network = model.to_dynamic().map_err(|error| error.to_string())?;
    let notation = model.notation(&called).map_err(|error| error.to_string())?;
    let (net, weights) = (format!("{name}.net"), format!("{name}.safetensors"));
    network.save(&weights).map_err(|error| error.to_string())?;
    std::fs::write(&net, &notation).map_err(|error| format!("{net}: {error}"))?;
    print!("{}", network.summary());
    println!("\nnetwork_file!(\"{net}\");\nlet network = {called}::load(\"{weights}\")?;");
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [model, name] if !model.starts_with('-') => convert(model, name),
        _ => {
            println!("{HELP}");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
