//! Values and gradients of every operation, compared with PyTorch's.
//!
//! tests/pytorch/make.py computed them once with PyTorch, in `f64`, and wrote a fixture for each
//! operation, so that a test run does not need PyTorch. Each operation has cases of at least three
//! shapes, including odd and broadcast ones, of extreme values, and at the kinks of the function:
//! there this crate adopts PyTorch's choice of the slope.
//!
//! In `fn pytorch()`, each operation's file names its fixture and says how to apply a case, or why
//! there is no fixture yet.
//! `cargo test -p autograd --lib pytorch -- --nocapture` prints the counts.

use std::collections::BTreeMap;

use tensor::{Float, Windows};

use super::{Reduction, all_cases, all_comparisons};
use crate::{Error, Result, Tape, Var};

#[path = "../../tests/fixture/mod.rs"]
pub(crate) mod fixture;

use fixture::{Array, Case};

/// Minimum number of cases of an operation, and of different shapes of its inputs.
const FEWEST: usize = 3;

/// The tolerance of a number: relative to itself, plus relative to the greatest of its tensor (for
/// sums that cancel).
struct Tolerance {
    itself: f64,
    greatest: f64,
}

const F64: Tolerance = Tolerance { itself: 1e-12, greatest: 1e-15 };
const F32: Tolerance = Tolerance { itself: 1e-5, greatest: 1e-6 };

/// Whether the operation has a fixture.
pub(crate) fn has_fixture(operation: &str) -> bool {
    fixture::below_tests("pytorch").join(format!("{operation}.txt")).exists()
}

/// The comparison of an operation with the cases in `tests/pytorch/<operation>.txt`, or the reason
/// why there is none yet.
pub(crate) struct Comparison {
    /// The operation's name.
    pub(crate) operation: &'static str,
    how: std::result::Result<Apply, &'static str>,
}

/// The operation, applied to a case in each type of number.
struct Apply {
    in_f64: ApplyIn<f64>,
    in_f32: ApplyIn<f32>,
}

type ApplyIn<T> = for<'t> fn(&Given<'t, T>) -> Result<Var<'t, T>>;

impl Comparison {
    /// `in_f64` and `in_f32` are the same expression, which [`compared!`] expands twice.
    pub(crate) fn new(operation: &'static str, in_f64: ApplyIn<f64>, in_f32: ApplyIn<f32>) -> Self {
        Comparison { operation, how: Ok(Apply { in_f64, in_f32 }) }
    }

    /// An operation without cases, for this reason.
    pub(crate) fn not_yet(operation: &'static str, why: &'static str) -> Self {
        Comparison { operation, how: Err(why) }
    }

    /// Why it is not compared; `None` if it is.
    pub(crate) fn reason(&self) -> Option<&'static str> {
        self.how.as_ref().err().copied()
    }
}

/// Creates a [`Comparison`] from an operation's name and an expression that computes its value for
/// a [`Given`] case. The expression is compiled twice, for `f64` and `f32`.
macro_rules! compared {
    ($operation:expr, |$given:ident| $y:expr $(,)?) => {
        $crate::ops::pytorch::Comparison::new($operation, |$given| $y, |$given| $y)
    };
}
pub(crate) use compared;

/// A case, its inputs on a tape.
pub(crate) struct Given<'t, T: Float> {
    pub(crate) case: &'t Case,
    pub(crate) tape: &'t Tape<T>,
    /// All inputs without dy.
    pub(crate) inputs: Vec<Var<'t, T>>,
}

impl<'t, T: Float> Given<'t, T> {
    /// The last array of a case is dy. Inputs whose names begin with `data` require no gradient.
    fn new(case: &'t Case, tape: &'t Tape<T>) -> Self {
        let arrays = case.inputs.iter().flatten();
        let variable = |array: &Array| {
            let (value, is_data) = (array.tensor(), array.name.starts_with("data"));
            if is_data { tape.constant(value) } else { tape.parameter(value) }
        };
        let mut inputs: Vec<Var<'t, T>> = arrays.map(variable).collect();
        inputs.pop();
        Given { case, tape, inputs }
    }

    /// An input.
    #[track_caller]
    pub(crate) fn x(&self, number: usize) -> Var<'t, T> {
        self.inputs[number]
    }

    /// A setting that is a number; 0 if it is missing.
    pub(crate) fn number(&self, setting: &str) -> T {
        T::of(self.case.number(setting, 0.0))
    }

    /// A setting that is a non-negative integer; 0 if it is missing.
    pub(crate) fn whole(&self, setting: &str) -> usize {
        self.case.indices(setting).first().copied().unwrap_or_default()
    }

    /// A setting that is a list of numbers, if there is one.
    pub(crate) fn numbers(&self, setting: &str) -> Option<Vec<T>> {
        let numbers = self.case.numbers(setting)?;
        Some(numbers.into_iter().map(T::of).collect())
    }

    /// A setting that is two integers.
    pub(crate) fn pair<const D: usize>(&self, setting: &str) -> [usize; D] {
        self.case.indices(setting).try_into().unwrap()
    }

    /// Stride, padding and dilation of windows.
    pub(crate) fn windows<const D: usize>(&self) -> Windows<D> {
        let [stride, padding, dilation] = ["stride", "padding", "dilation"].map(|s| self.pair(s));
        Windows { stride, padding, dilation }
    }

    /// The reduction of a loss, if there is one.
    pub(crate) fn reduction(&self) -> Option<Reduction> {
        Some(match self.case.word("reduction")? {
            "mean" => Reduction::Mean,
            "sum" => Reduction::Sum,
            "none" => Reduction::None,
            other => panic!("{}: no reduction is called {other}", self.case.name),
        })
    }

    /// The axes of a reduction and whether they are retained; `None` if it is over all elements.
    pub(crate) fn axes(&self) -> Option<(Vec<usize>, bool)> {
        self.case.word("axes")?;
        Some((self.case.indices("axes"), self.case.flag("keep", false)))
    }
}

