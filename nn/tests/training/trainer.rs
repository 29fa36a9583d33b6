//! Custom training loops: a step in two halves, the data that an optimizer receives, and resuming
//! from a state.

use std::collections::BTreeMap;
use std::sync::Mutex;

use nn::data::Class;
use nn::prelude::*;
use nn::{
    Adam, AdamW, LearningRate, Model, Optimizer, Sgd, Step, Stretch, TensorKind, Threads, Trainer,
    TrainerState,
};

network! {
    struct Normed {
        first: dense(7 -> 40, tanh),
        norm: batch_norm,
        block: residual(layer_norm, dense(40 -> 40, relu), dense(40)),
        drop: dropout(0.2),
        last: dense(3, softmax),
    }
}

type Rows<T> = (Vec<[T; 7]>, Vec<Class<3>>);

fn rows<T: Float>(from: usize, count: usize) -> Rows<T> {
    let number =
        |row: usize, column: usize| T::of((((row * 31 + column * 17) % 97) as f64) / 48.0 - 1.0);
    let inputs = (from..from + count).map(|row| std::array::from_fn(|column| number(row, column)));
    let labels: Vec<usize> = (from..from + count).map(|row| row % 3).collect();
    (inputs.collect(), Class::from_labels(&labels).unwrap())
}

/// A step in two halves has the bits of a whole step, for any optimizer and number of threads.
#[test]
fn differentiate_and_apply_are_a_step() {
    fn check<T: Float, O: Optimizer<T> + Copy>(optimizer: O) {
        for threads in [1, 3] {
            let threads = Threads::new(threads).for_any_work();
            let trainer = || Trainer::<Normed<T>, _>::new(optimizer).threads(&threads).seed(5);
            let (mut whole, mut halves) = (trainer(), trainer());
            let mut one = <Normed<T> as Network>::init(1);
            let mut two = one.clone();
            for step in 0..7 {
                let (x, t) = rows(9 * step, 11);
                let first = whole.step(&mut one, &x, &t).unwrap();
                let second = halves.differentiate(&two, &x, &t).unwrap();
                assert!(first == second);
                let gradient = halves.gradient().to_vec();
                halves.apply(&mut two, &gradient).unwrap();
                assert!(one.parameters() == two.parameters(), "{} step {step}", O::NAME);
            }
            assert_eq!(whole.steps(), halves.steps());
            assert!(whole.state() == halves.state());
        }
    }
    check::<f32, _>(Sgd::new(0.05));
    check::<f32, _>(Sgd::new(0.05).momentum(0.9).nesterov());
    check::<f64, _>(Adam::new(0.01));
    check::<f32, _>(AdamW::new(0.01).weight_decay(0.3));
}

/// Running means follow the last batch passed to `differentiate`, once.
#[test]
fn running_state_follows_the_last_batch() {
    let (first, second) = (rows::<f32>(0, 8), rows::<f32>(50, 8));
    let state = |net: &Normed| (*net.norm().running_mean, *net.norm().running_variance);
    let start = Normed::init(2);
    let zeros = vec![0.0; start.parameters().as_slice().len()];
    let mut trainer = Trainer::new(Sgd::new(0.1));
    let mut accumulated = start.clone();
    trainer.differentiate(&accumulated, &first.0, &first.1).unwrap();
    trainer.differentiate(&accumulated, &second.0, &second.1).unwrap();
    trainer.apply(&mut accumulated, &zeros).unwrap();

    let mut last_alone = start.clone();
    let mut other = Trainer::new(Sgd::new(0.1));
    other.differentiate(&last_alone, &second.0, &second.1).unwrap();
    other.apply(&mut last_alone, &zeros).unwrap();
    assert_eq!(state(&accumulated), state(&last_alone));
    assert_ne!(state(&accumulated), state(&start));

    // A second step without a batch in between updates nothing more.
    let before = state(&last_alone);
    other.apply(&mut last_alone, &zeros).unwrap();
    assert_eq!(state(&last_alone), before);
    assert_eq!(last_alone.first().weight, start.first().weight);
}

#[test]
fn a_training_goes_on_from_a_state_to_the_same_bits() {
    fn check<O: Optimizer<f32> + Copy>(optimizer: O) {
        let trainer = || Trainer::<Normed, _>::new(optimizer);
        let mut whole = trainer().seed(9);
        let mut network = Normed::init(3);
        let (mut resumed, mut copy) = (trainer(), network.clone());
        for step in 0..8 {
            if step == 3 || step == 5 {
                copy = network.clone();
                resumed = trainer();
                resumed.restore(&copy, &whole.state()).unwrap();
            }
            let (x, t) = rows(5 * step, 9);
            whole.set_rate(1.0 / (1 + step) as f64);
            whole.step(&mut network, &x, &t).unwrap();
            if step >= 3 {
                resumed.set_rate(1.0 / (1 + step) as f64);
                resumed.step(&mut copy, &x, &t).unwrap();
                assert_eq!(copy.parameters(), network.parameters(), "{} step {step}", O::NAME);
            }
        }
    }
    check(Sgd::new(0.05));
    check(Sgd::new(0.05).momentum(0.9));
    check(Adam::new(0.01));
    check(AdamW::new(0.01));
}

