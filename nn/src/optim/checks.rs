//! Tests that every optimizer of the list must pass.

use tensor::Float;
use tensor::random::Random;

use super::onnx::Onnx;
use super::trajectories::Reference;
use super::{MOST_MEMORY, Optimizer, Step, Stretch, see_all, slots};

/// The data that an optimizer's file provides for these tests.
pub(super) struct Examples<O> {
    /// The optimizer with different settings, so that each part of it is used.
    pub(super) instances: Vec<O>,
    /// The paper's formula for one parameter, including its state, written independently of the
    /// optimizer's code: from an initial value through some steps to the final value.
    pub(super) formula: fn(&O, f64, &[FormulaStep]) -> f64,
    /// Whether the optimizer moves parameters without a gradient, as weight decay does.
    pub(super) moves_without_gradient: bool,
    /// Optimizers with a setting out of range, and the name of the setting.
    pub(super) refused: Vec<(O, &'static str)>,
    pub(super) onnx: Onnx<O>,
    pub(super) reference: Reference<O>,
}

/// One step of one parameter.
#[derive(Clone, Copy)]
pub(super) struct FormulaStep {
    /// Factor on the learning rate.
    pub(super) factor: f64,
    pub(super) gradient: f64,
}

/// Bounds of every optimizer of the list: it works with every float type.
pub(super) trait Rule:
    Optimizer<f64> + Optimizer<f32> + Optimizer<half::f16> + Optimizer<half::bf16>
{
}

impl<O> Rule for O where
    O: Optimizer<f64> + Optimizer<f32> + Optimizer<half::f16> + Optimizer<half::bf16>
{
}

/// A visitor of the optimizers in the list.
pub(super) trait See {
    fn optimizer<O: Rule>(&mut self, name: &str, examples: Examples<O>);
}

/// Number of parameters: more than any vector holds, and odd.
const COUNT: usize = 67;
const STEPS: usize = 20;

/// Numbers that differ for every parameter, step and purpose.
fn normal(purpose: usize, step: usize, parameter: usize) -> f64 {
    Random::new(1, purpose as u64).normal((step * COUNT + parameter) as u64)
}

fn parameters<T: Float>() -> Vec<T> {
    (0..COUNT).map(|i| T::of(normal(0, 0, i))).collect()
}

/// Gradients of sizes from 1e-4 to 1.
fn gradient(step: usize, parameter: usize) -> f64 {
    normal(1, step, parameter) * 10.0_f64.powi(-(parameter as i32 % 5))
}

fn factor(step: usize) -> f64 {
    1.0 / (1.0 + step as f64 / 8.0)
}

/// Parameters with the optimizer's state.
struct Trained<T> {
    parameters: Vec<T>,
    memory: Vec<Vec<T>>,
    steps: u64,
}

impl<T: Float> Trained<T> {
    fn new<O: Optimizer<T>>(parameters: Vec<T>) -> Self {
        let memory = vec![vec![T::zero(); parameters.len()]; O::MEMORY.len()];
        Trained { parameters, memory, steps: 0 }
    }

    fn step<O: Optimizer<T>>(&mut self, optimizer: &O, rate: f64, gradient: &[T]) {
        self.steps += 1;
        let memory = slots(self.memory.iter_mut().map(|slot| &mut slot[..]));
        let parameters = &mut self.parameters[..];
        let stretch = Stretch { parameters, gradient, memory, tensor: None };
        optimizer.update(Step::new(self.steps).rate(rate), stretch);
    }

