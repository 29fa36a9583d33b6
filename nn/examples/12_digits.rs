//! Chapter 12 of the guide: handwritten digits with one hidden layer, compared with LeCun's table.
//!
//! `cargo run --release --example 12_digits -- --full --data DIR`, where DIR has the four files of
//! MNIST

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, low_median_high};
use nn::data::{Class, Dataset};
use nn::{AdamW, Dynamic, Show, fit, schedule};

/// Names and layers of the designs, without and with a remedy against overfitting.
const DESIGNS: [(&str, &str); 2] = [
    ("plain", "dense(784 -> width, relu), dense(10, softmax)"),
    ("dropout", "dropout(0.2), dense(784 -> width, relu), dropout(0.5), dense(10, softmax)"),
];

type Rows = Dataset<[f32; 784], Class<10>>;

/// The error in percent on unseen rows.
fn error(
    (layers, width): (&str, usize),
    [train, test]: [&Rows; 2],
    seed: u64,
    options: &Options,
) -> nn::Result<f64> {
    let (train, test) = (train.flat(), test.flat());
    let mut digits: Dynamic = Dynamic::parse_with(layers, &[("width", width)])?.init(seed);
    let training = fit(&mut digits, &train).optimizer(AdamW::new(1e-3)).batch_size(128);
    let training = training.epochs(options.choose(4, 30)).schedule(schedule::cosine).seed(seed);
    training.show(Show::Nothing).run()?;
    let accuracy = digits.evaluate(&test)?.accuracy.unwrap_or(f64::NAN);
    Ok(100.0 * (1.0 - accuracy))
}

fn chapter(options: &Options) -> guide::Result {
    let [all, test] = options.fashion_mnist_numbers()?;
    let (train, validation) = all.clone().split(5.0 / 6.0, 7)?;
    for width in [300, 800] {
        let mut best = (f64::INFINITY, DESIGNS[0]);
        for design in DESIGNS {
            let error = error((design.1, width), [&train, &validation], options.seed, options)?;
            println!("784-{width}-10, {}: {error:.2} % of the validation rows", design.0);
            if error < best.0 {
                best = (error, design);
            }
        }
        let (name, layers) = best.1;
        let mut errors = Vec::new();
        for seed in 0..options.choose(1, 3) {
            errors.push(error((layers, width), [&all, &test], seed, options)?);
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let [low, _, high] = low_median_high(errors);
        println!("784-{width}-10, {name}: test error {mean:.2} % ({low:.2} to {high:.2})");
    }
    Ok(())
}

fn main() -> ExitCode {
    guide::run("Handwritten digits with one hidden layer, compared with LeCun's table.", chapter)
}
