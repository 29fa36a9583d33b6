//! Chapter 7 of the guide: architecture and accuracy. Accuracy over parameters, a curve for each
//! depth, and the time.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel, low_median_high};
use nn::{Dynamic, Show, fit, schedule};

/// A network of `depth` hidden layers of this width.
fn network(depth: usize, width: usize) -> nn::Result<Dynamic> {
    let deeper = format!("dense({width}, relu), ").repeat(depth - 1);
    Dynamic::parse(&format!("dense(784 -> {width}, relu), {deeper}dense(10, softmax)"))
}

fn chapter(options: &Options) -> guide::Result {
    let data = options.fashion_mnist()?;
    let numbers = |image: [u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
    let (train, test) = (data.train.map_inputs(numbers), data.test.map_inputs(numbers));
    let widths: &[usize] = options.choose(&[8, 32, 128], &[16, 32, 64, 128, 256]);

    let mut accuracies =
        Panel::new("Accuracy over parameters", "parameters", "accuracy on test images").log_x();
    let mut times =
        Panel::new("Time over parameters", "parameters", "seconds an epoch").log_x().log_y();
    println!(
        "hidden  width  parameters  accuracy: lowest, median, highest   on training rows   seconds \
         an epoch"
    );
    for depth in [1, 3, 5, 11] {
        let (mut accuracy, mut time) = (Vec::new(), Vec::new());
        for &width in widths {
            let (mut tests, mut trains, mut seconds) = (Vec::new(), Vec::new(), Vec::new());
            for seed in 0..options.choose(1, 5) {
                let mut model = network(depth, width)?.init(options.seed + seed);
                let report = fit(&mut model, &train.flat())
                    .epochs(6)
                    .batch_size(128)
                    .schedule(schedule::cosine)
                    .seed(seed)
                    .show(Show::Nothing)
                    .run()?;
                tests.extend(model.evaluate(&test.flat())?.accuracy);
                trains.extend(model.evaluate(&train.flat())?.accuracy);
                seconds.extend(report.epochs.iter().map(|epoch| epoch.seconds));
            }
            let parameters = network(depth, width)?.params() as f64;
            accuracy.push((parameters, low_median_high(tests)));
            // The fastest epoch: other processes may have used the machine.
            time.push((parameters, low_median_high(seconds)[0]));
            let [low, median, high] = accuracy[accuracy.len() - 1].1;
            println!(
                "{depth:>6} {width:>6} {parameters:>11}  {low:.4} {median:.4} {high:.4} {:>32.4} \
                 {:>18.2}",
                low_median_high(trains)[1],
                time[time.len() - 1].1
            );
        }
        let layers = if depth == 1 { "layer" } else { "layers" };
        accuracies = accuracies.spread(&format!("{depth} hidden {layers}"), accuracy);
        times = times.line(&format!("{depth} hidden {layers}"), time);
    }
    accuracies.save(
        &options.out,
        "07_accuracy",
        "Accuracy over the number of parameters, a curve for 1, 3, 5 and 11 hidden layers, with \
         the spread of the seeds.",
    )?;
    times.save(
        &options.out,
        "07_time",
        "Seconds of an epoch over the number of parameters, a curve for each depth.",
    )
}

fn main() -> ExitCode {
    guide::run(
        "Architecture and accuracy: accuracy over parameters, a curve for each depth.",
        chapter,
    )
}
