//! Tests that every loss of the list must pass, and the lists that must name it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use autograd::Tape;
use tensor::Float;
use tensor::activation::Identity;
use tensor::random::Random;

use super::{DefaultLoss, DynLoss, Loss, LossRows, TrainedWith, all_listed, boxed};
use crate::head::{Class, Head, Linear, Sigmoid, Softmax};
use crate::layer::Dense;
use crate::{Network, Record, Sequential, Sgd, Trainer};

/// Units of the examples.
pub(super) const UNITS: usize = 4;
const ROWS: usize = 6;

/// The data that a loss's file provides for these tests.
pub(super) struct Examples<H: Targets<f64> + Targets<f32>> {
    /// Rows computed by hand, at least one.
    pub(super) by_hand: Vec<ByHand<H>>,
    /// Lines of `tests/pytorch/losses.txt` with their losses, or why there are none yet.
    pub(super) pytorch: Result<Vec<(&'static str, Case<H>)>, &'static str>,
}

/// A row whose loss and gradient are computed by hand.
pub(super) struct ByHand<H: Targets<f64> + Targets<f32>> {
    pub(super) loss: Case<H>,
    pub(super) logits: [f64; UNITS],
    pub(super) target: <H as Head<f64>>::Target,
    pub(super) value: f64,
    pub(super) gradient: [f64; UNITS],
}

/// A loss with its arguments.
pub(super) struct Case<H: Targets<f64> + Targets<f32>> {
    name: String,
    double: Box<dyn DynLoss<f64, H>>,
    single: Box<dyn DynLoss<f32, H>>,
    drivers: Box<dyn Fn() -> Result<(), String>>,
}

/// A test case for `loss`.
pub(super) fn of<H, L>(loss: L) -> Case<H>
where
    H: Targets<f64> + TrainedWith<f64, L> + DefaultLoss<f64>,
    H: Targets<f32> + TrainedWith<f32, L> + DefaultLoss<f32>,
    L: Clone + Debug + 'static,
{
    Case {
        name: format!("{loss:?}"),
        double: boxed(<H as TrainedWith<f64, L>>::into_loss(loss.clone())),
        single: boxed(<H as TrainedWith<f32, L>>::into_loss(loss.clone())),
        drivers: Box::new(move || {
            both_drivers::<f64, H, L>(&loss)?;
            both_drivers::<f32, H, L>(&loss)
        }),
    }
}

/// A head with targets: those of `tests/pytorch/losses.py`.
pub(super) trait Targets<T: Float>: Head<T> {
    fn targets() -> [Self::Target; ROWS];
}

impl<T: Float> Targets<T> for Softmax<UNITS> {
    fn targets() -> [Class<UNITS>; ROWS] {
        std::array::from_fn(|row| Class::new((2 * row * row + 1) % UNITS).unwrap())
    }
}

impl<T: Float> Targets<T> for Sigmoid<UNITS> {
    fn targets() -> [[T; UNITS]; ROWS] {
        table(|i| (i % 3.0) / 2.0)
    }
}

impl<T: Float> Targets<T> for Linear<UNITS> {
    fn targets() -> [[T; UNITS]; ROWS] {
        table(|i| 2.0 * (0.9 * i).cos())
    }
}

fn table<T: Float>(function: impl Fn(f64) -> f64) -> [[T; UNITS]; ROWS] {
    let at = |row, unit| T::of(function((row * UNITS + unit) as f64));
    std::array::from_fn(|row| std::array::from_fn(|unit| at(row, unit)))
}

fn logits<T: Float>() -> [[T; UNITS]; ROWS] {
    table(|i| 3.0 * (1.7 * i).sin())
}

/// Losses and gradient of some rows, written over memory with other content.
fn fresh<T: Float, Target>(
    logits: &[T],
    targets: &[Target],
    scale: T,
    evaluate: impl FnOnce(LossRows<'_, T, Target>),
) -> (Vec<T>, Vec<T>) {
    let mut losses = vec![T::of(9.0); targets.len()];
    let mut gradient = vec![T::of(9.0); logits.len()];
    let (losses_of, gradient_of) = (&mut losses[..], &mut gradient[..]);
    let rows = LossRows {
        logits,
        targets,
        scale,
        losses: losses_of,
        gradient: gradient_of,
        smoothing: 1.0,
    };
    evaluate(rows);
    (losses, gradient)
}

/// Losses and gradient of some rows.
pub(super) fn evaluate<T: Float, H: Head<T>>(
    loss: &impl Loss<T, H>,
    logits: &[T],
    targets: &[H::Target],
    scale: T,
) -> (Vec<T>, Vec<T>) {
    fresh(logits, targets, scale, |rows| loss.evaluate(rows))
}

/// Compares the gradient with central differences.
pub(super) fn check_gradient<H: Head<f64>>(
    loss: &impl Loss<f64, H>,
    logits: &[f64],
    targets: &[H::Target],
) -> Result<(), String> {
    differences(logits, |logits| evaluate(loss, logits, targets, 0.37))
}

fn differences(
    logits: &[f64],
    evaluate: impl Fn(&[f64]) -> (Vec<f64>, Vec<f64>),
) -> Result<(), String> {
    let total = |logits: &[f64]| evaluate(logits).0.iter().sum::<f64>() * 0.37;
    let (_, gradient) = evaluate(logits);
    for i in 0..logits.len() {
        let mut shifted = logits.to_vec();
        let h = 1e-6 * logits[i].abs().max(1.0);
        shifted[i] = logits[i] + h;
        let above = total(&shifted);
        shifted[i] = logits[i] - h;
        let slope = (above - total(&shifted)) / (2.0 * h);
        require((slope - gradient[i]).abs() < 1e-7, || {
            format!("logit {i}: gradient {}, differences {slope}", gradient[i])
        })?;
    }
    Ok(())
}

fn require(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn bits<T: Float>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|x| x.as_f64().to_bits()).collect()
}

/// Compares rows one by one, and in blocks, with all rows at once.
fn portions<T: Float, H: Targets<T>>(loss: &mut dyn DynLoss<T, H>) -> Result<(), String> {
    let (logits, targets) = (logits::<T>(), H::targets());
    loss.begin_batch(&targets, &[]);
    let scale = T::of(0.3);
    let of = |rows: std::ops::Range<usize>| {
        let logits = logits[rows.clone()].as_flattened();
        fresh(logits, &targets[rows], scale, |rows| loss.evaluate(rows))
    };
    let whole = of(0..ROWS);
    for size in 1..ROWS {
        let (mut losses, mut gradient) = (Vec::new(), Vec::new());
        for from in (0..ROWS).step_by(size) {
            let portion = of(from..(from + size).min(ROWS));
            losses.extend(portion.0);
            gradient.extend(portion.1);
        }
        let same = bits(&losses) == bits(&whole.0) && bits(&gradient) == bits(&whole.1);
        require(same, || format!("micro-batches of {size} rows have other bits than the whole"))?;
    }
    require(of(0..0).0.is_empty(), || "no rows have losses".into())
}

/// Checks the scale with a power of two, which loses no bit.
fn scale<T: Float, H: Targets<T>>(loss: &mut dyn DynLoss<T, H>) -> Result<(), String> {
    let (logits, targets) = (logits::<T>(), H::targets());
    loss.begin_batch(&targets, &[]);
    let of = |scale: f64| {
        fresh(logits.as_flattened(), &targets, T::of(scale), |rows| loss.evaluate(rows))
    };
    let (one, quarter) = (of(1.0), of(0.25));
    let quarters: Vec<T> = one.1.iter().map(|&slope| slope * T::of(0.25)).collect();
    require(bits(&one.0) == bits(&quarter.0), || "`scale` changes the losses".into())?;
    require(bits(&quarters) == bits(&quarter.1), || "`scale` does not multiply the gradient".into())
}

/// Checks NaN in any logit, and logits of ±100.
fn extremes<T: Float, H: Targets<T>>(loss: &mut dyn DynLoss<T, H>) -> Result<(), String> {
    let targets = H::targets();
    loss.begin_batch(&targets, &[]);
    let of = |logits: &[T]| fresh(logits, &targets, T::one(), |rows| loss.evaluate(rows));
    for i in 0..ROWS * UNITS {
        let mut logits = logits::<T>();
        logits.as_flattened_mut()[i] = T::nan();
        let (losses, gradient) = of(logits.as_flattened());
        let told = losses[i / UNITS].is_nan() && gradient[i].is_nan();
        require(told, || format!("a NaN in logit {i} is swallowed"))?;
    }
    for sign in [1.0, -1.0] {
        let hundreds = table(|i| if i % 2.0 == 0.0 { 100.0 * sign } else { -100.0 * sign });
        let (losses, gradient) = of(hundreds.as_flattened());
        let finite = losses.iter().chain(&gradient).all(|x| x.is_finite());
        require(finite, || "logits of ±100 do not give finite numbers".into())?;
    }
    Ok(())
}

/// A row of weight n is equivalent to n rows, and the gradient is that of the weighted losses.
fn weights<H: Targets<f64>>(loss: &mut dyn DynLoss<f64, H>) -> Result<(), String> {
    let (logits, targets) = (logits::<f64>(), H::targets());
    let times = |row: usize| [2, 0, 3, 1][row % 4];
    let repeated = || (0..ROWS).flat_map(|row| std::iter::repeat_n(row, times(row)));
    let many_logits: Vec<[f64; UNITS]> = repeated().map(|row| logits[row]).collect();
    let many_targets: Vec<_> = repeated().map(|row| targets[row]).collect();
    let mut weights: Vec<f64> = (0..ROWS).map(|row| times(row) as f64).collect();
    crate::data::normalize(&mut weights);

    loss.begin_batch(&many_targets, &[]);
    let mean_of = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let scale = 1.0 / many_targets.len() as f64;
    let many = fresh(many_logits.as_flattened(), &many_targets, scale, |rows| loss.evaluate(rows));
    let mut summed = vec![0.0; ROWS * UNITS];
    for (row, slopes) in repeated().zip(many.1.chunks_exact(UNITS)) {
        let sums = summed[row * UNITS..][..UNITS].iter_mut();
        sums.zip(slopes).for_each(|(sum, slope)| *sum += slope);
    }

    loss.begin_batch(&targets, &weights);
    let weighed = |logits: &[f64], scale: f64| {
        let (mut losses, mut gradient) = fresh(logits, &targets, scale, |rows| loss.evaluate(rows));
        super::weigh(&mut losses, &mut gradient, &weights);
        (losses, gradient)
    };
    let few = weighed(logits.as_flattened(), 1.0 / ROWS as f64);
    near(&[mean_of(&many.0)], &[mean_of(&few.0)])?;
    near(&summed, &few.1)?;
    differences(logits.as_flattened(), |logits| weighed(logits, 0.37))
}

/// Compares the trainer's loss and gradient with the tape's, bit for bit.
fn both_drivers<T, H, L>(loss: &L) -> Result<(), String>
where
    T: Float,
    H: Targets<T> + TrainedWith<T, L> + DefaultLoss<T>,
    L: Clone,
{
    type Net<H, T> = Sequential<Dense<3, UNITS, Identity>, H, 3, UNITS, T>;
    let random = Random::new(1, 2);
    let inputs: [[T; 3]; ROWS] =
        std::array::from_fn(|row| std::array::from_fn(|i| random.normal((row * 3 + i) as u64)));
    let targets = H::targets();
    let network = <Net<H, T> as Network>::init(7);
    let mut trainer = Trainer::new(Sgd::new(0.0)).loss(loss.clone());
    let fast = trainer.differentiate(&network, &inputs, &targets).unwrap();

    let tape = Tape::new();
    let on_tape = network.on_tape(&tape).unwrap();
    let logits = on_tape.logits(on_tape.inputs(&inputs).unwrap()).unwrap();
    let slow = on_tape.loss_with(loss.clone(), logits, &targets).unwrap();
    let gradient = on_tape.flatten(&slow.backward().unwrap()).unwrap();
    let same = fast == slow.value().item().unwrap() && trainer.gradient() == gradient;
    require(same, || "trainer and tape have different bits".into())?;
    require(gradient.iter().any(|slope| !slope.is_zero()), || "the gradient is zero".into())
}

/// The property of a loss to test.
#[derive(Clone, Copy)]
enum Question {
    Value,
    Gradient,
    Portions,
    Scale,
    Extremes,
    Drivers,
    Weights,
}

/// A loss of the list with its examples, for any head.
pub(super) struct Listed {
    /// Name of the file, and thus of the constructor.
    file: &'static str,
    head: &'static str,
    by_hand: usize,
    /// The lines of `tests/pytorch/losses.txt`.
    pytorch: Result<Vec<&'static str>, &'static str>,
    answers: Vec<(String, Answer)>,
}

type Answer = Box<dyn FnMut(Question) -> Result<(), String>>;

impl Listed {
    pub(super) fn new<H: Targets<f64> + Targets<f32>>(
        file: &'static str,
        examples: Examples<H>,
    ) -> Self {
        let head = <H as crate::head::HeadFunction<f64>>::NAME;
        let by_hand = examples.by_hand.len();
        let mut answers = Vec::new();
        for ByHand { loss, logits, target, value, gradient } in examples.by_hand {
            answers.push(loss.answer(move |loss| {
                loss.begin_batch(&[target], &[]);
                let found = fresh(&logits, &[target], 1.0, |rows| loss.evaluate(rows));
                near(&[value], &found.0).and_then(|()| near(&gradient, &found.1))
            }));
        }
        let pytorch = examples.pytorch.map(|lines| {
            let asked = lines.into_iter().map(|(line, loss)| {
                answers.push(loss.answer(move |loss| as_pytorch(loss, line)));
                line
            });
            asked.collect()
        });
        Listed { file, head, by_hand, pytorch, answers }
    }
}

impl<H: Targets<f64> + Targets<f32>> Case<H> {
    /// Tests the property; `value` tests the value.
    fn answer(
        mut self,
        value: impl Fn(&mut dyn DynLoss<f64, H>) -> Result<(), String> + 'static,
    ) -> (String, Answer) {
        let name = std::mem::take(&mut self.name);
        let answer = Box::new(move |question| match question {
            Question::Value => value(&mut *self.double),
            Question::Gradient => {
                let targets = <H as Targets<f64>>::targets();
                self.double.begin_batch(&targets, &[]);
                differences(logits().as_flattened(), |logits| {
                    fresh(logits, &targets, 0.37, |rows| self.double.evaluate(rows))
                })
            }
            Question::Portions => {
                portions(&mut *self.double).and_then(|()| portions(&mut *self.single))
            }
            Question::Scale => scale(&mut *self.double).and_then(|()| scale(&mut *self.single)),
            Question::Extremes => {
                extremes(&mut *self.double).and_then(|()| extremes(&mut *self.single))
            }
            Question::Drivers => (self.drivers)(),
            Question::Weights => weights(&mut *self.double),
        });
        (name, answer)
    }
}

/// Whether `found` equals `expected` up to the last digits.
fn near(expected: &[f64], found: &[f64]) -> Result<(), String> {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-14;
    let all = expected.len() == found.len() && expected.iter().zip(found).all(near);
    require(all, || format!("found {found:?}, expected {expected:?}"))
}

/// The lines of `tests/pytorch/losses.txt`: name, mean loss and gradient.
fn pytorch_lines() -> BTreeMap<&'static str, Vec<f64>> {
    let text = include_str!("../../tests/pytorch/losses.txt");
    let numbers = |line: &'static str| {
        let (name, numbers) = line.split_once(' ').expect("a name and numbers");
        (name, numbers.split(' ').map(|number| number.parse().expect("a number")).collect())
    };
    text.lines().filter(|line| !line.starts_with('#')).map(numbers).collect()
}