    fn bits(&self) -> Vec<u64> {
        let numbers = self.memory.iter().flatten().chain(&self.parameters);
        numbers.map(|x| x.as_f64().to_bits()).collect()
    }
}

/// `COUNT` parameters after `STEPS` steps.
fn trained<T: Float, O: Optimizer<T>>(optimizer: &O) -> Trained<T> {
    let mut trained = Trained::new::<O>(parameters());
    for step in 0..STEPS {
        let gradient: Vec<T> = (0..COUNT).map(|i| T::of(gradient(step, i))).collect();
        trained.step(optimizer, factor(step), &gradient);
    }
    trained
}

/// [`trained`], for each parameter separately if the optimizer uses whole tensors: the formula is
/// for one parameter.
fn each_trained<T: Float, O: Optimizer<T>>(optimizer: &O) -> Vec<T> {
    if !O::WHOLE_TENSORS {
        return trained::<T, O>(optimizer).parameters;
    }
    let alone = |i: usize| {
        let mut trained = Trained::new::<O>(vec![T::of(normal(0, 0, i))]);
        (0..STEPS).for_each(|step| {
            trained.step(optimizer, factor(step), &[T::of(gradient(step, i))]);
        });
        trained.parameters[0]
    };
    (0..COUNT).map(alone).collect()
}

#[test]
fn every_optimizer_is_its_formula() {
    struct Formula;
    impl See for Formula {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            assert!(!examples.instances.is_empty(), "{name}: no instance");
            for (at, optimizer) in examples.instances.iter().enumerate() {
                let double = each_trained::<f64, O>(optimizer);
                let single = each_trained::<f32, O>(optimizer);
                for i in 0..COUNT {
                    let step =
                        |step| FormulaStep { factor: factor(step), gradient: gradient(step, i) };
                    let steps: Vec<FormulaStep> = (0..STEPS).map(step).collect();
                    let start = normal(0, 0, i);
                    let exact = (examples.formula)(optimizer, start, &steps);
                    let size = exact.abs() + start.abs();
                    for (found, digits) in [(double[i], 1e-13), (f64::from(single[i]), 2e-6)] {
                        assert!(
                            (found - exact).abs() <= digits * size,
                            "{name}, instance {at}, parameter {i}: {found}, by the formula {exact}"
                        );
                    }
                }
            }
        }
    }
    see_all(&mut Formula);
}

/// Every optimizer with a momentum setting, except those that change it themselves or average with
/// it.
#[test]
fn a_momentum_can_be_multiplied() {
    struct Momentum;
    impl See for Momentum {
        fn optimizer<O: Rule>(&mut self, name: &str, examples: Examples<O>) {
            for rule in &examples.instances {
                let text = format!("{rule:?}");
                let has = |setting: &str| {
                    let number = text.split_once(setting).map(|(_, rest)| rest);
                    number.is_some_and(|rest| !rest.starts_with("0.0"))
                };
                let expected = (has(" beta1: ") || has(" momentum: "))
                    && !["NAdam", "ScheduleFree"].contains(&name);
                let scaled = Optimizer::<f64>::scale_momentum(rule, 1.0);
                assert_eq!(scaled.is_some(), expected, "{text}");
                assert!(scaled.is_none_or(|scaled| format!("{scaled:?}") == text), "{text}");
                let Some(less) = Optimizer::<f64>::scale_momentum(rule, 0.5) else { continue };
                assert_ne!(format!("{less:?}"), text);
                Optimizer::<f64>::check(&less).unwrap();
            }
        }
    }
    see_all(&mut Momentum);
}

#[test]
fn vectors_and_single_elements_have_the_same_bits() {
    struct Bits;
    impl See for Bits {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                check::<f64, O>(name, optimizer);
                check::<f32, O>(name, optimizer);
            }
        }
    }
    fn check<T: Float, O: Optimizer<T>>(name: &str, optimizer: &O) {
        if O::WHOLE_TENSORS {
            return; // a part of a tensor is another tensor to it
        }
        let whole = trained::<T, O>(optimizer);
        for length in [1, 3, 7, 13, 33] {
            for from in (0..COUNT).step_by(length) {
                let to = (from + length).min(COUNT);
                let mut part = Trained::new::<O>(parameters()[from..to].to_vec());
                for step in 0..STEPS {
                    let gradient: Vec<T> = (from..to).map(|i| T::of(gradient(step, i))).collect();
                    part.step(optimizer, factor(step), &gradient);
                }
                let memory = whole.memory.iter().map(|slot| slot[from..to].to_vec()).collect();
                let parameters = whole.parameters[from..to].to_vec();
                let same = Trained { parameters, memory, steps: 0 }.bits() == part.bits();
                assert!(same, "{name}: {length} parameters from {from} on");
            }
        }
    }
    see_all(&mut Bits);
}

