//! Chapter 8 of the guide: what helps against overfitting, each remedy with its gain.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, low_median_high};
use nn::data::AugmentedImages;
use nn::prelude::*;
use nn::{AdamW, Average, Show, schedule};

network! {
    struct Wide(dense(784 -> 256, relu), dense(256, relu), dense(10, softmax));
    struct Small(dense(784 -> 32, relu), dense(32, relu), dense(10, softmax));
    struct Dropped(
        dense(784 -> 256, relu),
        dropout(0.5),
        dense(256, relu),
        dropout(0.5),
        dense(10, softmax),
    );
}

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let count = (data.train.len() / 30).max(300); // 2,000 of all
    let (validation, train) = data.train.split(1.0 / 6.0, 7)?;
    let more = train.clone().take(5 * count).pixels();
    let few = train.take(count).pixels();
    let (validation, test) = (validation.take(count).pixels(), data.test.pixels());
    let varied = AugmentedImages::new(&few, [28, 28])?.flip(0.5)?.shift(0.5, 1)?;
    let epochs = options.choose(15, 40);
    let decay = |rate| AdamW::new(1e-3).weight_decay(rate);
    let mean = Average::exponential(0.99);

    /// Trains a network on these rows with a remedy, and prints its accuracy on them and on the
    /// test rows.
    macro_rules! remedy {
        ($name:literal, $Network:ident, $rows:ident, |$fit:ident| $with:expr) => {{
            let (mut trains, mut tests) = (Vec::new(), Vec::new());
            for seed in 0..options.choose(1, 5) {
                let mut network = $Network::init(options.seed + seed);
                let $fit = fit(&mut network, &$rows).validation(&validation).optimizer(decay(0.0));
                let $fit = $fit.epochs(epochs).seed(seed).show(Show::Nothing);
                $with.run()?;
                trains.extend(network.evaluate(&$rows)?.accuracy);
                tests.extend(network.evaluate(&test)?.accuracy);
            }
            let ([_, train, _], [low, test, high]) =
                (low_median_high(trains), low_median_high(tests));
            println!(
                "{:<36} training rows {train:.4}   test {test:.4} ({low:.4} to {high:.4})",
                $name
            );
        }};
    }
    remedy!("2 x 256 units, nothing done", Wide, few, |fit| fit);
    remedy!("fewer nodes: 2 x 32", Small, few, |fit| fit);
    remedy!("five times the data", Wide, more, |fit| fit);
    remedy!("weight decay 0.3", Wide, few, |fit| fit.optimizer(decay(0.3)));
    remedy!("dropout 0.5", Dropped, few, |fit| fit);
    remedy!("early stopping, the best kept", Wide, few, |fit| fit.early_stopping(5).keep_best());
    remedy!("averaged weights", Wide, few, |fit| fit.average(mean));
    remedy!("a learning rate that falls", Wide, few, |fit| fit.schedule(schedule::cosine));
    remedy!("flips and light shifts", Wide, varied, |fit| fit);
    remedy!("dropout, flips, averaging, falling", Dropped, varied, |fit| fit
        .average(mean)
        .schedule(schedule::cosine)
        .epochs(3 * epochs));
    Ok(())
}

fn main() -> ExitCode {
    guide::run("What helps against overfitting, each remedy with its gain.", chapter)
}
