//! Chapter 0 of the guide: a network declared, trained, measured, saved and used.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::data::fashion_mnist::CLASSES;
use nn::prelude::*;
use nn::{Show, schedule};

network! {
    /// 28 × 28 gray pixels to ten kinds of clothes.
    struct Clothes(dense(784 -> 128, relu), dense(10, softmax));
}

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let (train, test) = (data.train.pixels(), data.test.pixels());
    println!("{}", Clothes::SUMMARY);

    let mut clothes = Clothes::init(options.seed);
    let report = fit(&mut clothes, &train)
        .validation(&test)
        .epochs(10)
        .schedule(schedule::cosine)
        .seed(options.seed)
        .show(Show::Nothing)
        .run()?;
    println!("{report}");

    let path = options.out.join("clothes.safetensors");
    clothes.save(&path)?;
    let clothes = Clothes::<f32>::load(&path)?;
    let image = test.bytes().inputs()[0].map(|byte| f32::from(byte) / 255.0);
    let probabilities: [f32; 10] = clothes.predict(&image);
    let surest =
        (0..10).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or(0);
    println!("the first test image: {} ({:.2})", CLASSES[surest], probabilities[surest]);

    let accuracy = |epoch: &nn::Epoch| epoch.validation.and_then(|metrics| metrics.accuracy);
    let points = report.epochs.iter().enumerate();
    Panel::new("Ten epochs", "epoch", "accuracy on test images")
        .line("", points.filter_map(|(i, epoch)| Some((i as f64 + 1.0, accuracy(epoch)?))))
        .save(
            &options.out,
            "00_accuracy",
            "Accuracy on the test images rises with each of ten epochs, at first quickly.",
        )
}

fn main() -> ExitCode {
    guide::run("A network declared, trained, measured, saved and used.", chapter)
}
