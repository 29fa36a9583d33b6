//! The ONNX project's backend node tests of optimizers: one step each, from a state in the middle of
//! training.
//!
//! The numbers lie with the other node tests in autograd/tests/onnx, which says where they come
//! from.

#[path = "../../autograd/tests/fixture/mod.rs"]
mod fixture;

use fixture::Case;
use nn::{Adam, Optimizer, Sgd, Step};

/// The tolerances of the suite itself.
const RELATIVE: f32 = 1e-3;
const ABSOLUTE: f32 = 1e-7;

/// Applies `optimizer` to every parameter of the case and compares parameters and memory.
///
/// The inputs are the rate, the number of steps before, and then all parameters, all gradients, and
/// all tensors of each kind of memory; the outputs all parameters and all memory.
fn check<O: Optimizer<f32>>(case: &Case, optimizer: &O, step: Step) {
    let values = |array: &fixture::Array| -> Vec<f32> { array.tensor().to_vec() };
    let state = O::MEMORY;
    let count = (case.inputs.len() - 2) / (2 + state);
    // The suite adds the weight decay to the gradient; ours leaves that to whoever computes it.
    let decay = case.number("norm_coefficient", 0.0) as f32;
    for number in 0..count {
        let input = |kind: usize| values(case.input(2 + kind * count + number));
        let (mut parameters, mut gradient) = (input(0), input(1));
        for (g, p) in gradient.iter_mut().zip(&parameters) {
            *g += decay * p;
        }
        let mut memory: Vec<Vec<f32>> = (0..state).map(|kind| input(2 + kind)).collect();
        let mut slices: Vec<&mut [f32]> = memory.iter_mut().map(|slice| &mut slice[..]).collect();
        optimizer.update(step, &mut parameters, &gradient, &mut slices);
        for (kind, found) in std::iter::once(&parameters).chain(&memory).enumerate() {
            let expected = values(&case.outputs[kind * count + number]);
            assert_eq!(found.len(), expected.len(), "{}", case.name);
            for (found, expected) in found.iter().zip(&expected) {
                assert!(
                    (found - expected).abs() <= ABSOLUTE + RELATIVE * expected.abs(),
                    "{}, {}: {found}, not {expected}",
                    case.name,
                    case.outputs[kind * count + number].name
                );
            }
        }
    }
}

#[test]
fn onnx_optimizer_node_tests() {
    let mut passed = 0;
    for case in fixture::read("onnx") {
        if !matches!(&case.op[..], "Adam" | "Momentum") {
            continue;
        }
        let (learning_rate, before) = (case.input(0).values[0], case.input(1).values[0]);
        // ONNX takes the first step as one without correction, as if it came after many.
        let number = if before == 0.0 { u64::MAX } else { before as u64 };
        let step = Step { number, rate: 1.0 };
        if case.op == "Adam" {
            let beta1 = case.number("alpha", 0.9);
            let beta2 = case.number("beta", 0.999);
            // The numbers of one test were made with 0.01, which its node does not say (onnx 1.20.1,
            // backend/test/case/node/adam.py); 1e-6 is the operator's default.
            let forgotten = case.name == "test_adam_multiple";
            let epsilon = case.number("epsilon", if forgotten { 1e-2 } else { 1e-6 });
            check(&case, &Adam { learning_rate, beta1, beta2, epsilon }, step);
        } else {
            // How much of the gradient is taken up; ours takes all of it, as ONNX does in a first
            // step.
            assert!(before == 0.0 || case.number("beta", 1.0) == 1.0, "{}: beta", case.name);
            let nesterov = case.word("mode") == Some("nesterov");
            check(
                &case,
                &Sgd { learning_rate, momentum: case.number("alpha", 0.0), nesterov },
                step,
            );
        }
        passed += 1;
    }
    println!("onnx node tests of optimizers: {passed} passed of 5");
    assert_eq!(passed, 5);
}
