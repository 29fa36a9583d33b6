//! Chapter 8 of the guide: too few nodes and too many, on few rows.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel, low_median_high};
use nn::{Dynamic, Show, fit};

fn chapter(options: &Options) -> guide::Result {
    let [train, test] = options.fashion_mnist_numbers()?;
    let few = (train.len() / 30).max(300); // 2,000 of all
    let (_validation, train) = train.split(1.0 / 6.0, 7)?;
    let train = train.take(few);
    let (rows, test_rows) = (train.flat(), test.flat());
    println!("{} training rows", train.len());

    let (mut on_train, mut on_test) = (Vec::new(), Vec::new());
    for width in [2, 4, 8, 16, 32, 64, 128, 256, 512] {
        let (mut trains, mut tests, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..options.choose(1, 5) {
            let text =
                format!("dense(784 -> {width}, relu), dense({width}, relu), dense(10, softmax)");
            let mut model: Dynamic = Dynamic::parse(&text)?.init(options.seed + seed);
            let training = fit(&mut model, &rows).epochs(options.choose(15, 40));
            let report = training.seed(seed).show(Show::Nothing).run()?;
            trains.extend(model.evaluate(&rows)?.accuracy);
            tests.extend(model.evaluate(&test_rows)?.accuracy);
            seconds.extend(report.epochs.iter().map(|epoch| epoch.seconds));
        }
        let (trains, tests) = (low_median_high(trains), low_median_high(tests));
        let milliseconds = 1000.0 * low_median_high(seconds)[0]; // of the fastest epoch
        println!(
            "2 x {width:>4} units: training rows {:.4}   test {:.4}   {milliseconds:>6.1} ms an \
             epoch",
            trains[1], tests[1]
        );
        on_train.push((f64::from(width), trains));
        on_test.push((f64::from(width), tests));
    }
    Panel::new("Too few nodes and too many", "units in each of two hidden layers", "accuracy")
        .log_x()
        .spread("training rows", on_train)
        .spread("test rows", on_test)
        .save(
            &options.out,
            "08_width",
            "Accuracy over the width: on the training rows it rises to 1, on the test rows it \
             stops rising.",
        )
}

fn main() -> ExitCode {
    guide::run("Too few nodes and too many, on few rows.", chapter)
}
