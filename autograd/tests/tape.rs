//! The public behavior of the tape: which variables get gradients, which calls fail, and the
//! messages.

use std::cell::Cell;
use std::rc::Rc;

use autograd::{Call, Gradients, Op, Result, Tape, Var, ops};
use tensor::random::Random;
use tensor::{Float, Tensor};

fn scalar<T: Float>(gradients: &Gradients<T>, x: Var<'_, T>) -> T {
    gradients.of(x).unwrap().item().unwrap()
}

#[test]
fn every_use_of_a_variable_counts() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::scalar(3.0));
    // A diamond: y = (x² + x)·x², dy/dx = 4x³ + 3x²
    let square = x * x;
    let y = (square + x) * square;
    assert_eq!(y.value().item(), Ok(108.0));
    assert_eq!(scalar(&y.backward().unwrap(), x), 135.0);
    // A second call returns the same: nothing was accumulated on the tape.
    assert_eq!(scalar(&y.backward().unwrap(), x), 135.0);
    // And from another variable.
    assert_eq!(scalar(&square.backward().unwrap(), x), 6.0);
}

#[test]
fn numbers_stand_on_both_sides_of_operators() {
    let tape = Tape::<f64>::new();
    let x = tape.parameter(Tensor::scalar(4.0));
    let y = 1.0 - 8.0 / x + 2.0 * (x - 2.0) / 4.0 + (0.5 + -x);
    assert_eq!(y.value().item(), Ok(1.0 - 2.0 + 1.0 + -3.5));
    assert_eq!(scalar(&y.backward().unwrap(), x), 0.5 + 0.5 - 1.0);
}

#[test]
fn a_variable_that_was_broadcast_gets_the_sum() {
    let tape = Tape::new();
    let rows = tape.constant(Tensor::ones([4, 3]));
    let row = tape.parameter(Tensor::from([1.0, 2.0, 3.0]));
    let one = tape.parameter(Tensor::from([[5.0]]));
    let gradients = (rows * row + one).sum().unwrap().backward().unwrap();
    assert_eq!(*gradients.of(row).unwrap(), Tensor::from([4.0, 4.0, 4.0]));
    assert_eq!(*gradients.of(one).unwrap(), Tensor::from([[12.0]]));
}

#[test]
fn a_hundred_thousand_steps_deep() {
    let tape = Tape::<f32>::new();
    let x = tape.parameter(Tensor::scalar(1.0));
    let mut y = x;
    for _ in 0..100_000 {
        y = y + x;
    }
    assert_eq!(scalar(&y.backward().unwrap(), x), 100_001.0);
    assert_eq!(tape.len(), 100_001);
    drop(tape);
}

#[test]
fn only_a_scalar_can_be_differentiated_without_saying_how() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::from([1.0, 2.0]));
    let y = x.square().unwrap();
    assert_eq!(
        y.backward().unwrap_err().to_string(),
        "backward from the square [2] (variable 1): `backward` needs a single element; \
        reduce it with `sum()` or `mean()`, or pass the gradient of each element to \
        `backward_with(dy)`"
    );
    assert_eq!(
        y.backward_with(Tensor::ones([3])).unwrap_err().to_string(),
        "backward from the square [2] (variable 1): dy has shape [3]; expected the shape of the \
        variable"
    );
    let gradients = y.backward_with(Tensor::from([1.0, 10.0])).unwrap();
    assert_eq!(*gradients.of(x).unwrap(), Tensor::from([2.0, 40.0]));
}

#[test]
fn a_missing_gradient_says_why() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::scalar(2.0));
    let constant = tape.constant(Tensor::from([1.0, 2.0]));
    let unused = tape.parameter(Tensor::scalar(2.0));
    let between = x * x;
    let y = (constant * between).sum().unwrap();
    let mut gradients = y.backward().unwrap();
    let why = |gradients: &Gradients<f64>, x| gradients.of(x).unwrap_err().to_string();
    assert_eq!(
        why(&gradients, constant),
        "no gradient with respect to constant [2] (variable 1): it is a constant; record it \
        with `tape.parameter` instead"
    );
    assert_eq!(
        why(&gradients, between),
        "no gradient with respect to the mul [] (variable 3): it is an intermediate result, whose \
        gradient is not retained; call `keep_gradient()` on it before `backward`"
    );
    let not_dependent =
        "the differentiated value does not depend on it, or its gradient was taken already";
    assert!(why(&gradients, unused).ends_with(not_dependent));
    assert_eq!(gradients.take(x).unwrap().item(), Ok(12.0));
    assert!(why(&gradients, x).ends_with(not_dependent));
    assert!(gradients.is_empty());

    let other = Tape::new();
    let foreign = other.parameter(Tensor::scalar(2.0));
    assert!(gradients.get(foreign).is_none());
    assert!(
        why(&gradients, foreign).ends_with("it is on another tape than the differentiated value")
    );
}