/// Compares the mean loss of the batch and its gradient with PyTorch's.
fn as_pytorch<H: Targets<f64>>(loss: &mut dyn DynLoss<f64, H>, line: &str) -> Result<(), String> {
    let targets = H::targets();
    loss.begin_batch(&targets, &[]);
    let scale = 1.0 / ROWS as f64;
    let logits = logits();
    let found = fresh(logits.as_flattened(), &targets, scale, |rows| loss.evaluate(rows));
    let mean = found.0.iter().sum::<f64>() * scale;
    let lines = pytorch_lines();
    let expected = lines.get(line).ok_or_else(|| format!("losses.txt has no line {line}"))?;
    near(expected, &[&[mean][..], &found.1].concat())
}

/// Tests the property for every loss of the list.
fn ask(question: Question) {
    let mut failures = Vec::new();
    for mut listed in all_listed() {
        for (name, answer) in &mut listed.answers {
            if let Err(failure) = answer(question) {
                failures.push(format!("{}: {name}: {failure}", listed.file));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_value_is_that_of_the_hand_and_of_pytorch() {
    for listed in all_listed() {
        assert!(listed.by_hand > 0, "{}: no row is worked by hand", listed.file);
        if let Err(reason) = listed.pytorch {
            let told = reason.strip_prefix("not yet: ").is_some_and(|reason| !reason.is_empty());
            assert!(told, "{}: say \"not yet: …\" and why, found {reason:?}", listed.file);
        }
    }
    ask(Question::Value);
}

#[test]
fn every_line_of_pytorch_is_compared() {
    let listed = all_listed();
    let compared: Vec<_> =
        listed.iter().flat_map(|listed| listed.pytorch.iter().flatten()).collect();
    for line in pytorch_lines().keys() {
        assert!(compared.contains(&line), "no loss of the list is compared with {line}");
    }
}

#[test]
fn every_gradient_is_that_of_differences() {
    ask(Question::Gradient);
}

#[test]
fn every_batch_may_be_given_in_portions() {
    ask(Question::Portions);
}

#[test]
fn every_scale_multiplies_the_gradient_and_not_the_loss() {
    ask(Question::Scale);
}

#[test]
fn every_nan_is_told_and_every_hundred_is_finite() {
    ask(Question::Extremes);
}

#[test]
fn every_loss_has_the_same_bits_in_both_drivers() {
    ask(Question::Drivers);
}

#[test]
fn every_loss_takes_a_weight_as_a_number_of_rows() {
    ask(Question::Weights);
}

/// The names in backticks.
fn names(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The table in `mod.rs` names the losses of the list and no others; a compile error names the
/// default loss, and possibly others of the list.
#[test]
fn the_words_are_those_of_the_list() {
    /// Per head: its row in the table, its trait, and the example of its compile error.
    const HEADS: [(&str, &str, &str, &str); 3] = [
        (
            "softmax",
            "`softmax`",
            "SoftmaxLoss",
            include_str!("../../tests/ui/fail/loss_of_softmax.stderr"),
        ),
        (
            "sigmoid",
            "`sigmoid`",
            "SigmoidLoss",
            include_str!("../../tests/ui/fail/loss_of_sigmoid.stderr"),
        ),
        (
            "linear",
            "anything else",
            "LinearLoss",
            include_str!("../../tests/ui/fail/loss_of_numbers.stderr"),
        ),
    ];
    let source = include_str!("mod.rs");
    let listed = all_listed();
    let of = |head: &str| -> Vec<&str> {
        listed.iter().filter(|listed| listed.head == head).map(|listed| listed.file).collect()
    };
    assert_eq!(HEADS.map(|(head, ..)| of(head).len()).iter().sum::<usize>(), listed.len());
    for (head, row, loss, error) in HEADS {
        let list = of(head);
        let row = source.split(&format!("//! | {row} |")).nth(1).expect("a row of the table");
        let row = row.split('|').next().unwrap_or_default();
        assert_eq!(names(row), list, "the table in loss/mod.rs, {head}");

        let before = source.split(&format!("pub trait {loss}<")).next().unwrap_or_default();
        let message = before.rsplit("message = \"").next().and_then(|rest| rest.split('"').next());
        let message = message.expect("a message");
        let named = names(message);
        assert!(named.iter().all(|name| list.contains(name)), "the message of {loss}: {named:?}");
        assert_eq!(named.first(), list.first(), "the message of {loss} begins with the default");
        assert!(
            error.starts_with(&format!("error[E0277]: {message}\n")),
            "tests/ui/fail has another message of {loss}: see tests/network_macro.rs"
        );
    }
}
