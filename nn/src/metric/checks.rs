//! Tests that every metric of the list passes.

use std::fmt::Display;

use super::{Metric, Observation, all_examples};
use crate::head::Class;

/// Rows and the value of a metric on them, worked out by hand.
pub(super) struct Example {
    rows: usize,
    value: Option<f64>,
    measure: Measure,
    /// The metric's name.
    name: &'static str,
}

/// Computes the value on the rows with these indices, in this order.
type Measure = Box<dyn Fn(&[usize]) -> Option<f64>>;

impl Example {
    /// An example of the metric that `new` creates.
    pub(super) fn new<M: Metric<Value = Option<f64>>>(
        new: impl Fn() -> M + 'static,
        rows: &[Observation],
        value: Option<f64>,
    ) -> Self {
        Self::of(new, rows, |value| value, value)
    }

    /// An example of the metric that `new` creates, with a number read from its value.
    pub(super) fn of<M: Metric>(
        new: impl Fn() -> M + 'static,
        rows: &[Observation],
        number: impl Fn(M::Value) -> Option<f64> + 'static,
        value: Option<f64>,
    ) -> Self {
        let (count, rows) = (rows.len(), rows.to_vec());
        let measure = move |order: &[usize]| {
            let mut metric = new();
            order.iter().for_each(|&row| metric.observe(&rows[row]).unwrap());
            number(metric.finish())
        };
        Example { rows: count, value, measure: Box::new(measure), name: M::NAME }
    }
}

/// An observation with these probabilities and the true class.
pub(super) fn class(outputs: &[f64], class: usize) -> Observation {
    Observation::of_class(outputs, class).unwrap()
}

/// An observation with these probabilities and the true events.
pub(super) fn events(outputs: &[f64], targets: &[f64]) -> Observation {
    Observation::of_events(outputs, targets).unwrap()
}

/// An observation with these outputs and targets.
pub(super) fn numbers(outputs: &[f64], targets: &[f64]) -> Observation {
    Observation::of_numbers(outputs, targets).unwrap()
}

/// Answers for `N` classes: each row is (predicted class, true class).
pub(super) fn decisions<const N: usize>(rows: &[(usize, usize)]) -> Vec<Observation> {
    let one_hot = |at: usize| -> [f64; N] { std::array::from_fn(|i| f64::from(u8::from(i == at))) };
    rows.iter().map(|&(chosen, actual)| class(&one_hot(chosen), actual)).collect()
}

/// Checks that no line is wider than 80 columns or ends in blanks.
pub(super) fn fits_80_columns(picture: &impl Display) {
    let text = picture.to_string();
    assert!(!text.ends_with('\n'), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{} columns in\n{text}", line.chars().count());
        assert_eq!(line, line.trim_end(), "in\n{text}");
    }
}

/// All `N` classes.
fn classes<const N: usize>() -> [Class<N>; N] {
    std::array::from_fn(|index| Class::new(index).unwrap_or_else(|error| panic!("{error}")))
}

/// Equal up to the rounding of a sum in another order.
fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-14 * a.abs().max(1.0),
        (a, b) => a.is_none() && b.is_none(),
    }
}

#[test]
fn every_value_is_that_of_the_hand() {
    for (metric, examples) in all_examples() {
        let some = examples.iter().any(|example| example.rows > 1 && example.value.is_some());
        assert!(some, "{metric}: no value of several rows is worked by hand");
        for (at, example) in examples.iter().enumerate() {
            let order: Vec<usize> = (0..example.rows).collect();
            let found = (example.measure)(&order);
            let expected = example.value;
            assert!(near(found, expected), "{metric}, example {at}: {found:?}, not {expected:?}");
            assert!(!example.name.is_empty(), "{metric} has no name");
        }
    }
}

#[test]
fn the_order_of_rows_does_not_matter() {
    for (metric, examples) in all_examples() {
        for (at, example) in examples.iter().enumerate() {
            let mut order: Vec<usize> = (0..example.rows).collect();
            for _ in 0..example.rows {
                order.rotate_left(1);
                let turned = (example.measure)(&order);
                order.reverse();
                let found = [turned, (example.measure)(&order)];
                order.reverse();
                let same = found.iter().all(|&found| near(found, example.value));
                assert!(same, "{metric}, example {at}: {found:?} in another order");
            }
        }
    }
}

#[test]
fn without_rows_there_is_no_value() {
    for (metric, examples) in all_examples() {
        for example in examples {
            let found = (example.measure)(&[]);
            assert!(found.is_none(), "{metric}: {found:?} without rows");
        }
    }
}

/// More rows than are in memory at a time; also compares with the accuracy of `evaluate`.
#[test]
fn a_measure_does_not_depend_on_the_threads() {
    use crate::data::Dataset;
    use crate::head::Softmax;
    use crate::layer::Dense;
    use crate::{Evaluate, Network, Sequential, Threads};
    use tensor::activation::Identity;
    use tensor::random::Random;

    /// Σ largest logit, in the order of the rows: other bits in another order.
    #[derive(Default)]
    struct Sum(f64);
    impl Metric for Sum {
        type Value = Option<f64>;
        const NAME: &'static str = "sum";
        fn observe(&mut self, row: &Observation) -> crate::Result<()> {
            self.0 += row.logits().unwrap().iter().fold(f64::MIN, |max, &z| max.max(z));
            Ok(())
        }
        fn finish(self) -> Option<f64> {
            Some(self.0)
        }
    }

    type Net = Sequential<Dense<2, 3, Identity>, Softmax<3>, 2, 3, f64>;
    let random = Random::new(1, 2);
    let inputs = (0..5000).map(|row| [random.normal(2 * row), random.normal(2 * row + 1)]);
    let targets = (0..5000).map(|row| classes::<3>()[row % 3]).collect();
    let data = Dataset::new(inputs.collect(), targets).unwrap();
    let network = <Net as Network>::init(1);
    let one = Threads::new(1);
    let alone = network.evaluation(&data).threads(&one).measure(Sum::default()).unwrap();
    for threads in [2, 3].map(|count| Threads::new(count).for_any_work()) {
        let evaluation = network.evaluation(&data).threads(&threads);
        assert_eq!(evaluation.measure(Sum::default()).unwrap(), alone);
    }
    let by_hand =
        data.inputs().iter().map(|x| network.logits(x).iter().fold(f64::MIN, |max, &z| max.max(z)));
    assert_eq!(alone, Some(by_hand.sum()));
    let accuracy = network.evaluation(&data).measure(super::Accuracy::default()).unwrap();
    assert_eq!(accuracy, network.evaluate(&data).unwrap().accuracy);
}