#[test]
fn gradients_of_intermediate_results_are_kept_on_request() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::from([1.0, 2.0]));
    let y = x.square().unwrap().keep_gradient();
    let loss = (y * y).sum().unwrap();
    let gradients = loss.backward().unwrap();
    assert_eq!(*gradients.of(y).unwrap(), Tensor::from([2.0, 8.0]));
    assert_eq!(gradients.len(), 2);
}

#[test]
fn what_depends_on_no_parameter_has_no_gradient() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::scalar(2.0));
    let y = x.detach() * 3.0;
    assert!(!y.wants_gradient());
    assert_eq!(
        y.backward().unwrap_err().to_string(),
        "backward from the scale [] (variable 2): it depends on no parameter; \
        record the variables to differentiate by with `tape.parameter`"
    );
    assert_eq!(scalar(&(x * y).backward().unwrap(), x), 6.0); // y is a constant
}

/// y = a·b; counts the living operations, and panics if it computes an unneeded gradient.
struct Counted(Rc<Cell<usize>>);

impl Counted {
    fn new(alive: &Rc<Cell<usize>>) -> Self {
        alive.set(alive.get() + 1);
        Counted(alive.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Op<f64, 2> for Counted {
    fn name(&self) -> &'static str {
        "counted"
    }

    fn forward(&mut self, [a, b]: [&Tensor<f64>; 2]) -> Result<Tensor<f64>> {
        Ok(a * b)
    }

    fn backward(
        &self,
        call: &Call<'_, f64, 2>,
        dy: &Tensor<f64>,
    ) -> Result<[Option<Tensor<f64>>; 2]> {
        assert_eq!(call.wanted, [false, true]);
        let unwanted = call.wanted(0, || panic!("computed though nobody wants it"))?;
        Ok([unwanted, call.wanted(1, || Ok(dy * call.inputs[0]))?])
    }
}

#[test]
fn nothing_is_computed_towards_data() {
    let alive = Rc::default();
    let tape = Tape::new();
    let x = tape.constant(Tensor::scalar(2.0));
    let w = tape.parameter(Tensor::scalar(3.0));
    let y = tape.apply(Counted::new(&alive), [x, w]).unwrap();
    assert_eq!(scalar(&y.backward().unwrap(), w), 2.0);
    assert_eq!(alive.get(), 1);
    // If all inputs are constants, the operation is not stored.
    tape.apply(Counted::new(&alive), [x, x]).unwrap();
    assert_eq!(alive.get(), 1);
    drop(tape);
    assert_eq!(alive.get(), 0);
}

#[test]
fn a_tape_without_gradients_keeps_no_operation() {
    let alive = Rc::default();
    let tape = Tape::no_grad();
    let w = tape.parameter(Tensor::scalar(3.0));
    let y = tape.apply(Counted::new(&alive), [w, w]).unwrap();
    assert_eq!((y.value().item(), alive.get()), (Ok(9.0), 0));
    assert_eq!(
        y.backward().unwrap_err().to_string(),
        "backward from the counted [] (variable 1): the tape was created by `Tape::no_grad` or \
        `Tape::tracing` and records no gradients; use `Tape::new`"
    );
}

#[test]
fn two_tapes_do_not_mix() {
    let (here, there) = (Tape::new(), Tape::new());
    let [a, b] = [&here, &there].map(|tape| tape.parameter(Tensor::scalar(1.0)));
    assert_eq!(
        a.mul(b).unwrap_err().to_string(),
        "mul: input 1 is on another tape; record it on this one with \
        `tape.constant(input.value())`, or compute everything on one tape"
    );
}

#[test]
fn a_cleared_tape_does_not_answer_from_the_step_before() {
    let mut tape = Tape::new();
    let x = tape.parameter(Tensor::scalar(1.0));
    let before = (x * 5.0).backward().unwrap();
    assert_eq!(before.len(), 1);
    tape.clear();
    assert!(tape.is_empty());
    let x = tape.parameter(Tensor::scalar(1.0));
    assert!(before.get(x).is_none());
    assert_eq!(scalar(&(x * 7.0).backward().unwrap(), x), 7.0);
}

#[test]
fn operators_panic_at_the_callers_line() {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    static LINE: AtomicU32 = AtomicU32::new(0);

    let tape = Tape::<f32>::new();
    let [a, b] = [2, 3].map(|length| tape.parameter(Tensor::zeros([length])));
    std::panic::set_hook(Box::new(|info| {
        LINE.store(info.location().map_or(0, |at| at.line()), Relaxed)
    }));
    let here = line!() + 1;
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| a + b));
    drop(std::panic::take_hook());
    assert_eq!(LINE.load(Relaxed), here);
    let message = result.unwrap_err().downcast::<String>().unwrap();
    assert!(message.starts_with("add: [2] and [3]: they do not broadcast"), "{message}");
    assert_eq!(*message, a.add(b).unwrap_err().to_string()); // the method returns the same message
}

