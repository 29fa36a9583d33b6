//! Losses and gradients against PyTorch's (`pytorch/losses.py` wrote `pytorch/losses.txt`).

use std::collections::BTreeMap;

use nn::data::Class;
use nn::head::{Head, Linear, Sigmoid, Softmax};
use nn::loss::{Loss, binary_cross_entropy, cross_entropy, huber, mae, mse};

const ROWS: usize = 6;
const UNITS: usize = 4;

/// The numbers of `losses.txt` by their name.
fn theirs() -> BTreeMap<&'static str, Vec<f64>> {
    let lines = include_str!("pytorch/losses.txt").lines().filter(|line| !line.starts_with('#'));
    let numbers = |line: &'static str| {
        let (name, numbers) = line.split_once(' ').expect("a name and numbers");
        (name, numbers.split(' ').map(|number| number.parse().expect("a number")).collect())
    };
    lines.map(numbers).collect()
}

fn table(function: impl Fn(f64) -> f64) -> Vec<[f64; UNITS]> {
    let row = |row| std::array::from_fn(|unit| function((row * UNITS + unit) as f64));
    (0..ROWS).map(row).collect()
}

/// The mean loss of the batch and its gradient, in two portions, as a trainer may divide a batch.
fn ours<H: Head<f64>>(loss: &impl Loss<f64, H>, targets: &[H::Target]) -> Vec<f64> {
    let logits = table(|i| 3.0 * (1.7 * i).sin());
    let loss = loss.for_batch(targets.iter());
    let (mut losses, mut gradient) = ([0.0; ROWS], [0.0; ROWS * UNITS]);
    let scale = 1.0 / ROWS as f64;
    for rows in [0..2, 2..ROWS] {
        let numbers = rows.start * UNITS..rows.end * UNITS;
        loss.rows(
            &logits.as_flattened()[numbers.clone()],
            &targets[rows.clone()],
            scale,
            &mut losses[rows],
            &mut gradient[numbers],
        );
    }
    std::iter::once(losses.iter().sum::<f64>() * scale).chain(gradient).collect()
}

#[test]
fn losses_are_those_of_pytorch() {
    let classes: Vec<_> =
        (0..ROWS).map(|row| Class::<UNITS>::new((2 * row * row + 1) % UNITS).unwrap()).collect();
    let (answers, numbers) = (table(|i| (i % 3.0) / 2.0), table(|i| 2.0 * (0.9 * i).cos()));
    let weights = [0.5, 2.0, 0.25, 3.0];
    let (softly, yes) = (cross_entropy().label_smoothing(0.15), binary_cross_entropy());
    let ours = [
        ("cross_entropy", ours::<Softmax<UNITS>>(&cross_entropy(), &classes)),
        ("cross_entropy.smoothing", ours::<Softmax<UNITS>>(&softly, &classes)),
        (
            "cross_entropy.weights",
            ours::<Softmax<UNITS>>(&cross_entropy().class_weights(weights), &classes),
        ),
        ("cross_entropy.both", ours::<Softmax<UNITS>>(&softly.class_weights(weights), &classes)),
        ("binary_cross_entropy", ours::<Sigmoid<UNITS>>(&yes, &answers)),
        (
            "binary_cross_entropy.weights",
            ours::<Sigmoid<UNITS>>(&yes.positive_weights(weights), &answers),
        ),
        ("mse", ours::<Linear<UNITS>>(&mse(), &numbers)),
        ("mae", ours::<Linear<UNITS>>(&mae(), &numbers)),
        ("huber", ours::<Linear<UNITS>>(&huber(0.7), &numbers)),
    ];
    let theirs = theirs();
    assert_eq!(theirs.len(), ours.len());
    for (name, ours) in ours {
        let theirs = &theirs[name];
        assert_eq!(theirs.len(), ours.len(), "{name}");
        for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            assert!((ours - theirs).abs() < 1e-14, "{name} {at}: {ours}, PyTorch {theirs}");
        }
    }
}
