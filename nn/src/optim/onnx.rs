//! The ONNX project's backend node tests of optimizers: one step each, from a state in the middle
//! of training.
//!
//! The numbers are stored with the other node tests in autograd/tests/onnx, which states their
//! source.

#[path = "../../../autograd/tests/fixture/mod.rs"]
pub(super) mod fixture;

pub(super) use fixture::Case;

use super::checks::{Examples, Rule, See};
use super::{Optimizer, Step, Stretch, see_all, slots};

/// The tolerances of the suite itself.
const RELATIVE: f32 = 1e-3;
const ABSOLUTE: f32 = 1e-7;

/// The node tests that apply to an optimizer.
pub(super) enum Onnx<O> {
    /// Those of the operator `op`; `of` reads the optimizer from a node, given its learning rate.
    Node { op: &'static str, of: fn(&Case, f64) -> O },
    /// None, with the reason.
    None(&'static str),
}

/// Applies `optimizer` to every parameter of the case and compares parameters and state.
///
/// The inputs are the rate, the number of steps before, and then all parameters, all gradients, and
/// all tensors of each kind of state; the outputs are all parameters and all state.
fn check<O: Optimizer<f32>>(case: &Case, optimizer: &O, step: Step) {
    let values = |array: &fixture::Array| -> Vec<f32> { array.tensor().to_vec() };
    let state = O::MEMORY.len();
    let count = (case.inputs.len() - 2) / (2 + state);
    // The suite adds the weight decay to the gradient; here the caller has to do that.
    let decay = case.number("norm_coefficient", 0.0) as f32;
    for number in 0..count {
        let input = |kind: usize| values(case.input(2 + kind * count + number));
        let (mut parameters, mut gradient) = (input(0), input(1));
        for (g, p) in gradient.iter_mut().zip(&parameters) {
            *g += decay * p;
        }
        let mut memory: Vec<Vec<f32>> = (0..state).map(|kind| input(2 + kind)).collect();
        let slots = slots(memory.iter_mut().map(|slot| &mut slot[..]));
        let (now, gradient) = (&mut parameters[..], &gradient[..]);
        optimizer.update(step, Stretch { parameters: now, gradient, memory: slots, tensor: None });
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

/// Runs the cases of every optimizer of the list, and counts them.
struct NodeTests {
    cases: Vec<Case>,
    passed: usize,
}

impl See for NodeTests {
    fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
    where
        O: Rule,
    {
        let (op, of) = match examples.onnx {
            Onnx::Node { op, of } => (op, of),
            Onnx::None(reason) => {
                assert!(!reason.is_empty(), "{name}: say why ONNX does not test it");
                let tested = self.cases.iter().any(|case| case.op == name);
                assert!(!tested, "{name}: there are ONNX node tests of it");
                return;
            }
        };
        let before = self.passed;
        for case in self.cases.iter().filter(|case| case.op == op) {
            let (learning_rate, before) = (case.input(0).values[0], case.input(1).values[0]);
            // ONNX applies no correction in the first step, as if it followed many.
            let number = if before == 0.0 { u64::MAX } else { before as u64 };
            check(case, &of(case, learning_rate), Step::new(number));
            self.passed += 1;
        }
        assert!(self.passed > before, "{name}: there are no ONNX node tests of {op}");
    }
}

#[test]
fn onnx_optimizer_node_tests() {
    let mut tests = NodeTests { cases: fixture::read("onnx"), passed: 0 };
    see_all(&mut tests);
    println!("onnx node tests of optimizers: {} passed", tests.passed);
    assert!(tests.passed >= 5);
}
