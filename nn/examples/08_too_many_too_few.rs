//! Chapter 8 of the guide: too few nodes and too many, and what helps against overfitting.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel, low_median_high};
use nn::data::{AugmentedImages, fashion_mnist::FashionMnist};
use nn::prelude::*;
use nn::{AdamW, Average, Dynamic, Show, schedule};

network! {
    struct Wide(dense(784 -> 256, relu), dense(256, relu), dense(10, softmax));
    struct Small(dense(784 -> 32, relu), dense(32, relu), dense(10, softmax));
    struct Dropped(dense(784 -> 256, relu), dropout(0.5), dense(256, relu), dropout(0.5), dense(10, softmax));
}

/// Trains a network on few rows, with a remedy, and prints its accuracy on them and on the test rows: median of the seeds.
macro_rules! remedy {
    ($name:literal, $network:ident, $rows:expr, $validation:expr, $test:expr, $options:expr, |$fit:ident| $with:expr) => {{
        let (mut trains, mut tests) = (Vec::new(), Vec::new());
        for seed in 0..$options.choose(1, 5) {
            let mut network = $network::init($options.seed + seed);
            let $fit = fit(&mut network, $rows)
                .validation($validation)
                .optimizer(AdamW::new(1e-3).weight_decay(0.0));
            let $fit = $fit.epochs($options.choose(15, 40)).seed(seed).show(Show::Nothing);
            $with.run()?;
            trains.extend(network.evaluate($rows)?.accuracy);
            tests.extend(network.evaluate($test)?.accuracy);
        }
        let (train, [low, test, high]) = (low_median_high(trains)[1], low_median_high(tests));
        println!("{:<36} training rows {train:.4}   test {test:.4} ({low:.4} to {high:.4})", $name);
    }};
}

fn chapter(options: &Options) -> guide::Result {
    let FashionMnist { train, test, .. } = options.fashion_mnist()?;
    let few = (train.len() / 30).max(300); // 2,000 of all
    let (validation, train) = train.split(1.0 / 6.0, 7)?;
    let (validation, more, few) =
        (validation.take(few), train.clone().take(5 * few), train.take(few));
    println!("{} training rows", few.len());

    let numbers = |image: [u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
    let (rows, test_rows) = (few.clone().map_inputs(numbers), test.clone().map_inputs(numbers));
    let (mut on_train, mut on_test) = (Vec::new(), Vec::new());
    for width in [2, 4, 8, 16, 32, 64, 128, 256, 512] {
        let (mut trains, mut tests, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..options.choose(1, 5) {
            let text =
                format!("dense(784 -> {width}, relu), dense({width}, relu), dense(10, softmax)");
            let mut model: Dynamic = Dynamic::parse(&text)?.init(options.seed + seed);
            let report = fit(&mut model, &rows.flat())
                .epochs(options.choose(15, 40))
                .seed(seed)
                .show(Show::Nothing)
                .run()?;
            trains.extend(model.evaluate(&rows.flat())?.accuracy);
            tests.extend(model.evaluate(&test_rows.flat())?.accuracy);
            seconds.extend(report.epochs.iter().map(|epoch| epoch.seconds));
        }
        let (train, test) = (low_median_high(trains), low_median_high(tests));
        let milliseconds = 1000.0 * low_median_high(seconds)[0];
        println!(
            "2 x {width:>4} units: training rows {:.4}   test {:.4}   {milliseconds:>6.1} ms an epoch",
            train[1], test[1]
        );
        on_train.push((f64::from(width), train));
        on_test.push((f64::from(width), test));
    }
    Panel::new("Too few nodes and too many", "units in each of two hidden layers", "accuracy")
        .log_x()
        .spread("training rows", on_train)
        .spread("test rows", on_test)
        .save(&options.out, "08_width", "Accuracy over the width: on the training rows it rises to 1, on the test rows it stops rising.")?;

    let (few, more, validation, test) =
        (few.pixels(), more.pixels(), validation.pixels(), test.pixels());
    remedy!("2 x 256 units, nothing done", Wide, &few, &validation, &test, options, |fit| fit);
    remedy!("fewer nodes: 2 x 32", Small, &few, &validation, &test, options, |fit| fit);
    remedy!("five times the data", Wide, &more, &validation, &test, options, |fit| fit);
    remedy!("weight decay 0.3", Wide, &few, &validation, &test, options, |fit| fit
        .optimizer(AdamW::new(1e-3).weight_decay(0.3)));
    remedy!("dropout 0.5", Dropped, &few, &validation, &test, options, |fit| fit);
    remedy!("early stopping, the best kept", Wide, &few, &validation, &test, options, |fit| fit
        .early_stopping(5)
        .keep_best());
    remedy!("averaged weights", Wide, &few, &validation, &test, options, |fit| fit
        .average(Average::exponential(0.99)));
    remedy!("a learning rate that falls", Wide, &few, &validation, &test, options, |fit| fit
        .schedule(schedule::cosine));
    let varied = AugmentedImages::new(&few, [28, 28])?.flip(0.5)?.shift(0.5, 1)?;
    remedy!("flips and light shifts", Wide, &varied, &validation, &test, options, |fit| fit);
    remedy!(
        "dropout, flips, averaging, falling",
        Dropped,
        &varied,
        &validation,
        &test,
        options,
        |fit| {
            fit.average(Average::exponential(0.99))
                .schedule(schedule::cosine)
                .epochs(options.choose(30, 120))
        }
    );
    Ok(())
}

fn main() -> ExitCode {
    guide::run("Too few nodes and too many, and what helps against overfitting.", chapter)
}
