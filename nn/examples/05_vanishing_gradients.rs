//! Chapter 5 of the guide: vanishing gradients in networks of 20 hidden layers, and what helps.

#[path = "guide/mod.rs"]
mod guide;

use std::ops::ControlFlow;
use std::process::ExitCode;

use guide::{Options, Panel};
use nn::model::Model;
use nn::{Adam, Dynamic, Event, NamedTensor, Show, Trainer, fit};

/// Names and hidden layers of the networks, twenty layers each.
const NETWORKS: [(&str, &str); 6] = [
    ("sigmoid", "dense(784 -> 64, sigmoid), dense(64, sigmoid) * 19"),
    ("tanh, Glorot", "dense(784 -> 64, tanh), dense(64, tanh) * 19"),
    (
        "relu, Glorot",
        "dense(784 -> 64, relu, init = glorot_normal), dense(64, relu, init = glorot_normal) * 19",
    ),
    ("relu, He", "dense(784 -> 64, relu), dense(64, relu) * 19"),
    ("sigmoid, residual", "dense(784 -> 64), residual(dense(64, sigmoid), dense(64)) * 10"),
    (
        "sigmoid, layer norm",
        "dense(784 -> 64), residual(layer_norm, dense(64, sigmoid)) * 19, layer_norm",
    ),
];

/// The norm of the gradient of each layer's weight on these rows, from the first layer to the last.
fn norms(model: &Dynamic, inputs: &[f32], targets: &[f32]) -> nn::Result<Vec<f64>> {
    let mut trainer = Trainer::new(Adam::new(1e-3));
    trainer.differentiate(model, inputs, targets)?;
    let norm = |weight: NamedTensor| {
        let numbers = &trainer.gradient()[weight.offset..][..weight.shape.iter().product()];
        numbers.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt()
    };
    Ok(model.tensors().into_iter().filter(|tensor| tensor.shape.len() == 2).map(norm).collect())
}

fn chapter(options: &Options) -> guide::Result {
    let [train, test] = options.fashion_mnist_numbers()?;
    let inputs = train.inputs()[..256].as_flattened();
    let targets: Vec<f32> = train.targets()[..256].iter().map(|t| t.index() as f32).collect();
    let mut layers =
        Panel::new("Before training", "layer from the input", "gradient's norm").log_y();
    let mut epochs = Panel::new("The first layer", "epoch", "gradient's norm").log_y();

    let (rows, test_rows) = (train.flat(), test.flat());
    println!("20 hidden layers        first layer   last layer   accuracy");
    for (name, hidden) in NETWORKS {
        let network = format!("{hidden}, dense(10, softmax)");
        let mut model: Dynamic = Dynamic::parse(&network)?.init(options.seed);
        let before = norms(&model, inputs, &targets)?;
        let mut first = vec![before[0]];
        let training = fit(&mut model, &rows).epochs(options.choose(4, 10));
        let watch = |event: &Event<'_, Dynamic>| {
            if let Event::Epoch { model, .. } = event {
                first.extend(norms(model, inputs, &targets).map(|norms| norms[0]));
            }
            ControlFlow::Continue(())
        };
        training.seed(options.seed).show(Show::Nothing).observe(watch).run()?;

        let accuracy = model.evaluate(&test_rows)?.accuracy.unwrap_or(f64::NAN);
        let last = before[before.len() - 1];
        println!("{name:<22} {:>12.1e} {last:>12.1e} {accuracy:>10.4}", before[0]);
        layers = layers.line(name, (1..).map(f64::from).zip(before));
        epochs = epochs.line(name, (0..).map(f64::from).zip(first));
    }
    layers.save(&options.out, "05_layers", "The gradient's norm in each layer before training.")?;
    epochs.save(
        &options.out,
        "05_epochs",
        "The gradient's norm in the first layer over the epochs.",
    )
}

fn main() -> ExitCode {
    guide::run("Vanishing gradients in networks of 20 hidden layers, and what helps.", chapter)
}
