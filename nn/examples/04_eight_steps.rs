//! Chapter 4 of the guide: the eight steps of training a model, on Fashion-MNIST.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::prelude::*;
use nn::{AdamW, Show, loss, schedule};

// 1. Design the architecture. 2. The input layer: 28 · 28 features. 3. The hidden layers: two, with
//    relu.
// 4. The output layer: a probability for each of ten classes.
network! {
    struct Clothes {
        first: dense(784 -> 128, relu),
        second: dense(64, relu),
        output: dense(10, softmax),
    }
}

fn chapter(options: &Options) -> guide::Result {
    // 2. Preprocess: bytes become numbers from 0 to 1, and rows are held out for validation and for
    //    the test.
    let data = options.fashion_mnist()?;
    let (train, validation) = data.train.split(5.0 / 6.0, 7)?;
    let (train, validation, test) = (train.pixels(), validation.pixels(), data.test.pixels());
    println!("{}", Clothes::SUMMARY);

    let mut clothes = Clothes::init(options.seed);
    let report = fit(&mut clothes, &train)
        // 5. Compute the error. (Softmax requires this one; `mse` would not compile.)
        .loss(loss::cross_entropy())
        // 6. Feed it back: the gradient of every weight and bias, by the chain rule. Nothing to
        //    write.
        // 7. Configure how weights are updated.
        .optimizer(AdamW::new(1e-3).weight_decay(0.01))
        .schedule(schedule::cosine)
        .batch_size(64)
        .epochs(20)
        // 8. Obtain the best model: that of the epoch with the lowest validation loss; stop when
        //    none is better.
        .validation(&validation)
        .keep_best()
        .early_stopping(5)
        .seed(options.seed)
        .show(Show::Nothing)
        .run()?;
    println!("{report}");
    println!("test, once, at the end: {}", clothes.evaluate(&test)?);

    let epochs = || (1..).map(f64::from).zip(&report.epochs);
    let validated = epochs().filter_map(|(i, epoch)| Some((i, epoch.validation?.loss)));
    Panel::new("The error over the epochs", "epoch", "cross-entropy")
        .line("training rows", epochs().map(|(i, epoch)| (i, epoch.loss)))
        .line("validation rows", validated)
        .save(
            &options.out,
            "04_loss",
            "The loss of the training rows falls with every epoch; that of the validation rows \
             falls, then rises or stays.",
        )
}

fn main() -> ExitCode {
    guide::run("The eight steps of training a model, on Fashion-MNIST.", chapter)
}
