//! Each optimizer over 50 steps, compared with PyTorch, timm or its authors' code.
//!
//! `nn/tests/optimizers/make.py` wrote the numbers, and has the same formulas for start, gradient
//! and rate.

use super::checks::{Examples, Rule, See};
use super::onnx::{Case, fixture};
use super::{Decay, Optimizer, Step, Stretch, see_all, slots};
use crate::parameters::{NamedTensor, TensorKind};

/// The reference that an optimizer is compared with.
pub(super) enum Reference<O> {
    /// The cases of its file; the function reads the optimizer without its decay from a case.
    Cases(fn(&Case) -> O),
    /// As `Cases`, for an optimizer with its own decay.
    Decaying(fn(&Case, Decay) -> O),
    /// None, with the reason.
    None(&'static str),
}

const STEPS: u64 = 50;
/// Largest relative error.
const MOST: f64 = 1e-10;
const SIZES: [usize; 3] = [12, 4, 5];
const SHAPES: [&[usize]; 3] = [&[4, 3], &[4], &[5]];
const TOTAL: usize = 21;

fn start(i: usize) -> f64 {
    (((7 * i) % 13) as f64 - 6.0) / 8.0
}

fn gradient(step: u64, i: usize) -> f64 {
    if i >= TOTAL - SIZES[2] || i % 7 == 3 || step % 9 == 8 {
        return 0.0;
    }
    (((37 * i + (53 + 11 * i) * step as usize) % 101) as f64 - 50.0) / 64.0
}

fn rate(step: u64) -> f64 {
    (STEPS + 1 - step) as f64 / STEPS as f64
}

/// The largest relative error of a case.
fn compare<O: Optimizer<f64>>(rule: &O, case: &Case, l2: f64) -> f64 {
    let kinds = [TensorKind::Weight, TensorKind::Bias, TensorKind::Weight];
    let mut parameters: Vec<f64> = (0..TOTAL).map(start).collect();
    let mut memory = vec![vec![0.0; TOTAL]; O::MEMORY.len()];
    let mut worst = 0.0_f64;
    let mut seen = 0;
    for number in 1..=STEPS {
        let mut offset = 0;
        for ((size, shape), kind) in SIZES.into_iter().zip(SHAPES).zip(kinds) {
            let part = offset..offset + size;
            let tensor = NamedTensor::new("x", shape, offset).kind(kind);
            let l2 = if kind == TensorKind::Weight { l2 } else { 0.0 };
            let gradient: Vec<f64> =
                part.clone().map(|i| gradient(number, i) + l2 * parameters[i]).collect();
            let memory = slots(memory.iter_mut().map(|slot| &mut slot[part.clone()]));
            let parameters = &mut parameters[part];
            let stretch =
                Stretch { parameters, gradient: &gradient, memory, tensor: Some(&tensor) };
            let factor = if case.flag("scheduled", true) { rate(number) } else { 1.0 };
            rule.update(Step::new(number).rate(factor), stretch);
            offset += size;
        }
        let name = format!("step{number}");
        let Some(expected) = case.outputs.iter().find(|output| output.name == name) else {
            continue;
        };
        assert_eq!(expected.values.len(), TOTAL, "{}", case.name);
        seen += 1;
        for (found, expected) in parameters.iter().zip(&expected.values) {
            if found != expected {
                let error = ((found - expected) / expected).abs();
                // A NaN must not be ignored.
                worst = if error <= worst { worst } else { error };
            }
        }
    }
    assert_eq!(seen, case.outputs.len(), "{}: some steps were not compared", case.name);
    assert!(seen >= 5, "{}: only {seen} steps to compare with", case.name);
    worst
}

struct Trajectories(Vec<(String, String, f64)>);

impl See for Trajectories {
    fn optimizer<O: Rule>(&mut self, name: &str, examples: Examples<O>) {
        let rule = <O as Optimizer<f64>>::NAME;
        if let Reference::None(reason) = examples.reference {
            assert!(!reason.is_empty(), "{name}: why is there no reference?");
            self.0.push((rule.into(), format!("none: {reason}"), 0.0));
            return;
        }
        let mut files = fixture::read_each("../../nn/tests/optimizers");
        let cases = files.remove(rule).unwrap_or_default();
        assert!(!cases.is_empty(), "{name}: nn/tests/optimizers/{rule}.txt has no case of it");
        for case in &cases {
            assert_eq!(case.op, rule, "{}", case.name);
            let amount = case.number("decay", 0.0);
            let error = match &examples.reference {
                Reference::Cases(of) => compare(&of(case), case, amount),
                Reference::Decaying(of) => {
                    let is_coupled = case.flag("coupled", false);
                    let decay = Decay { is_coupled, ..Decay::decoupled(amount) };
                    compare(&of(case, decay), case, 0.0)
                }
                Reference::None(_) => continue,
            };
            let reference = case.word("reference").unwrap_or_default();
            self.0.push((case.name.clone(), reference.into(), error));
        }
    }
}

/// `cargo test -p nn --lib trajectories -- --nocapture` shows the table.
#[test]
fn every_rule_goes_where_its_reference_goes() {
    let mut table = Trajectories(Vec::new());
    see_all(&mut table);
    for (name, reference, error) in &table.0 {
        println!("{name:<24} {reference:<48} {error:.1e}");
    }
    for (name, reference, error) in table.0 {
        assert!(error <= MOST, "{name}: off by {error:e} from {reference}");
    }
}