#[path = "../crates/user/src/own_loop.rs"]
mod own_loop;

/// A custom loop that saves files resumes with the bits of an uninterrupted training.
#[test]
fn a_loop_of_ones_own_is_resumed_from_files() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("own_loop");
    let (whole, halves) = (folder.join("whole"), folder.join("halves"));
    for folder in [&whole, &halves] {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
    }
    let (x, t) = rows(0, 50);
    let data = nn::data::Dataset::new(x, t).unwrap();
    let undisturbed = own_loop::train::<Normed>(&data, &whole, 12).unwrap();
    for steps in [1, 5, 12] {
        own_loop::train::<Normed>(&data, &halves, steps).unwrap();
    }
    let resumed = Normed::load(halves.join("weights.safetensors")).unwrap();
    assert_eq!(resumed.parameters(), undisturbed.parameters());
}

#[test]
fn a_state_comes_back_from_its_file() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("state.safetensors");
    let mut trainer = Trainer::<Normed<f64>, _>::new(AdamW::new(0.1)).seed(u64::MAX);
    trainer.state().save(&path).unwrap();
    assert!(TrainerState::<f64>::load(&path).unwrap() == trainer.state());
    let (x, t) = rows(0, 6);
    trainer.set_rate(0.1 + 0.2);
    trainer.step(&mut <Normed<f64> as Network>::init(1), &x, &t).unwrap();
    trainer.state().save(&path).unwrap();
    assert!(TrainerState::<f64>::load(&path).unwrap() == trainer.state());

    let says = |result: nn::Result<TrainerState<f32>>| result.unwrap_err().to_string();
    assert!(says(TrainerState::load(&path)).contains("element type of tensor `first.weight.mean`"));
    Normed::init(1).save(&path).unwrap();
    let error = says(TrainerState::load(&path));
    assert!(
        error.contains("format in the metadata: found `nn-1`, expected nn-trainer-1"),
        "{error}"
    );
}

#[test]
fn a_state_of_something_else_is_refused_by_name() {
    network! { struct Other(dense(7 -> 40, tanh), dense(3, softmax)); }
    let (x, t) = rows(0, 6);
    let state: TrainerState<f32> = {
        let mut trainer = Trainer::new(Adam::new(0.1));
        trainer.step(&mut Other::init(1), &x, &t).unwrap();
        trainer.state()
    };
    let says = |result: nn::Result<()>| result.unwrap_err().to_string();
    let adamw = Trainer::<Other, _>::new(AdamW::new(0.1)).restore(&Other::init(1), &state);
    assert!(
        says(adamw).starts_with("optimizer of the trainer's state: found adam, expected adamw")
    );
    let normed = Trainer::<Normed, _>::new(Adam::new(0.1)).restore(&Normed::init(1), &state);
    assert!(says(normed).starts_with(
        "memory of the trainer's state: found layer1.weight.mean [7, 40] of 280 numbers, expected \
         first.weight.mean"
    ));
    let mut broken = state.clone();
    broken.memory[1].values[2] = f32::NAN;
    let nan = Trainer::<Other, _>::new(Adam::new(0.1)).restore(&Other::init(1), &broken);
    assert!(says(nan).starts_with("layer1.bias.mean of the trainer's state: found NaN"));
    broken.memory.truncate(3);
    let short = Trainer::<Other, _>::new(Adam::new(0.1)).restore(&Other::init(1), &broken);
    assert!(
        says(short).contains("found its end, expected layer2.bias.mean"),
        "the memory ends early"
    );
}

