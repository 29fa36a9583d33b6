//! Chapter 10 of the guide: a hand-written training loop with micro-batches, a clipped gradient and
//! a learning rate set by hand.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::data::{Batches, Minibatch};
use nn::prelude::*;
use nn::{AdamW, Trainer};

network! { struct Clothes(dense(784 -> 64, relu), dense(10, softmax)); }

/// Batches whose gradients are summed for a step: like one batch of four times the rows, in a
/// quarter of the memory.
const PARTS: usize = 4;

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let (train, test) = (data.train.pixels(), data.test.pixels());
    let mut clothes = Clothes::init(options.seed);
    let mut trainer = Trainer::new(AdamW::new(2e-3).weight_decay(0.05));
    let rows = nn::data::Source::<[f32; 784], nn::data::Class<10>>::len(&train);
    let (mut batches, mut batch) = (Batches::new(rows, 32)?, Minibatch::new());
    let mut sum = vec![0.0; clothes.parameters().as_slice().len()];
    let (mut norms, mut losses) = (Vec::new(), Vec::new());

    let epochs = options.choose(5, 10);
    for epoch in 0..epochs {
        batches.order(epoch, options.seed);
        let steps: Vec<&[usize]> = batches.iter().collect();
        for (step, parts) in steps.chunks(PARTS).enumerate() {
            sum.fill(0.0);
            let mut loss = 0.0;
            for rows in parts {
                batch.gather(&train, rows);
                loss += trainer.differentiate(&clothes, batch.inputs(), batch.targets())?;
                let share = 1.0 / parts.len() as f32;
                sum.iter_mut().zip(trainer.gradient()).for_each(|(sum, g)| *sum += share * g);
            }
            let norm = sum.iter().map(|g| g * g).sum::<f32>().sqrt();
            sum.iter_mut().for_each(|g| *g /= norm.max(1.0));
            let done =
                (epoch as f64 + step as f64 * PARTS as f64 / steps.len() as f64) / epochs as f64;
            trainer.set_rate(1.0 - done); // any schedule
            trainer.apply(&mut clothes, &sum)?;
            norms.push(f64::from(norm));
            losses.push(f64::from(loss) / parts.len() as f64);
        }
        println!("epoch {}: {}", epoch + 1, clothes.evaluate(&test)?);
    }
    // The mean over each fiftieth of the steps.
    let part = losses.len().div_ceil(50);
    let course = |values: Vec<f64>| {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let means: Vec<f64> = values.chunks(part).map(mean).collect();
        (1..).map(|i| f64::from(i) * part as f64).zip(means)
    };
    Panel::new("Every step of a hand-written loop", "step", "")
        .log_y()
        .line("loss of the batch", course(losses))
        .line("norm of the gradient, before clipping", course(norms))
        .save(
            &options.out,
            "10_steps",
            "Loss and norm of the gradient over the steps: the loss falls, the norm stays near 1.",
        )
}

fn main() -> ExitCode {
    guide::run("A hand-written training loop.", chapter)
}
