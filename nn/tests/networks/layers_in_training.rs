//! Behavior of layers in training only: dropout, batch norm, penalties; and their names in
//! summaries and files.

use nn::Sequential;
use nn::activation::Identity;
use nn::head::Linear;
use nn::init::ByActivation;
use nn::layer::{self, BatchNorm, Dense, DenseWith, Dropout, Then};
use nn::prelude::*;

/// The bits of a number, as const generics need them.
const fn bits(x: f64) -> u64 {
    x.to_bits()
}

network! {
    struct BatchNormed(
        batch_norm,
        dense(5 -> 19, tanh),
        batch_norm(momentum = 0.3, epsilon = 1e-3),
        dense(2, softmax),
    );
    struct Encoder { wide: dense(5 -> 12, tanh), narrow: dense(3, l2 = 0.1) }
    struct Deepened {
        encoder: Encoder,
        block: residual(dense(3 -> 8, leaky_relu(0.1)), dropout(0.3), dense(3, bias = false)),
        norm: layer_norm,
        out: dense(2, softmax),
    }
}

/// Dropout depends on the seed and the step, and drops nothing after training.
#[test]
fn dropout_is_random_in_training_alone() {
    type Net = Sequential<
        Then<Dropout<50, { bits(0.5) }>, Dense<50, 50, Identity>>,
        Linear<50>,
        50,
        50,
        f64,
    >;
    let mut net = Net::init(1);
    // The identity matrix: the output is what dropout leaves.
    net.parameters_mut().as_mut_slice().fill(0.0);
    (0..50).for_each(|i| net.parameters_mut().as_mut_slice()[i * 51] = 1.0);
    assert_eq!(net.predict(&[1.0; 50]), [1.0; 50]);
    let answer = |seed: u64, step: u64| {
        let tape = nn::autograd::Tape::new();
        let on_tape = net.on_tape(&tape).unwrap().training(seed, step);
        on_tape.logits(on_tape.inputs(&[[1.0; 50]; 2]).unwrap()).unwrap().value().to_vec()
    };
    let first = answer(1, 0);
    assert!(first.iter().all(|&y| y == 0.0 || y == 2.0));
    assert!((20..80).contains(&first.iter().filter(|&&y| y == 0.0).count()));
    assert_ne!(first[..50], first[50..]);
    assert_eq!(first, answer(1, 0));
    assert_ne!(first, answer(2, 0));
    assert_ne!(first, answer(1, 1));
}

/// PyTorch's numbers: running means move by the momentum, running variances are unbiased, and after
/// training only they are used for predictions.
#[test]
fn batch_norm_remembers() {
    type Net = Sequential<
        Then<BatchNorm<2, { bits(0.25) }, { bits(1e-5) }>, Dense<2, 1, Identity>>,
        Linear<1>,
        2,
        1,
        f64,
    >;
    let mut net = Net::init(1);
    let (x, t) = ([[1.0, 5.0], [3.0, -1.0], [5.0, 2.0]], [[0.0]; 3]);
    let mut trainer = nn::Trainer::new(nn::Sgd::new(0.1));
    trainer.set_rate(0.0); // so that only the running statistics change
    trainer.step(&mut net, &x, &t).unwrap();
    let view = nn::layer_view::<Net, BatchNorm<2, { bits(0.25) }, { bits(1e-5) }>>(&net, 0);
    assert_eq!((*view.running_mean, *view.running_variance), ([0.75, 0.5], [1.75, 3.0]));
    assert_eq!((*view.scale, *view.shift), ([1.0; 2], [0.0; 2]));
    let error = trainer.step(&mut net, &x[..1], &t[..1]).unwrap_err().to_string();
    assert!(error.starts_with("batch: found 1 row, expected at least 2"), "{error}");
    let whole = net.predict_batch(&x);
    for (x, y) in x.iter().zip(whole) {
        assert_eq!(net.predict(x), y);
    }
}

