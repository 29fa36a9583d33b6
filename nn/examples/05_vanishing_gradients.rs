//! Chapter 5 of the guide: vanishing gradients in networks of 20 hidden layers, and what helps.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::model::Model;
use nn::{Adam, Dynamic, Event, Show, Trainer, fit};

/// Twenty hidden layers each: what is on the way from the first weight to the loss.
const NETWORKS: [(&str, &str); 6] = [
    ("sigmoid", "dense(784 -> 64, sigmoid), dense(64, sigmoid) * 19, dense(10, softmax)"),
    ("tanh, Glorot", "dense(784 -> 64, tanh), dense(64, tanh) * 19, dense(10, softmax)"),
    (
        "relu, Glorot",
        "dense(784 -> 64, relu, init = glorot_normal), dense(64, relu, init = glorot_normal) * 19, dense(10, softmax)",
    ),
    ("relu, He", "dense(784 -> 64, relu), dense(64, relu) * 19, dense(10, softmax)"),
    (
        "sigmoid, residual",
        "dense(784 -> 64), residual(dense(64, sigmoid), dense(64)) * 10, dense(10, softmax)",
    ),
    (
        "sigmoid, layer norm",
        "dense(784 -> 64), residual(layer_norm, dense(64, sigmoid)) * 19, layer_norm, dense(10, softmax)",
    ),
];

/// The norm of the gradient of each layer's weight on these rows, from the first layer to the last.
fn norms(model: &Dynamic, inputs: &[f32], targets: &[f32]) -> nn::Result<Vec<(f64, f64)>> {
    let mut trainer = Trainer::new(Adam::new(1e-3));
    trainer.differentiate(model, inputs, targets)?;
    let weights = model
        .tensors()
        .into_iter()
        .filter(|tensor| tensor.name.ends_with("weight") && tensor.shape.len() == 2);
    let norm = |tensor: nn::NamedTensor| {
        let numbers = &trainer.gradient()[tensor.offset..][..tensor.shape.iter().product()];
        numbers.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt()
    };
    Ok((1..).map(f64::from).zip(weights.map(norm)).collect())
}

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let numbers = |image: [u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
    let (train, test) = (data.train.map_inputs(numbers), data.test.map_inputs(numbers));
    let inputs = train.inputs()[..256].as_flattened();
    let targets: Vec<f32> =
        train.targets()[..256].iter().map(|class| class.index() as f32).collect();

    let mut layers =
        Panel::new("Before training", "layer, from the input", "norm of the gradient").log_y();
    let mut epochs = Panel::new("The first layer", "epoch", "norm of its gradient").log_y();
    println!(
        "{:<22} {:>12} {:>12} {:>10}",
        "20 hidden layers", "first layer", "last layer", "accuracy"
    );
    for (name, text) in NETWORKS {
        let mut model: Dynamic = Dynamic::parse(text)?.init(options.seed);
        let before = norms(&model, inputs, &targets)?;
        let mut course = vec![(0.0, before[0].1)];
        fit(&mut model, &train.flat())
            .epochs(options.choose(4, 10))
            .seed(options.seed)
            .show(Show::Nothing)
            .observe(|event: &Event<'_, Dynamic>| {
                if let Event::Epoch { model, number, .. } = event
                    && let Ok(norms) = norms(model, inputs, &targets)
                {
                    course.push((*number as f64, norms[0].1));
                }
                std::ops::ControlFlow::Continue(())
            })
            .run()?;
        let accuracy = model.evaluate(&test.flat())?.accuracy.unwrap_or(f64::NAN);
        let (first, last) = (before[0].1, before[before.len() - 1].1);
        println!("{name:<22} {first:>12.1e} {last:>12.1e} {accuracy:>10.4}");
        layers = layers.line(name, before);
        epochs = epochs.line(name, course);
    }
    layers.save(
        &options.out,
        "05_layers",
        "The norm of the gradient of each of 21 layers before training.",
    )?;
    epochs.save(
        &options.out,
        "05_epochs",
        "The norm of the first layer's gradient over the epochs.",
    )
}

fn main() -> ExitCode {
    guide::run("Vanishing gradients in networks of 20 hidden layers, and what helps.", chapter)
}