/// Whether the state in this slot differs from 0 for each parameter after some step. (Not after
/// every step: a sign may be 0 where it has just changed.)
fn every_number_is_used<O: Optimizer<f64>>(optimizer: &O, slot: usize) -> bool {
    let mut trained = Trained::new::<O>(parameters());
    let mut used = [false; COUNT];
    for step in 0..STEPS {
        let gradient: Vec<f64> = (0..COUNT).map(|i| gradient(step, i)).collect();
        trained.step(optimizer, factor(step), &gradient);
        used.iter_mut().zip(&trained.memory[slot]).for_each(|(used, &x)| *used |= x != 0.0);
    }
    used.iter().all(|&used| used)
}

#[test]
fn the_memory_declared_is_the_memory_used() {
    struct Memory;
    impl See for Memory {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            let declared = <O as Optimizer<f64>>::MEMORY;
            assert!(declared.len() <= MOST_MEMORY, "{name}");
            assert_eq!(declared, <O as Optimizer<f32>>::MEMORY, "{name}");
            for (slot, remembered) in declared.iter().enumerate() {
                let used = examples
                    .instances
                    .iter()
                    .any(|optimizer| every_number_is_used(optimizer, slot));
                assert!(used, "{name}: the state {remembered} is never used");
            }
        }
    }
    see_all(&mut Memory);
}

/// Parameters without gradient whose means decay, such as the weights of a pixel that has become
/// black.
#[test]
fn what_is_remembered_never_becomes_subnormal() {
    struct Subnormal;
    impl See for Subnormal {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                check::<f64, O>(name, optimizer);
                check::<f32, O>(name, optimizer);
            }
        }
    }
    fn check<T: Float, O: Optimizer<T>>(name: &str, optimizer: &O) {
        // Maximum number of steps until nothing changes; a mean that retains 0.999 of itself takes
        // 700,000 steps in `f64`.
        const MOST_STEPS: usize = 1_000_000;
        let mut trained = Trained::new::<O>(vec![T::one(); 3]);
        for scale in [1.0, -1e-3, 1e-2] {
            trained.step(optimizer, 1.0, &[0.3, -1.0, 1e-3].map(|g| T::of(g * scale)));
        }
        let (mut before, mut at_rest) = (Vec::new(), 0);
        for _ in 0..MOST_STEPS {
            // Coupled decay would add a gradient, and the state would never come to rest.
            trained.parameters.fill(T::zero());
            trained.step(optimizer, 1.0, &[T::zero(); 3]);
            let mut remembered = trained.memory.iter().flatten();
            let steps = trained.steps;
            assert!(!remembered.any(|x| x.is_subnormal()), "{name}, step {steps}");
            at_rest = if trained.memory == before { at_rest + 1 } else { 0 };
            if at_rest == 10 {
                return;
            }
            before.clone_from(&trained.memory);
        }
        panic!("{name}: the state does not come to rest");
    }
    see_all(&mut Subnormal);
}

#[test]
fn what_has_no_gradient_moves_only_if_the_rule_says_so() {
    struct Rest;
    impl See for Rest {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            let moves = |optimizer: &O| {
                let start = parameters::<f32>();
                let mut trained = Trained::new::<O>(start.clone());
                (0..10).for_each(|_| trained.step(optimizer, 1.0, &[0.0; COUNT]));
                trained.parameters != start
            };
            let found = examples.instances.iter().any(moves);
            assert_eq!(found, examples.moves_without_gradient, "{name}: moves without gradient");
        }
    }
    see_all(&mut Rest);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    struct Settings;
    impl See for Settings {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                assert!(Optimizer::<f32>::check(optimizer).is_ok(), "{name}");
                assert!(Optimizer::<f64>::check(optimizer).is_ok(), "{name}");
            }
            assert!(!examples.refused.is_empty(), "{name}: what does it refuse?");
            for (optimizer, setting) in &examples.refused {
                let checks =
                    [Optimizer::<f32>::check(optimizer), Optimizer::<f64>::check(optimizer)];
                for check in checks {
                    let says = check.unwrap_err().to_string();
                    assert!(says.starts_with(&format!("{setting}: found ")), "{name}: {says}");
                }
            }
        }
    }
    see_all(&mut Settings);
}

