//! The static driver and the tape compute the same loss and the same gradients, to the last bit;
//! and the static driver's gradients are those of finite differences.

use std::collections::HashSet;
use std::sync::Mutex;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use crate::proof::{check_gradient, same_bits, same_by_descent, same_for_any_threads};
use crate::rule::Rule;
use nn::{Network, Optimizer, Sgd, Step, Stretch, Trainer, network};

network! {
    struct Classifier(dense(7 -> 33, relu), dense(10, softmax));
    struct Deep {
        first: dense(5 -> 16, tanh),
        second: dense(9, sigmoid),
        third: dense(17, gelu),
        fourth: dense(8, elu),
        last: dense(3, softmax),
    }
    struct Multi(dense(4 -> 6, silu), dense(3, sigmoid));
    struct Regression(dense(3 -> 20, softplus), dense(2));
    struct Single(dense(6 -> 1));
    struct OddEnd(dense(3 -> 5, leaky_relu), dense(2, tanh));
    struct Wide(dense(130 -> 257, relu), dense(65, relu), dense(10, softmax));
}

#[test]
fn both_drivers_give_the_same_bits() {
    macro_rules! check {
        ($($Net:ident)*) => {$(
            same_bits::<$Net<f32>>(stringify!($Net));
            same_bits::<$Net<f64>>(stringify!($Net));
        )*};
    }
    check!(Classifier Deep Multi Regression Single OddEnd Wide);
    same_bits::<network![dense(9 -> 4, mish), dense(2, softmax)]>("a type without a name");
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let classes = |labels: &[u8]| nn::data::Class::from_labels(labels).unwrap();
    check_gradient::<Deep<f64>>(&nn::data::Class::from_labels(&[0, 2, 1, 1]).unwrap());
    check_gradient::<Classifier<f64>>(&classes(&[0, 9, 5, 5, 3, 1, 7, 2]));
    check_gradient::<Multi<f64>>(&[[0.0, 1.0, 0.3], [1.0, 1.0, 0.0]]);
    check_gradient::<Regression<f64>>(&[[0.5, -1.0], [2.0, 0.0], [1.0, 1.0]]);
    check_gradient::<OddEnd<f64>>(&[[0.5, -1.0], [0.1, 0.9]]);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Batches large enough that several threads take part.
    macro_rules! check {
        ($($T:ty)*) => {$(
            same_for_any_threads::<Wide<$T>>(200, Rule::Adam(nn::Adam::new(1e-3)));
            same_for_any_threads::<Wide<$T>>(67, Rule::Sgd(Sgd::new(0.01).momentum(0.9)));
            same_for_any_threads::<Deep<$T>>(1001, Rule::Sgd(Sgd::new(0.1)));
            same_for_any_threads::<Regression<$T>>(5_011, Rule::Adam(nn::Adam::new(1e-2)));
        )*};
    }
    check!(f32 f64);
}

/// Counts the threads that call an optimizer; if `expected` threads are to meet, it waits for them.
#[derive(Debug)]
struct Meeting<'a> {
    expected: usize,
    seen: &'a Mutex<HashSet<ThreadId>>,
}

impl<T: nn::Float> Optimizer<T> for Meeting<'_> {
    const NAME: &'static str = "meeting";
    const MEMORY: &'static [&'static str] = &[];
    fn update(&self, _: Step, _: Stretch<'_, T>) {
        self.seen.lock().unwrap().insert(std::thread::current().id());
        let start = Instant::now();
        while self.seen.lock().unwrap().len() < self.expected {
            assert!(start.elapsed() < Duration::from_secs(60), "a thread has not come");
            std::thread::yield_now();
        }
    }
}

/// Ensures that the tests of equal bits run on several threads.
#[test]
fn several_threads_take_part_in_a_step_that_is_worth_it_or_when_told_to() {
    let threads_of = |expected, rows: usize, threads: &nn::Threads| {
        let seen = Mutex::default();
        let mut trainer = Trainer::new(Meeting { expected, seen: &seen }).threads(threads);
        let (x, t) =
            (vec![[0.1; 130]; rows], nn::data::Class::from_labels(&vec![3; rows]).unwrap());
        trainer.step(&mut Wide::init(0), &x, &t).unwrap();
        seen.lock().unwrap().len()
    };
    let threads = nn::Threads::new(2);
    assert_eq!(threads_of(1, 8, &threads), 1);
    assert_eq!(threads_of(2, 200, &threads), 2);
    assert_eq!(threads_of(2, 8, &threads.for_any_work()), 2);
}

/// The work of one thread does not depend on the others, even with odd batch sizes.
#[test]
fn gradients_of_parts_of_a_batch_add_up() {
    let inputs: Vec<[f64; 6]> =
        (0..5).map(|i| std::array::from_fn(|j| (i * 6 + j) as f64 * 0.1)).collect();
    let targets: Vec<[f64; 1]> = (0..5).map(|i| [f64::from(i)]).collect();
    let network = <Single<f64> as Network>::init(1);
    let gradient = |rows: std::ops::Range<usize>| {
        let mut trainer = Trainer::<Single<f64>, _>::new(Sgd::new(0.0));
        trainer.differentiate(&network, &inputs[rows.clone()], &targets[rows]).unwrap();
        trainer.gradient().to_vec()
    };
    let (whole, first, second) = (gradient(0..5), gradient(0..2), gradient(2..5));
    for ((whole, first), second) in whole.iter().zip(first).zip(second) {
        assert!((whole - (2.0 * first + 3.0 * second) / 5.0).abs() < 1e-12);
    }
}

#[test]
fn a_loss_that_is_not_finite_is_refused_and_changes_nothing() {
    let mut network = Single::init(1);
    let before = network.clone();
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let error = trainer.step(&mut network, &[[f32::NAN; 6]], &[[0.0]]).unwrap_err();
    assert!(error.to_string().starts_with("loss: found NaN at step 1, expected a finite number"));
    assert_eq!(network.parameters(), before.parameters());
    assert!(trainer.step(&mut network, &[[0.0; 6]], &[]).is_err());
    assert!(trainer.step(&mut network, &[], &[]).is_err());
}

/// An optimizer sees every parameter exactly once a step.
#[test]
fn every_parameter_is_updated_once() {
    #[derive(Debug)]
    struct CountUp;
    impl<T: nn::Float> Optimizer<T> for CountUp {
        const NAME: &'static str = "count_up";
        const MEMORY: &'static [&'static str] = &[];
        fn update(&self, _: Step, stretch: Stretch<'_, T>) {
            stretch.parameters.iter_mut().for_each(|p| *p = *p + T::one());
        }
    }
    let mut network = <Wide<f64> as Network>::from_parameters(nn::Parameters::zeroed(
        <Wide<f64> as Network>::init(0).parameters().as_slice().len(),
    ));
    let mut trainer = Trainer::new(CountUp);
    let target = nn::data::Class::from_labels(&[3]).unwrap();
    trainer.step(&mut network, &[[0.0; 130]], &target).unwrap();
    assert!(network.parameters().as_slice().iter().all(|&p| p == 1.0));
}

/// Descent fused into the weights' gradient gives the bits of a gradient followed by an update.
#[test]
fn fused_descent_is_the_plain_one() {
    for threads in [1, 2] {
        same_by_descent::<Wide<f32>>(threads, 200);
        same_by_descent::<Wide<f64>>(threads, 67);
        same_by_descent::<Deep<f32>>(threads, 31);
        same_by_descent::<OddEnd<f64>>(threads, 1);
        same_by_descent::<Single<f32>>(threads, 5);
    }
}
