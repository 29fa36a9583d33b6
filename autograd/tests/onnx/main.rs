//! The ONNX project's backend node tests, run forward through this crate's operations.
//!
//! 409 of them (names.txt) concern what the crate can do; each is one operator with inputs, settings
//! and expected outputs, of the ONNX project's making. The numbers are in the folder, so a test run
//! needs nothing else; convert.py says where they come from.
//! `cargo test -p autograd onnx -- --nocapture` prints the table.

mod activations;
mod arithmetic;
mod covers;
#[path = "../fixture/mod.rs"]
mod fixture;
mod functions;
mod losses;
mod reductions;
mod shapes;
mod windows;

use std::collections::BTreeMap;

use autograd::{Result, Tape, Var};
use fixture::Case;
use tensor::Float;

/// The tolerances of the suite itself.
const RELATIVE: f64 = 1e-3;
const ABSOLUTE: f64 = 1e-7;

/// One operator applied to the inputs of a case.
struct Node<'t, 'c, T: Float> {
    case: &'c Case,
    tape: &'t Tape<T>,
    /// `None` where an input was left out.
    inputs: Vec<Option<Var<'t, T>>>,
}

impl<'t, T: Float> Node<'t, '_, T> {
    /// An input that must be there.
    fn input(&self, number: usize) -> Var<'t, T> {
        let given = self.given(number);
        given.unwrap_or_else(|| panic!("{}: input {number} is not there", self.case.name))
    }

    /// An input that may have been left out.
    fn given(&self, number: usize) -> Option<Var<'t, T>> {
        self.inputs.get(number).copied().flatten()
    }

    /// The axis that ONNX means by `axis`, which it may count from the end.
    fn axis(&self, axis: i64) -> usize {
        from_end(axis, self.input(0).shape().len())
    }

    /// The number of outputs that are asked for.
    fn outputs(&self) -> usize {
        self.case.outputs.len()
    }
}

/// A number that is counted from the end if it is negative.
fn from_end(number: i64, length: usize) -> usize {
    usize::try_from(if number < 0 { number + length as i64 } else { number }).unwrap()
}

/// The outputs of an operator.
type Outputs<'t, T> = Result<Vec<Var<'t, T>>>;

/// The outputs of a case; `None` if no module knows its operator.
fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Outputs<'t, T>> {
    let one = |output: Result<Var<'t, T>>| output.map(|output| vec![output]);
    arithmetic::evaluate(node)
        .or_else(|| functions::evaluate(node))
        .or_else(|| activations::evaluate(node))
        .or_else(|| windows::evaluate(node))
        .or_else(|| shapes::evaluate(node))
        .or_else(|| reductions::evaluate(node))
        .map(one)
        .or_else(|| losses::evaluate(node))
}

/// Runs a case and compares; what is wrong as a sentence.
fn run<T: Float>(case: &Case) -> std::result::Result<(), String> {
    let tape = Tape::<T>::new();
    let variable = |array: &fixture::Array| {
        let value = array.tensor();
        // Recorded as in training; masks, indices and exponents in whole numbers want no gradient.
        if array.kind.starts_with('f') { tape.parameter(value) } else { tape.constant(value) }
    };
    let inputs = case.inputs.iter().map(|array| array.as_ref().map(variable)).collect();
    let node = Node { case, tape: &tape, inputs };
    let outputs = match evaluate(&node) {
        None => return Err(format!("the operator {} is not there", case.op)),
        Some(outputs) => outputs.map_err(|error| error.to_string())?,
    };
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

/// The names of what is on a tape, which its `Debug` form lists.
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
        match if double { run::<f64>(case) } else { run::<f32>(case) } {
            Ok(()) => row.passed += 1,
            Err(wrong) => failures.push(format!("{}: {wrong}", case.name)),
        }
    }
    println!("{:<28}{:>7}{:>5}  not applicable", "operator", "passed", "of");
    for (op, row) in &table {
        let why = |(reason, count): (&&str, &usize)| format!("{count}: {reason}");
        let why: Vec<String> = row.reasons.iter().map(why).collect();
        println!("{op:<28}{:>7}{:>5}  {}", row.passed, row.of, why.join("; "));
    }
    let passed: usize = table.values().map(|row| row.passed).sum();
    let applicable: usize = table.values().map(|row| row.of).sum();
    println!("onnx node tests: {passed} passed of {applicable}");
    println!("({} of the {} do not apply)", cases.len() - applicable, cases.len());
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(cases.len(), 409, "names.txt names 409 tests");
}
