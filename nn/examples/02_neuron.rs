//! Chapter 2 of the guide: a neuron. The effect of its weights and its bias on the output, and how
//! training finds them.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::Show;
use nn::data::Dataset;
use nn::prelude::*;
use nn::tensor::math::sigmoid;
use nn::tensor::random::Random;

network! {
    /// y = sigmoid(w·x + b): one weight, one bias.
    struct Neuron(dense(1 -> 1, sigmoid));

    /// z = w₁·x₁ + w₂·x₂ + w₃·x₃ + b.
    struct Sum(dense(3 -> 1));
}

/// The neuron with this weight and this bias.
fn neuron(weight: f32, bias: f32) -> Neuron {
    let mut neuron = Neuron::init(1);
    let places: Vec<usize> = nn::model::Model::tensors(&neuron).iter().map(|t| t.offset).collect();
    neuron.parameters_mut().as_mut_slice()[places[0]] = weight;
    neuron.parameters_mut().as_mut_slice()[places[1]] = bias;
    neuron
}

fn chapter(options: &Options) -> guide::Result {
    assert_eq!(neuron(2.0, -1.0).predict(&[3.0]), [sigmoid(2.0_f32 * 3.0 - 1.0)]);
    let places = || (-60..=60).map(|i| i as f32 / 10.0);
    let mut weights = Panel::new("The weight: how much the input matters", "x", "sigmoid(w·x + 0)");
    let mut biases = Panel::new("The bias: where the output turns", "x", "sigmoid(2·x + b)");
    for value in [0.5, 1.0, 4.0] {
        let points =
            places().map(|x| (f64::from(x), f64::from(neuron(value, 0.0).predict(&[x])[0])));
        weights = weights.line(&format!("w = {value}"), points);
    }
    for value in [-4.0, 0.0, 4.0] {
        let points =
            places().map(|x| (f64::from(x), f64::from(neuron(2.0, value).predict(&[x])[0])));
        biases = biases.line(&format!("b = {value}"), points);
    }
    weights.save(
        &options.out,
        "02_weight",
        "Three sigmoid curves through one half at 0: the larger the weight, the steeper.",
    )?;
    biases.save(
        &options.out,
        "02_bias",
        "Three equally steep sigmoid curves; the larger the bias, the further left.",
    )?;

    // y = 3·x₁ − ½·x₂ + 2 with a little noise; x₃ has no influence. Training has to find this.
    let random = Random::new(options.seed, 0);
    let row = |i: u64| std::array::from_fn(|k| random.normal::<f32>(4 * i + k as u64));
    let rows = (0..500).map(|i| (row(i), 0.1 * random.normal::<f32>(4 * i + 3)));
    let data: Dataset<[f32; 3], [f32; 1]> =
        rows.map(|(x, noise)| (x, [3.0 * x[0] - 0.5 * x[1] + 2.0 + noise])).collect();
    let mut sum = Sum::init(options.seed);
    fit(&mut sum, &data).epochs(60).learning_rate(0.02).show(Show::Nothing).run()?;
    println!("true weights    3, -0.5, 0, bias 2");
    let [w1, w2, w3] = sum.layer1().weight.map(|row| row[0]);
    println!("learned weights {w1:.3}, {w2:.3}, {w3:.3}, bias {:.3}", sum.layer1().bias[0]);
    Ok(())
}

fn main() -> ExitCode {
    guide::run("A neuron: what its weights and its bias do.", chapter)
}