/// On a tape outside of training, batch norm uses the running statistics, and so do its gradients.
#[test]
fn gradients_by_running_means_are_those_of_differences() {
    let targets = nn::data::Class::from_labels(&[0, 1, 1]).unwrap();
    let inputs =
        [[0.5, -1.0, 0.2, 0.8, 1.5], [1.0, 0.3, -0.2, 0.0, 0.1], [-0.4, 0.9, 1.1, 0.6, -2.0]];
    let mut net = <BatchNormed<f64> as Network>::init(3);
    let mut trainer = nn::Trainer::new(nn::Sgd::new(0.1));
    trainer.step(&mut net, &inputs, &targets).unwrap(); // moves the running statistics
    let tape = nn::autograd::Tape::new();
    let on_tape = net.on_tape(&tape).unwrap();
    let logits = on_tape.logits(on_tape.inputs(&inputs).unwrap()).unwrap();
    let loss = on_tape.loss(logits, &targets).unwrap();
    let gradient = on_tape.flatten(&loss.backward().unwrap()).unwrap();
    let data = nn::data::Dataset::new(inputs.to_vec(), targets).unwrap();
    let loss = |net: &BatchNormed<f64>| net.evaluate(&data).unwrap().loss;
    let mut seen = 0;
    for (i, &gradient) in gradient.iter().enumerate() {
        let mut at = |by: f64| {
            net.parameters_mut().as_mut_slice()[i] += by;
            let loss = loss(&net);
            net.parameters_mut().as_mut_slice()[i] -= by;
            loss
        };
        let slope = (at(1e-6) - at(-1e-6)) / 2e-6;
        if is_state(i) {
            assert_eq!(gradient, 0.0, "{i}");
        } else {
            assert!((slope - gradient).abs() < 1e-7, "{i}: {gradient}, differences {slope}");
            seen += usize::from(gradient != 0.0);
        }
    }
    assert!(seen > 100, "{seen}");
}

/// Whether parameter `i` of `BatchNormed` is a running statistic: the third and fourth tensor of
/// the first and the third layer, each of them padded to 16 or 32 numbers.
fn is_state(i: usize) -> bool {
    let dense = (5 * 19_usize).next_multiple_of(16) + 32;
    (32..64).contains(&i) || (64 + dense + 64..64 + dense + 128).contains(&i)
}