/// An optimizer that requests it receives each tensor separately, in any number of slices, with its
/// kind.
#[test]
fn a_rule_sees_tensors_by_name_and_kind() {
    type Seen = Mutex<BTreeMap<(String, &'static str), usize>>;
    #[derive(Debug)]
    struct Looks<'a>(&'a Seen);
    impl<T: Float> Optimizer<T> for Looks<'_> {
        const NAME: &'static str = "looks";
        const MEMORY: &'static [&'static str] = &["nothing"];
        const BY_TENSOR: bool = true;
        fn update(&self, _: Step, stretch: Stretch<'_, T>) {
            let tensor = stretch.tensor.expect("it was asked for");
            let kind = match tensor.kind {
                TensorKind::Weight => "weight",
                TensorKind::Bias => "bias",
                TensorKind::Scale => "scale",
                _ => "state",
            };
            assert_eq!(stretch.memory[0].len(), stretch.parameters.len());
            let mut seen = self.0.lock().unwrap();
            *seen.entry((tensor.name.clone(), kind)).or_default() += stretch.parameters.len();
        }
    }
    for threads in [1, 2, 5] {
        let (x, t) = rows(0, 6);
        let mut network = Normed::init(1);
        let threads = Threads::new(threads).for_any_work();
        let seen = Seen::default();
        let mut trainer = Trainer::new(Looks(&seen)).threads(&threads);
        trainer.step(&mut network, &x, &t).unwrap();
        let expected = [
            (("block.layer1.scale", "scale"), 40),
            (("block.layer1.shift", "bias"), 40),
            (("block.layer2.bias", "bias"), 40),
            (("block.layer2.weight", "weight"), 1600),
            (("block.layer3.bias", "bias"), 40),
            (("block.layer3.weight", "weight"), 1600),
            (("first.bias", "bias"), 40),
            (("first.weight", "weight"), 280),
            (("last.bias", "bias"), 3),
            (("last.weight", "weight"), 120),
            (("norm.scale", "scale"), 40),
            (("norm.shift", "bias"), 40),
        ];
        let seen = seen.into_inner().unwrap();
        let seen: Vec<_> =
            seen.iter().map(|((name, kind), len)| ((&name[..], *kind), *len)).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn decay_spares_biases_and_norms() {
    let (x, t) = rows(0, 9);
    let after = |decay: f64| {
        let mut network = Normed::init(4);
        Trainer::new(AdamW::new(0.01).weight_decay(decay)).step(&mut network, &x, &t).unwrap();
        network
    };
    let (plain, decayed, start) = (after(0.0), after(0.5), Normed::init(4));
    for tensor in nn::Model::tensors(&plain) {
        let of = |network: &Normed| network.parameters().as_slice()[tensor.range()].to_vec();
        let (plain, decayed) = (of(&plain), of(&decayed));
        if tensor.kind == TensorKind::Weight {
            for ((p, d), w) in plain.iter().zip(&decayed).zip(of(&start)) {
                assert!((p - d - 0.01 * 0.5 * w).abs() < 1e-6, "{}", tensor.name);
            }
        } else {
            assert_eq!(plain, decayed, "{}", tensor.name);
        }
    }
}

/// The learning rate of any optimizer that has one.
#[test]
fn the_learning_rate_is_a_setting_of_the_rule() {
    fn set<O: LearningRate>(mut rule: O) -> O {
        rule.set_learning_rate(0.25);
        rule
    }
    assert_eq!(set(Sgd::new(1.0)), Sgd::new(0.25));
    assert_eq!(set(Adam::new(1.0)), Adam::new(0.25));
    assert_eq!(set(AdamW::new(1.0)), AdamW::new(0.25));
}

/// An optimizer that requests whole tensors receives each one once, even one large enough for
/// several threads, with the gradient of the same step.
#[test]
fn a_rule_sees_whole_tensors() {
    network! { struct Large(dense(200 -> 200, tanh), dense(3, softmax)); }
    #[derive(Debug)]
    struct Looks<'a>(&'a Mutex<Vec<(String, usize, Vec<f32>)>>);
    impl Optimizer<f32> for Looks<'_> {
        const NAME: &'static str = "looks";
        const MEMORY: &'static [&'static str] = &["nothing"];
        const WHOLE_TENSORS: bool = true;
        fn update(&self, _: Step, stretch: Stretch<'_, f32>) {
            let tensor = stretch.tensor.expect("it was asked for");
            assert_eq!(stretch.memory[0].len(), stretch.parameters.len());
            assert_eq!(stretch.parameters.len(), tensor.len());
            let seen = (tensor.name.clone(), tensor.len(), stretch.gradient.to_vec());
            self.0.lock().unwrap().push(seen);
        }
    }
    let inputs: Vec<[f32; 200]> = (0..6)
        .map(|row| std::array::from_fn(|i| ((row * 31 + i * 17) % 97) as f32 / 97.0))
        .collect();
    let targets = Class::from_labels(&[0, 1, 2, 0, 1, 2]).unwrap();
    for threads in [1, 2, 5] {
        let threads = Threads::new(threads).for_any_work();
        let mut network = Large::init(1);
        let mut trainer = Trainer::new(Sgd::new(0.1));
        trainer.differentiate(&network, &inputs, &targets).unwrap();
        let gradient = trainer.gradient().to_vec();
        let seen = Mutex::default();
        let mut trainer = Trainer::new(Looks(&seen)).threads(&threads);
        trainer.step(&mut network, &inputs, &targets).unwrap();
        assert_eq!(trainer.gradient(), gradient);
        let mut seen = seen.into_inner().unwrap();
        seen.sort_by(|a, b| a.0.cmp(&b.0));
        let names: Vec<(&str, usize)> =
            seen.iter().map(|(name, len, _)| (&name[..], *len)).collect();
        let expected = [
            ("layer1.bias", 200),
            ("layer1.weight", 40_000),
            ("layer2.bias", 3),
            ("layer2.weight", 600),
        ];
        assert_eq!(names, expected);
        for tensor in network.tensors() {
            let (_, _, found) = seen.iter().find(|(name, ..)| *name == tensor.name).unwrap();
            assert_eq!(found[..], gradient[tensor.range()], "{}", tensor.name);
        }
    }
}
