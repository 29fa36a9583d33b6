//! Chapter 12 of the guide: the best model for Fashion-MNIST with dense layers only.
//!
//! `cargo run --release --example 12_best_model -- --data DIR --seed N`

#[path = "guide/best_model_options.rs"]
mod options;

use std::process::ExitCode;

use nn::data::{AugmentedImages, Class, Pixels};
use nn::prelude::*;
use nn::{AdamW, Average, loss, schedule};
use options::Options;

network! {
    /// 28 × 28 gray pixels to ten kinds of clothes. The first batch norm standardizes each pixel by
    /// √(variance + 0.01): a pixel that is hardly ever lit stays small.
    struct Clothes(
        batch_norm(epsilon = 0.01),
        dense(784 -> 512, relu), batch_norm, dropout(0.1),
        dense(512, relu), batch_norm, dropout(0.1),
        dense(10, softmax),
    );
}

/// Accuracy of the most likely class by the mean of the probabilities for an image and for its
/// mirror image.
fn mirrored_accuracy(clothes: &Clothes, rows: &Pixels<784, Class<10>>) -> f64 {
    let is_right = |(bytes, class): (&[u8; 784], &Class<10>)| {
        let image = bytes.map(|byte| f32::from(byte) / 255.0);
        let mirror = std::array::from_fn(|at| image[at / 28 * 28 + 27 - at % 28]);
        let [a, b] = [clothes.predict(&image), clothes.predict(&mirror)];
        let likeliest = (0..10).max_by(|&i, &j| (a[i] + b[i]).total_cmp(&(a[j] + b[j])));
        likeliest == Some(class.index())
    };
    let right = rows.bytes().iter().filter(|row| is_right(*row)).count();
    right as f64 / rows.bytes().len() as f64
}

fn train(rows: &Pixels<784, Class<10>>, options: &Options) -> nn::Result<Clothes> {
    let varied = AugmentedImages::new(rows, [28, 28])?.flip(0.5)?.shift(0.25, 1)?;
    let mut optimizer = AdamW::new(2e-3).weight_decay(0.05);
    optimizer.adam.beta2 = 0.99;
    let mut clothes = Clothes::init(options.seed);
    let report = fit(&mut clothes, &varied)
        .loss(loss::cross_entropy().label_smoothing(0.1))
        .optimizer(optimizer)
        .batch_size(512)
        .epochs(options.epochs)
        .schedule(schedule::warm_up(0.1, schedule::cosine))
        .average(Average::exponential(0.998))
        .seed(options.seed)
        .threads(&options.threads)
        .run()?;
    println!("{report}");
    Ok(clothes)
}

fn run(options: &Options) -> nn::Result<()> {
    let data = options.images()?;
    let (train_rows, rows) = match options.validate {
        true => data.train.split(11.0 / 12.0, 7)?,
        false => (data.train, data.test),
    };
    let clothes = match &options.evaluate {
        Some(file) => Clothes::load(file)?,
        None => train(&train_rows.pixels(), options)?,
    };
    if let Some(file) = &options.save {
        clothes.save(file)?;
    }
    let rows = rows.pixels();
    println!("with the mirror image of each: {:.4}", mirrored_accuracy(&clothes, &rows));
    let accuracy = clothes.evaluate(&rows)?.accuracy.unwrap_or(f64::NAN);
    println!("{} accuracy: {accuracy:.4}", if options.validate { "validation" } else { "test" });
    Ok(())
}

fn main() -> ExitCode {
    options::with(run)
}
