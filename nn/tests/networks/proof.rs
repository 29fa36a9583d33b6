//! Properties that every layer must have, including custom ones.

use nn::prelude::*;
use nn::{Row, Sgd, Trainer};
use tensor::random::Random;

use crate::rule::Rule;

/// The static driver and the tape give the same loss and gradients, to the last bit.
pub(crate) fn same_bits<N: Network>(name: &str) {
    for seed in 0..3 {
        N::init(seed).self_check(seed + 10).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Central differences of the mean loss with respect to every parameter, in `f64`.
pub(crate) fn check_gradient<N: Network<Float = f64>>(targets: &[N::Target]) {
    let random = Random::new(1, 2);
    let mut inputs = vec![N::Input::zeroed(); targets.len()];
    for (index, x) in N::Input::flatten_mut(&mut inputs).iter_mut().enumerate() {
        *x = random.normal(index as u64);
    }
    let mut network = N::init(4);
    let mut trainer = Trainer::<N, _>::new(Rule::Sgd(Sgd::new(0.0)));
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

/// Steps of a training whose bits are compared: fewer where a step takes long.
const STEPS: usize = if cfg!(debug_assertions) { 50 } else { 200 };

/// Some steps from the same initial weights on this many threads.
pub(crate) fn trained<N: Network>(threads: usize, batch: usize, optimizer: Rule) -> N
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
    let threads = nn::Threads::new(threads).for_any_work();
    let mut trainer = Trainer::new(optimizer).threads(&threads);
    for _ in 0..STEPS {
        trainer.step(&mut network, &inputs, &targets).unwrap();
    }
    network
}

/// Training gives the same bits with 1, 2, 3 and 8 threads.
pub(crate) fn same_for_any_threads<N: Network>(batch: usize, optimizer: Rule) {
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

/// Saving and loading restores the network to the last bit.
pub(crate) fn comes_back<N: Network>(name: &str) {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("comes_back");
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(format!("{name}-{}", std::any::type_name::<N::Float>()));
    // After some steps, so that no tensor has its initial value.
    let network = trained::<N>(1, 9, Rule::Adam(nn::Adam::new(1e-2)));
    network.save(&path).unwrap();
    let loaded = N::load(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(loaded.parameters() == network.parameters(), "{name}");
    // A single row has the same output as in a batch.
    let input = N::Input::zeroed();
    let mut answer = [N::Output::zeroed(); 3];
    network.predict_into(&[input; 3], &mut answer, &nn::Threads::new(1));
    assert_eq!(network.predict(&input).as_slice(), answer[1].as_slice(), "{name}");
}

/// Descent fused into the weights' gradient gives the bits of a gradient followed by an update.
pub(crate) fn same_by_descent<N: Network>(threads: usize, batch: usize) {
    let sgd = Sgd::new(0.05);
    let (fused, plain) = (
        trained::<N>(threads, batch, Rule::Sgd(sgd)),
        trained::<N>(threads, batch, Rule::Plain(sgd)),
    );
    assert!(fused.parameters() == plain.parameters(), "{} of {batch}", N::NAME);
}
