//! The ONNX project's backend node tests, run forward through the reader of ONNX models.
//!
//! 409 of them (names.txt) cover operations of a tape; each is one operator with inputs, attributes
//! and expected outputs, from the ONNX project. The numbers are in autograd/tests/onnx, so a test
//! run needs nothing else; convert.py documents their origin.
//! `cargo test -p nn --test onnx -- --nocapture` prints the table.

use std::collections::BTreeMap;
use std::path::Path;

use crate::fixture::{self, Case};
use crate::{covers, encode};
use nn::autograd::Tape;
use nn::onnx::OnnxModel;
use tensor::Float;

/// The tolerances of the suite itself.
const RELATIVE: f64 = 1e-3;
const ABSOLUTE: f64 = 1e-7;

/// Runs a case and compares; an error as a sentence.
fn run<T: Float>(path: &Path, case: &Case) -> Result<(), String> {
    std::fs::write(path, encode::model(case)).unwrap();
    let model = OnnxModel::<T>::read(path).map_err(|error| error.to_string())?;
    let tape = Tape::<T>::new();
    let variable = |array: &fixture::Array| {
        let value = array.tensor();
        // Recorded as in training; integer inputs such as masks, indices and exponents have no
        // gradient.
        if array.kind.starts_with('f') { tape.parameter(value) } else { tape.constant(value) }
    };
    let inputs: Vec<_> = case.inputs.iter().flatten().map(variable).collect();
    let outputs = model.record(&tape, &[], &inputs).map_err(|error| error.to_string())?;
    if outputs.len() != case.outputs.len() {
        return Err(format!("{} outputs instead of {}", outputs.len(), case.outputs.len()));
    }
    for (found, expected) in outputs.iter().zip(&case.outputs) {
        if found.shape()[..] != expected.shape[..] {
            return Err(format!(
                "{} is {:?}, not {:?}",
                expected.name,
                found.shape(),
                expected.shape
            ));
        }
        let values = found.value().to_vec();
        for (at, (&found, &expected)) in values.iter().zip(&expected.values).enumerate() {
            let found = found.as_f64();
            let near = (found - expected).abs() <= ABSOLUTE + RELATIVE * expected.abs();
            if !(near || found == expected || (found.is_nan() && expected.is_nan())) {
                return Err(format!("element {at} is {found}, not {expected}"));
            }
        }
    }
    let used = operations(&tape);
    match covers::covers(case).iter().find(|name| !used.iter().any(|used| used == *name)) {
        Some(name) => {
            Err(format!("`{name}`, which covers.rs names, was not used, but {used:?} were"))
        }
        None => Ok(()),
    }
}

/// The names of the operations on a tape, from its `Debug` form.
fn operations<T: Float>(tape: &Tape<T>) -> Vec<String> {
    let listing = format!("{tape:?}");
    let names = listing.lines().filter_map(|line| {
        let (_, rest) = line.split_once(": ")?;
        rest.split(['[', ' ']).next()
    });
    names.map(String::from).collect()
}

#[test]
fn onnx_node_tests() {
    #[derive(Default)]
    struct Row {
        passed: usize,
        of: usize,
        reasons: BTreeMap<&'static str, usize>,
    }
    let path = std::env::temp_dir().join(format!("nn-onnx-node-{}.onnx", std::process::id()));
    let mut table: BTreeMap<String, Row> = BTreeMap::new();
    let mut failures = Vec::new();
    let cases = fixture::read("onnx");
    for case in &cases {
        let row = table.entry(case.op.clone()).or_default();
        if let Some(reason) = covers::not_applicable(case) {
            *row.reasons.entry(reason).or_default() += 1;
            continue;
        }
        row.of += 1;
        let double = case.outputs[0].kind == "f64";
        match if double { run::<f64>(&path, case) } else { run::<f32>(&path, case) } {
            Ok(()) => row.passed += 1,
            Err(wrong) => failures.push(format!("{}: {wrong}", case.name)),
        }
    }
    std::fs::remove_file(&path).unwrap();
    println!("{:<28}{:>7}{:>5}  not applicable", "operator", "passed", "of");
    for (op, row) in &table {
        let why = |(reason, count): (&&str, &usize)| format!("{count}: {reason}");
        let why: Vec<String> = row.reasons.iter().map(why).collect();
        println!("{op:<28}{:>7}{:>5}  {}", row.passed, row.of, why.join("; "));
    }
    let passed: usize = table.values().map(|row| row.passed).sum();
    let applicable: usize = table.values().map(|row| row.of).sum();
    println!("onnx node tests: {passed} passed of {applicable}");
    println!("onnx importer: {passed} node tests passed of {applicable}");
    println!("({} of the {} do not apply)", cases.len() - applicable, cases.len());
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(cases.len(), 409, "names.txt names 409 tests");
}
