//! Several heads: their losses add up, their targets are pairs, each can be judged alone.

use nn::activation::{Identity, Tanh};
use nn::data::{Class, Dataset};
use nn::head::{Both, Head, Linear, Sigmoid, Softmax};
use nn::layer::{Dense, Then};
use nn::loss::{binary_cross_entropy, cross_entropy, huber, weighted};
use nn::prelude::*;
use nn::{Sequential, Sgd, Show, Threads, Trainer};

type Three = Both<Softmax<3>, Both<Linear<1>, Sigmoid<2>>>;
type Net<H, const O: usize, T = f32> =
    Sequential<Then<Dense<2, 12, Tanh>, Dense<12, O, Identity>>, H, 2, O, T>;

/// Points of a square; targets are the third that they lie in, their product, and the signs of both
/// coordinates.
fn points(count: usize) -> Dataset<[f32; 2], <Three as Head<f32>>::Target> {
    let inputs: Vec<[f32; 2]> = (0..count)
        .map(|i| [(i * 37 % 101) as f32 / 50.0 - 1.0, (i * 53 % 89) as f32 / 44.0 - 1.0])
        .collect();
    let target = |&[x, y]: &[f32; 2]| {
        let third = ((x + 1.0) * 1.5) as usize;
        let signs = [x, y].map(|z| if z > 0.0 { 1.0 } else { 0.0 });
        (Class::new(third.min(2)).unwrap(), ([x * y], signs))
    };
    let targets = inputs.iter().map(target).collect();
    Dataset::new(inputs, targets).unwrap()
}

#[test]
fn both_drivers_give_the_same_bits() {
    for seed in 0..3 {
        Net::<Three, 6>::init(seed).self_check(seed + 5).unwrap();
        Net::<Three, 6, f64>::init(seed).self_check(seed + 5).unwrap();
    }
}

/// The loss of several heads is the sum of the losses of networks with one head each, and so is the
/// gradient that reaches the shared layers.
#[test]
fn losses_and_gradients_add_up() {
    let data = points(37);
    let network = Net::<Three, 6>::init(3);
    let mut logits = vec![[0.0; 6]; data.len()];
    network.logits_into(data.inputs(), &mut logits, &Threads::new(1));
    let metrics = network.evaluation(&data).threads(&Threads::new(2)).metrics().unwrap();
    let heads = network.evaluation(&data).threads(&Threads::new(2)).heads().unwrap();
    assert_eq!(heads.len(), 3);
    let sum: f64 = heads.iter().map(|head| head.loss).sum();
    assert!((metrics.loss - sum).abs() < 1e-6, "{} and {sum}", metrics.loss);

    // Worked by hand: squared error of the fourth logit, and the class of the largest of the first
    // three.
    let squares = logits.iter().zip(data.targets()).map(|(z, (_, (t, _)))| (z[3] - t[0]).powi(2));
    let mean = squares.sum::<f32>() / data.len() as f32;
    assert!((heads[1].loss - f64::from(mean)).abs() < 1e-6);
    assert_eq!(heads[1].accuracy, None);
    let is_right = |z: &[f32; 6], class: usize| (0..3).all(|i| i == class || z[i] < z[class]);
    let right = logits.iter().zip(data.targets()).filter(|(z, t)| is_right(z, t.0.index())).count();
    assert_eq!(heads[0].accuracy, Some(right as f64 / data.len() as f64));
    assert!(metrics.accuracy <= heads[0].accuracy && metrics.accuracy <= heads[2].accuracy);

    // All heads are the same function of the same parameters: weights of a loss scale its gradient.
    let gradient = |weights: [f64; 3]| {
        let [a, b, c] = weights;
        let losses = (
            weighted(a, cross_entropy()),
            (weighted(b, huber(0.5)), weighted(c, binary_cross_entropy())),
        );
        let mut trainer = Trainer::<Net<Three, 6>, _>::new(Sgd::new(0.0)).loss(losses);
        trainer.differentiate(&network, data.inputs(), data.targets()).unwrap();
        trainer.gradient().to_vec()
    };
    let all = gradient([1.0, 2.0, 0.5]);
    let parts = [gradient([1.0, 0.0, 0.0]), gradient([0.0, 2.0, 0.0]), gradient([0.0, 0.0, 0.5])];
    for (i, &slope) in all.iter().enumerate() {
        let sum: f32 = parts.iter().map(|part| part[i]).sum();
        assert!((slope - sum).abs() < 1e-6, "{i}: {slope} and {sum}");
    }
    assert!(parts.iter().all(|part| part.iter().any(|&slope| slope != 0.0)));
}

#[test]
fn several_heads_learn_together() {
    let data = points(300);
    let mut network = Net::<Three, 6>::init(1);
    let training = fit(&mut network, &data).epochs(150).batch_size(20).learning_rate(0.02);
    training.schedule(nn::schedule::linear).show(Show::Nothing).run().unwrap();
    let heads = network.evaluation(&data).threads(&Threads::new(1)).heads().unwrap();
    assert!(heads[0].accuracy > Some(0.97), "{heads:?}");
    assert!(heads[1].loss < 0.01, "{heads:?}");
    assert!(heads[2].accuracy > Some(0.97), "{heads:?}");
    // Each head's function is applied to its own outputs.
    let [a, b, c, product, right, up] = network.predict(&[0.5, -0.5]);
    assert!((a + b + c - 1.0).abs() < 1e-6 && c > 0.5, "{a} {b} {c}");
    assert!((product + 0.25).abs() < 0.2 && right > 0.9 && up < 0.1);
}

#[test]
fn one_head_judged_alone_is_the_network() {
    let inputs = vec![[0.1, 0.2], [0.3, -0.4], [0.9, 0.0]];
    let data = Dataset::new(inputs, Class::<3>::from_labels(&[0, 1, 2]).unwrap()).unwrap();
    let network = Net::<Softmax<3>, 3>::init(2);
    let threads = Threads::new(1);
    let evaluation = || network.evaluation(&data).threads(&threads);
    assert_eq!(evaluation().heads().unwrap(), [evaluation().metrics().unwrap()]);
}