#[test]
fn a_network_without_parameters_can_be_trained_and_saved() {
    type Net = Sequential<Then<Dropout<3, { bits(0.5) }>, layer::Passthrough<3>>, Linear<3>, 3, 3>;
    const { assert!(Net::PARAMS == 0) };
    let mut net = Net::init(1);
    nn::Trainer::new(nn::Adam::new(0.1)).step(&mut net, &[[1.0; 3]; 2], &[[0.0; 3]; 2]).unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing");
    net.save(&path).unwrap();
    assert_eq!(Net::load(&path).unwrap().predict(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
}

/// An optimizer that changes every parameter it receives does not receive untrained ones.
#[test]
fn no_optimizer_sees_running_means() {
    #[derive(Debug)]
    struct Fill;
    impl<T: Float> nn::Optimizer<T> for Fill {
        const NAME: &'static str = "fill";
        const MEMORY: &'static [&'static str] = &["nothing"];
        fn update(&self, _: nn::Step, stretch: nn::Stretch<'_, T>) {
            stretch.parameters.fill(T::of(9.0));
            assert_eq!(stretch.memory[0].len(), stretch.parameters.len());
        }
    }
    let mut net = BatchNormed::init(5);
    let t = nn::data::Class::from_labels(&[0, 1]).unwrap();
    nn::Trainer::new(Fill).step(&mut net, &[[0.5; 5], [0.1; 5]], &t).unwrap();
    let view = net.layer1();
    assert_eq!((*view.scale, *view.shift), ([9.0; 5], [9.0; 5]));
    assert!(view.running_mean.iter().chain(view.running_variance).all(|&x| x != 9.0));
}

/// The last batch of an epoch may be too small for batch norm.
#[test]
fn a_last_batch_of_one_row_is_refused_before_the_training() {
    let data = nn::data::Dataset::new(
        vec![[0.5; 5]; 5],
        nn::data::Class::from_labels(&[0, 1, 0, 1, 0]).unwrap(),
    )
    .unwrap();
    let mut net = BatchNormed::init(1);
    let before = net.clone();
    let error = nn::fit(&mut net, &data).batch_size(4).show(nn::Show::Nothing).run().unwrap_err();
    assert_eq!(
        error.to_string(),
        "batch size: found 4, which leaves a batch of 1 of 5 rows, expected batches of at least 2 \
         rows; batch_norm trains by the mean and the variance of a batch, and one row has no \
         variance; 3 would do"
    );
    assert_eq!(net.parameters(), before.parameters());
    nn::fit(&mut net, &data).batch_size(3).show(nn::Show::Nothing).run().unwrap();
}

#[test]
fn summaries_and_files_name_every_layer() {
    assert_eq!(
        Deepened::SUMMARY,
        "\
Deepened: 5 -> 2, ends in softmax
name           layer                             output    parameters
─────────────────────────────────────────────────────────────────────
encoder.wide   dense 5 -> 12, tanh                   12            72
encoder.narrow dense 12 -> 3, linear, l2 0.1          3            39
block.layer1   dense 3 -> 8, leaky_relu(0.1)          8            32
block.layer2   dropout 8, 0.3                         8             0
block.layer3   dense 8 -> 3, linear, no bias          3            24
               x + f(x) of the above                  3
norm           layer_norm 3, 1e-5                     3             6
out            dense 3 -> 2, softmax                  2             8
─────────────────────────────────────────────────────────────────────
181 parameters, 724 bytes; 300 FLOPs per prediction
"
    );
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("deepened");
    Deepened::init(1).save(&path).unwrap();
    let file = std::fs::read(&path).unwrap();
    let header = String::from_utf8_lossy(&file);
    for name in ["encoder.narrow.weight", "block.layer1.bias", "block.layer3.weight", "norm.scale"]
    {
        assert!(header.contains(&format!("\"{name}\"")), "{name}");
    }
    assert!(!header.contains("block.layer3.bias"));
    BatchNormed::init(1).save(&path).unwrap();
    assert!(
        String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains("layer3.running_mean")
    );
    // Another structure with the same tensors is another network.
    let error = Deepened::load(&path).map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("residual(dense(3 -> 8, leaky_relu(0.1)), dropout(8 -> 8, 0.3)"),
        "{error}"
    );
}

#[test]
fn the_penalty_is_trained_and_not_evaluated() {
    type Plain =
        Sequential<Dense<2, 1, Identity, DenseWith<ByActivation, true, 0>>, Linear<1>, 2, 1, f64>;
    type L2 = Sequential<
        Dense<2, 1, Identity, DenseWith<ByActivation, true, { bits(0.25) }>>,
        Linear<1>,
        2,
        1,
        f64,
    >;
    let (plain, l2) = (Plain::init(7), L2::init(7));
    assert_eq!(plain.parameters(), l2.parameters());
    let (x, t) = ([[1.0, 2.0], [3.0, -1.0]], [[1.0], [2.0]]);
    let loss = nn::Trainer::<Plain, _>::new(nn::Sgd::new(0.1)).differentiate(&plain, &x, &t);
    let mut trainer = nn::Trainer::<L2, _>::new(nn::Sgd::new(0.1));
    let penalized = trainer.differentiate(&l2, &x, &t).unwrap();
    let squares: f64 = l2.parameters().as_slice()[..2].iter().map(|w| w * w).sum();
    assert!((penalized - loss.unwrap() - 0.25 * squares).abs() < 1e-15);
    let data = nn::data::Dataset::new(x.to_vec(), t.to_vec()).unwrap();
    assert_eq!(plain.evaluate(&data).unwrap(), l2.evaluate(&data).unwrap());
    // On a tape it applies in training only.
    let tape = nn::autograd::Tape::new();
    let on_tape = l2.on_tape(&tape).unwrap();
    let loss = on_tape.loss(on_tape.logits(on_tape.inputs(&x).unwrap()).unwrap(), &t).unwrap();
    assert_eq!(loss.value().item().unwrap(), data_loss(&l2, &x, &t));
}

fn data_loss<N: Network<Float = f64>>(network: &N, x: &[N::Input], t: &[N::Target]) -> f64 {
    let data = nn::data::Dataset::new(x.to_vec(), t.to_vec()).unwrap();
    network.evaluate(&data).unwrap().loss
}