/// Runs a case and compares; the error is a sentence.
fn run<T: Float>(
    case: &Case,
    apply: ApplyIn<T>,
    tolerance: &Tolerance,
) -> std::result::Result<(), String> {
    let words = |error: Error| error.to_string();
    let Some(Some(dy)) = case.inputs.last() else { return Err("no inputs".into()) };
    let tape = Tape::new();
    let given = Given::new(case, &tape);
    let y = apply(&given).map_err(words)?;
    let (value, slopes) = (&case.outputs[0], &case.outputs[1..]);
    compare("y", &y.shape(), &y.value().to_vec(), value, tolerance)?;
    if slopes.is_empty() {
        return Ok(());
    }
    let gradients = y.backward_with(dy.tensor()).map_err(words)?;
    let parameters = given.inputs.iter().filter(|input| input.wants_gradient());
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
        // The expected number is converted to the type: it may overflow or vanish there.
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

/// The cases computed by PyTorch, by operation name.
pub(crate) fn fixtures() -> BTreeMap<String, Vec<Case>> {
    fixture::read_each("pytorch")
}

/// All cases with numbers of one type.
fn run_all<T: Float>(label: &str, tolerance: &Tolerance, in_type: fn(&Apply) -> ApplyIn<T>) {
    let fixtures = fixtures();
    let (mut passed, mut total, mut operations) = (0, 0, 0);
    let mut failures = Vec::new();
    for comparison in all_comparisons().iter().flat_map(|(_, comparisons)| comparisons) {
        let (name, Ok(apply)) = (comparison.operation, &comparison.how) else { continue };
        let Some(cases) = fixtures.get(name) else { continue }; // another test reports it
        let before = failures.len();
        for case in cases {
            if let Err(wrong) = run(case, in_type(apply), tolerance) {
                failures.push(format!("{}: {wrong}", case.name));
            }
        }
        let right = cases.len() - (failures.len() - before);
        println!("{name:<28}{right:>5} of {:>3}", cases.len());
        (passed, total, operations) = (passed + right, total + cases.len(), operations + 1);
    }
    println!("pytorch cases in {label}: {passed} passed of {total}; {operations} operations");
    assert!(failures.is_empty(), "{} failed:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn pytorch_in_f64() {
    run_all("f64", &F64, |apply| apply.in_f64);
}

#[test]
fn pytorch_in_f32() {
    run_all("f32", &F32, |apply| apply.in_f32);
}

fn report(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn every_operation_is_compared_with_pytorch_or_says_why_not() {
    let fixtures = fixtures();
    let (mut broken, mut names) = (Vec::new(), Vec::new());
    for (op, comparisons) in all_comparisons() {
        if comparisons.is_empty() {
            broken.push(format!("{op}: `pytorch()` is empty"));
        }
        for comparison in comparisons {
            let name = comparison.operation;
            let file = format!("tests/pytorch/{name}.txt");
            match (comparison.reason(), fixtures.get(name)) {
                (None, Some(cases)) if cases.len() < FEWEST => {
                    broken.push(format!("{name}: {} cases in {file}", cases.len()));
                }
                (None, None) => broken.push(format!("{name}: there is no {file}")),
                (Some(_), Some(_)) => {
                    broken.push(format!("{name}: there is {file}, but the file says `not_yet`"));
                }
                (Some(""), None) => broken.push(format!("{name}: `not_yet` without a reason")),
                (None | Some(_), _) => {}
            }
            names.push(name);
        }
    }
    // An operation may be checked under several names, as `Activate` is.
    for case in all_cases().iter().flat_map(|(_, cases)| cases) {
        let name = case.operation();
        if !names.contains(&name) {
            broken.push(format!("{name}: `cases()` has it, but `pytorch()` has not"));
            names.push(name);
        }
    }
    report(
        "have tests/pytorch/make.py write three cases at least, or say in the operation's file \
         `Comparison::not_yet(name, why)`:",
        &broken,
    );
}

#[test]
fn every_fixture_is_that_of_one_operation() {
    let mut broken = Vec::new();
    let all = all_comparisons();
    let names = all.iter().flat_map(|(_, comparisons)| comparisons);
    let names: Vec<&str> = names.map(|comparison| comparison.operation).collect();
    for (file, cases) in fixtures() {
        let found = names.iter().filter(|&&name| name == file).count();
        if found != 1 {
            broken.push(format!("{file}.txt: {found} operations in src/ops are compared with it"));
        }
        let others = cases.iter().filter(|case| case.op != file);
        broken.extend(
            others.map(|case| format!("{file}.txt: {} is a case of {}", case.name, case.op)),
        );
    }
    report("each file of tests/pytorch belongs to an operation of its name:", &broken);
}

#[test]
fn there_are_three_shapes_of_every_operation() {
    let few = fixtures().into_iter().filter_map(|(name, cases)| {
        let mut shapes: Vec<Vec<Vec<usize>>> = Vec::new();
        for case in cases {
            let inputs = case.inputs.iter().flatten().map(|array| array.shape.clone()).collect();
            if !shapes.contains(&inputs) {
                shapes.push(inputs);
            }
        }
        (shapes.len() < FEWEST).then_some(name)
    });
    report("fewer than three shapes of:", &few.collect::<Vec<_>>());
}
