//! What every metric of the list must show.

use super::{Metric, all_examples};
use crate::head::{Class, Head};

/// Rows with the value of a metric on them, worked by hand.
pub(super) struct Example {
    rows: usize,
    value: Option<f64>,
    measure: Measure,
    /// The metric's name.
    name: &'static str,
}

/// The value on the rows with these numbers, in this order.
type Measure = Box<dyn Fn(&[usize]) -> Option<f64>>;

impl Example {
    /// Of the `metric` for the head `H`, on rows of logits and target.
    pub(super) fn new<H: Head<f64>, M: Metric<f64, H> + Clone + 'static>(
        metric: M,
        rows: &[(&[f64], H::Target)],
        value: Option<f64>,
    ) -> Self {
        let rows: Vec<(Vec<f64>, H::Target)> =
            rows.iter().map(|(logits, target)| (logits.to_vec(), *target)).collect();
        let count = rows.len();
        let measure = move |order: &[usize]| {
            let mut metric = metric.clone();
            for &row in order {
                let (logits, target) = &rows[row];
                assert_eq!(logits.len(), H::UNITS, "an example for another head");
                metric.observe(logits, target);
            }
            metric.finish()
        };
        Example { rows: count, value, measure: Box::new(measure), name: M::NAME }
    }
}

/// All of `N` classes.
pub(super) fn classes<const N: usize>() -> [Class<N>; N] {
    std::array::from_fn(|index| Class::new(index).unwrap_or_else(|error| panic!("{error}")))
}

/// Equal but for the order of a sum.
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

/// More rows than are in memory at a time, and the accuracy that `evaluate` finds.
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
    impl Metric<f64, Softmax<3>> for Sum {
        const NAME: &'static str = "sum";
        fn observe(&mut self, logits: &[f64], _target: &Class<3>) {
            self.0 += logits.iter().fold(f64::MIN, |max, &z| max.max(z));
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