/// The loss of a small network and its gradients.
fn network<T: Float>() -> Result<Vec<f64>> {
    let random = |stream, shape: [usize; 2]| {
        Tensor::<f64>::uniform(shape, -1.0, 1.0, Random::new(1, stream)).to_vec()
    };
    // Rounded to f32, so that both types begin at the same numbers.
    let tensor = |stream, shape: [usize; 2]| {
        let values = random(stream, shape).into_iter().map(|x| T::of(f64::from(x as f32)));
        Tensor::from_vec(values.collect(), shape)
    };
    let tape = Tape::new();
    let x = tape.constant(tensor(0, [5, 4])?);
    let parameters: Vec<_> = [[4, 6], [1, 6], [6, 3], [1, 3]]
        .into_iter()
        .zip(1..)
        .map(|(shape, stream)| Ok(tape.parameter(tensor(stream, shape)?)))
        .collect::<Result<_>>()?;
    let [w1, b1, w2, b2] = parameters[..] else { unreachable!() };
    let logits = ((x.matmul(w1)? + b1).gelu()?.matmul(w2)? + b2).tanh()?;
    let loss = logits.cross_entropy(&[0, 2, 1, 1, 0])? + w1.square()?.mean()? * T::of(0.1);
    let gradients = loss.backward()?;
    let mut found = vec![loss.value().item()?.as_f64()];
    for parameter in parameters {
        found.extend(gradients.of(parameter)?.to_vec().into_iter().map(Float::as_f64));
    }
    Ok(found)
}

#[test]
fn single_precision_agrees_with_double() {
    let (single, double) = (network::<f32>().unwrap(), network::<f64>().unwrap());
    assert_eq!(single.len(), 1 + 24 + 6 + 18 + 3);
    for (single, double) in single.iter().zip(&double) {
        assert!((single - double).abs() < 1e-6, "{single} in f32, {double} in f64");
    }
}

#[test]
fn the_same_step_gives_the_same_bits() {
    assert_eq!(network::<f32>().unwrap(), network::<f32>().unwrap());
}

#[test]
fn a_tape_for_export_records_every_operation() {
    let tape = Tape::tracing();
    let x = tape.parameter(Tensor::from([[1.0, -2.0, 3.0]]));
    let zero = tape.constant(Tensor::scalar(0.0));
    let mask = x.greater(zero).unwrap();
    let y = mask.select(x, zero).unwrap();
    assert_eq!(y.detach().number(), y.number());
    let parts = y.split(1, &[1, 2]).unwrap();
    let place = y.argmax(1, false).unwrap();
    let again = tape.recompute(|[x]| x.exp()?.neg(), [parts[1]]).unwrap();
    assert_eq!(again.value(), parts[1].exp().unwrap().neg().unwrap().value());
    let mut steps = Vec::new();
    tape.visit(|step| {
        let has_operation = step.operation.is_some();
        steps.push((step.name, step.inputs.to_vec(), step.mask, has_operation, step.output));
    });
    let expected = [
        ("parameter", vec![], None, false, 0),
        ("constant", vec![], None, false, 0),
        ("greater", vec![0, 1], None, true, 0),
        ("select", vec![0, 1], Some(2), true, 0),
        ("split", vec![3], None, true, 0),
        ("split", vec![3], None, true, 1),
        ("argmax", vec![3], None, true, 0),
        ("exp", vec![5], None, true, 0),
        ("neg", vec![7], None, true, 0),
    ];
    assert_eq!(steps[..9], expected);
    assert_eq!(place.number(), 6);
    let mut found = None;
    tape.visit(|step| {
        let operation = step.operation.and_then(|op| op.downcast_ref::<ops::Compare>());
        found = found.or(operation.copied());
    });
    assert_eq!(found, Some(ops::Compare::Greater));
    assert!(format!("{tape:?}").contains("2: greater[0, 1] [1, 3]\n"), "{tape:?}");
    assert!(!y.wants_gradient());
    let error = y.sum().unwrap().backward().unwrap_err().to_string();
    assert!(error.contains("records no gradients"), "{error}");

    let mut tape = tape;
    tape.clear();
    let y = tape.constant(Tensor::scalar(1.0));
    assert_eq!(y.number(), 0);
    // A mask of another tape is not a variable of this one.
    let other = Tape::tracing();
    let mask = other.constant(Tensor::scalar(1.0));
    assert_eq!(mask.select(y, y).unwrap().value().item(), Ok(1.0));
    let mut masks = Vec::new();
    tape.visit(|step| masks.push((step.name, step.mask)));
    assert_eq!(masks, [("constant", None), ("select", None)]);
}

#[test]
fn a_tape_for_training_records_what_a_gradient_flows_through() {
    let tape = Tape::new();
    let x = tape.parameter(Tensor::from([1.0, -2.0]));
    let zero = tape.constant(Tensor::scalar(0.0));
    let mask = x.detach().greater(zero).unwrap();
    mask.select(x, zero).unwrap();
    let mut steps = Vec::new();
    tape.visit(|step| {
        let has_operation = step.operation.is_some();
        steps.push((step.name, step.inputs.to_vec(), step.mask, has_operation));
    });
    let expected = [
        ("parameter", vec![], None, false),
        ("constant", vec![], None, false),
        ("constant", vec![], None, false),
        ("greater", vec![], None, false),
        ("select", vec![0, 1], None, true),
    ];
    assert_eq!(steps, expected);
}
