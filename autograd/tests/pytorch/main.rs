//! Values and gradients of every operation, compared with PyTorch's.
//!
//! make.py had PyTorch compute them once, in `f64`; the numbers are in the folder, so a test run
//! needs nothing else. Per operation there are at least three shapes, odd and broadcast ones among
//! them, then extreme values, and the places where a function has a kink: there PyTorch's choice of
//! a slope is the convention here, too.
//! `cargo test -p autograd --test pytorch -- --nocapture` prints the counts.

mod elementwise;
#[path = "../fixture/mod.rs"]
mod fixture;
mod losses;
mod reductions;
mod shapes;

use std::collections::BTreeMap;

use autograd::{Result, Tape, Var};
use fixture::{Array, Case};
use tensor::Float;

/// How far a number may be off: relative to itself, plus relative to the greatest of its tensor,
/// for sums that cancel.
struct Tolerance {
    itself: f64,
    greatest: f64,
}

const F64: Tolerance = Tolerance { itself: 1e-12, greatest: 1e-15 };
const F32: Tolerance = Tolerance { itself: 1e-5, greatest: 1e-6 };

/// An operation applied to the inputs of a case.
struct Application<'t, 'c, T: Float> {
    case: &'c Case,
    tape: &'t Tape<T>,
    inputs: Vec<Var<'t, T>>,
}

impl<'t, T: Float> Application<'t, '_, T> {
    fn number(&self, setting: &str) -> T {
        T::of(self.case.number(setting, 0.0))
    }

    fn axis(&self) -> usize {
        self.case.indices("axis").first().copied().unwrap_or_default()
    }
}

/// The value of a case; `None` if no module knows its operation.
fn evaluate<'t, T: Float>(application: &Application<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    elementwise::evaluate(application)
        .or_else(|| reductions::evaluate(application))
        .or_else(|| shapes::evaluate(application))
        .or_else(|| losses::evaluate(application))
}

/// Runs a case and compares; what is wrong as a sentence.
fn run<T: Float>(case: &Case, tolerance: &Tolerance) -> std::result::Result<(), String> {
    let tape = Tape::<T>::new();
    let arrays: Vec<&Array> = case.inputs.iter().flatten().collect();
    let Some((dy, arrays)) = arrays.split_last() else { return Err("no inputs".into()) };
    let variable = |array: &&Array| {
        let value = array.tensor();
        if array.name.starts_with("data") { tape.constant(value) } else { tape.parameter(value) }
    };
    let inputs: Vec<Var<'_, T>> = arrays.iter().map(variable).collect();
    let application = Application { case, tape: &tape, inputs: inputs.clone() };
    let words = |error: autograd::Error| error.to_string();
    let y = match evaluate(&application) {
        None => return Err(format!("the operation {} is not there", case.op)),
        Some(y) => y.map_err(words)?,
    };
    let (value, slopes) = (&case.outputs[0], &case.outputs[1..]);
    compare("y", &y.shape(), &y.value().to_vec(), value, tolerance)?;
    if slopes.is_empty() {
        return Ok(());
    }
    let gradients = y.backward_with(dy.tensor()).map_err(words)?;
    let parameters = inputs.iter().filter(|input| input.wants_gradient());
    for (input, expected) in parameters.zip(slopes) {
        let found = gradients.of(*input).map_err(words)?;
        compare(&expected.name, found.shape(), &found.to_vec(), expected, tolerance)?;
    }
    Ok(())
}

fn compare<T: Float>(
    name: &str,
    shape: &[usize],
    found: &[T],
    expected: &Array,
    tolerance: &Tolerance,
) -> std::result::Result<(), String> {
    if shape != expected.shape {
        return Err(format!("{name} is {shape:?}, not {:?}", expected.shape));
    }
    let finite = expected.values.iter().filter(|x| x.is_finite());
    let greatest = finite.fold(0.0, |most: f64, x| most.max(x.abs()));
    for (at, (&found, &expected)) in found.iter().zip(&expected.values).enumerate() {
        // What is too large or too small for the type is what the type makes of it.
        let (found, expected) = (found.as_f64(), T::of(expected).as_f64());
        let most = tolerance.itself * expected.abs()
            + tolerance.greatest * greatest
            + T::min_positive_value().as_f64();
        let near = (found - expected).abs() <= most;
        if !(near || found == expected || (found.is_nan() && expected.is_nan())) {
            return Err(format!("{name}[{at}] is {found:e}, not {expected:e}"));
        }
    }
    Ok(())
}

/// All cases with numbers of one type.
fn run_all<T: Float>(label: &str, tolerance: &Tolerance) {
    let mut table: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut failures = Vec::new();
    for case in &fixture::read("pytorch") {
        let [passed, of] = table.entry(case.op.clone()).or_default();
        *of += 1;
        match run::<T>(case, tolerance) {
            Ok(()) => *passed += 1,
            Err(wrong) => failures.push(format!("{}: {wrong}", case.name)),
        }
    }
    for (op, [passed, of]) in &table {
        println!("{op:<28}{passed:>5} of {of:>3}");
    }
    let total = |which: usize| table.values().map(|counts| counts[which]).sum::<usize>();
    println!(
        "pytorch cases in {label}: {} passed of {}; {} operations",
        total(0),
        total(1),
        table.len()
    );
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn pytorch_in_f64() {
    run_all::<f64>("f64", &F64);
}

#[test]
fn pytorch_in_f32() {
    run_all::<f32>("f32", &F32);
}

#[test]
fn pytorch_has_three_shapes_of_every_operation() {
    let mut shapes: BTreeMap<String, Vec<Vec<Vec<usize>>>> = BTreeMap::new();
    for case in fixture::read("pytorch") {
        let inputs = case.inputs.iter().flatten().map(|array| array.shape.clone()).collect();
        let known = shapes.entry(case.op.clone()).or_default();
        if !known.contains(&inputs) {
            known.push(inputs);
        }
    }
    let few: Vec<&String> = shapes.iter().filter(|(_, s)| s.len() < 3).map(|(op, _)| op).collect();
    assert!(few.is_empty(), "fewer than three shapes of {few:?}");
}