#[test]
fn every_rule_sees_what_is_not_finite() {
    struct Finite;
    impl See for Finite {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                let finite_with = |at: usize, gradient: f32| {
                    let mut trained = Trained::new::<O>(parameters::<f32>());
                    let mut all = [1.0; COUNT];
                    all[at] = gradient;
                    let memory = slots(trained.memory.iter_mut().map(|slot| &mut slot[..]));
                    let parameters = &mut trained.parameters[..];
                    let stretch = Stretch { parameters, gradient: &all, memory, tensor: None };
                    optimizer.checked_update(Step::new(1), stretch)
                };
                for at in 0..COUNT {
                    assert!(finite_with(at, 2.0), "{name}, parameter {at}");
                    for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                        assert!(!finite_with(at, wrong), "{name}, parameter {at}: {wrong}");
                    }
                }
            }
        }
    }
    see_all(&mut Finite);
}

/// In a half, what is negligible in `f32` would be a quarter.
#[test]
fn every_optimizer_is_its_formula_in_small_floats() {
    fn check<T: Float, O: Optimizer<T>>(
        name: &str,
        optimizer: &O,
        formula: fn(&O, f64, &[FormulaStep]) -> f64,
    ) {
        let gradients = [0.1, -0.05, 0.1, 0.05, -0.1];
        // The formula is for one parameter.
        let count = if O::WHOLE_TENSORS { 1 } else { 3 };
        let mut trained = Trained::new::<O>(vec![T::one(); count]);
        for gradient in gradients {
            trained.step(optimizer, 1.0, &vec![T::of(gradient); count]);
        }
        let steps = gradients.map(|gradient| FormulaStep { factor: 1.0, gradient });
        let exact = formula(optimizer, 1.0, &steps);
        let moved = (exact - 1.0).abs().max(0.01);
        for found in &trained.parameters {
            // Each step is rounded to the digits of the type.
            let bound = 0.1 * moved + 5.0 * T::epsilon().as_f64();
            assert!(
                (found.as_f64() - exact).abs() <= bound,
                "{name}: {found}, by the formula {exact}"
            );
        }
    }
    struct Small;
    impl See for Small {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                check::<half::f16, O>(name, optimizer, examples.formula);
                check::<half::bf16, O>(name, optimizer, examples.formula);
            }
        }
    }
    see_all(&mut Small);
}

/// A rate that `f64` can represent may be infinite or zero in the network's number type.
#[test]
fn a_rate_must_be_a_number_of_the_network() {
    for rate in [1e39, 1e-50] {
        assert!(Optimizer::<f32>::check(&super::Sgd::new(rate)).is_err(), "{rate}");
        assert!(Optimizer::<f64>::check(&super::Sgd::new(rate)).is_ok(), "{rate}");
    }
}

/// The trainer may take the step where the gradient is computed, so both results must be equal.
#[test]
fn a_step_by_descent_is_the_step() {
    struct Descent;
    impl See for Descent {
        fn optimizer<O>(&mut self, name: &str, examples: Examples<O>)
        where
            O: Rule,
        {
            for optimizer in &examples.instances {
                let step = Step::new(1).rate(0.7);
                let Some(rate) = Optimizer::<f32>::descent(optimizer, step) else { continue };
                let mut trained = Trained::new::<O>(parameters::<f32>());
                let gradient: Vec<f32> = (0..COUNT).map(|i| gradient(0, i) as f32).collect();
                trained.step(optimizer, step.rate, &gradient);
                let each = trained.parameters.iter().zip(parameters::<f32>()).zip(&gradient);
                for ((found, p), g) in each {
                    assert_eq!(found.to_bits(), g.mul_add(-rate, p).to_bits(), "{name}");
                }
            }
        }
    }
    see_all(&mut Descent);
}
