//! The static driver and the tape compute the same loss and the same gradients, to the last bit;
//! and the static driver's gradients are those of finite differences.

use nn::{Network, Optimizer, Row, Sgd, Step, Trainer, network};
use tensor::random::Random;

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

fn same_bits<N: Network>(name: &str) {
    for seed in 0..3 {
        N::init(seed).self_check(seed + 10).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
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

/// Central differences of the mean loss in every parameter, in `f64`.
fn check_gradient<N: Network<Float = f64>>(targets: &[N::Target]) {
    let random = Random::new(1, 2);
    let mut inputs = vec![N::Input::zeroed(); targets.len()];
    for (index, x) in N::Input::flatten_mut(&mut inputs).iter_mut().enumerate() {
        *x = random.normal(index as u64);
    }
    let mut network = N::init(4);
    let mut trainer = Trainer::<N, _>::new(Sgd::new(0.0));
    trainer.differentiate(&network, &inputs, targets).unwrap();
    let gradient = trainer.gradient().to_vec();
    let mut checked = 0;
    for i in 0..gradient.len() {
        let value = network.parameters().as_slice()[i];
        let h = 6e-6 * value.abs().max(1.0);
        let mut loss_at = |x: f64| {
            network.parameters_mut().as_mut_slice()[i] = x;
            trainer.differentiate(&network, &inputs, targets).unwrap()
        };
        let slope = (loss_at(value + h) - loss_at(value - h)) / (2.0 * h);
        loss_at(value);
        let error = (slope - gradient[i]).abs();
        assert!(
            error < 1e-6 * gradient[i].abs().max(1.0),
            "{} parameter {i}: gradient {}, differences {slope}",
            N::NAME,
            gradient[i]
        );
        checked += usize::from(gradient[i] != 0.0);
    }
    assert!(
        checked * 2 > N::PARAMS,
        "{}: only {checked} of {} gradients are not 0",
        N::NAME,
        N::PARAMS
    );
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

/// 50 steps from the same start with this many threads.
fn trained<N: Network>(threads: usize, batch: usize, optimizer: impl Optimizer<N::Float>) -> N
where
    N::Float: nn::Float,
{
    let random = Random::new(5, 6);
    let mut inputs = vec![N::Input::zeroed(); batch];
    for (index, x) in N::Input::flatten_mut(&mut inputs).iter_mut().enumerate() {
        *x = random.normal(index as u64);
    }
    let targets: Vec<N::Target> = (0..batch)
        .map(|row| {
            use nn::head::Head;
            let mut index = 1000 * row as u64;
            N::Head::example_target(|| {
                index += 1;
                random.uniform(index)
            })
        })
        .collect();
    let mut network = N::init(3);
    let mut trainer = Trainer::new(optimizer).threads(&nn::Threads::new(threads));
    for _ in 0..50 {
        trainer.step(&mut network, &inputs, &targets).unwrap();
    }
    network
}

fn same_for_any_threads<N: Network, O: Optimizer<N::Float> + Copy>(batch: usize, optimizer: O) {
    let bits = |network: &N| -> Vec<u64> {
        network.parameters().as_slice().iter().map(|p| nn::Float::as_f64(*p).to_bits()).collect()
    };
    let alone = bits(&trained::<N>(1, batch, optimizer));
    for threads in [2, 3, 8] {
        let together = bits(&trained::<N>(threads, batch, optimizer));
        assert!(alone == together, "{} with {threads} threads", N::NAME);
    }
    assert_ne!(alone, bits(&N::init(3)), "{} has not been trained", N::NAME);
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    // Batches large enough that several threads take part.
    same_for_any_threads::<Wide<f32>, _>(200, nn::Adam::new(1e-3));
    same_for_any_threads::<Wide<f64>, _>(67, Sgd::new(0.01).momentum(0.9));
    same_for_any_threads::<Deep<f32>, _>(4001, Sgd::new(0.1));
    same_for_any_threads::<Regression<f32>, _>(20_011, nn::Adam::new(1e-2));
}

/// What one thread is given does not depend on the others, even when the batch is a strange size.
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
    struct CountUp;
    impl<T: nn::Float> Optimizer<T> for CountUp {
        const MEMORY: usize = 0;
        fn update(&self, _: Step, parameters: &mut [T], _: &[T], _: &mut [&mut [T]]) {
            parameters.iter_mut().for_each(|p| *p = *p + T::one());
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
