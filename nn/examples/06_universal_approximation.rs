//! Chapter 6 of the guide: universal approximation. The error over the width, what the theorem promises, and depth.

#[path = "guide/mod.rs"]
mod guide;

use std::f64::consts::PI;
use std::process::ExitCode;
use std::time::Instant;

use guide::{Options, Panel, low_median_high};
use nn::data::Dataset;
use nn::{Dynamic, Show, fit, schedule};

type Function = (&'static str, fn(f64) -> f64);
const FUNCTIONS: [Function; 3] =
    [("sin 2πx", |x| (2.0 * PI * x).sin()), ("|x|", f64::abs), ("tanh 10x", |x| (10.0 * x).tanh())];
/// Eight teeth: a tent of a tent of a tent.
const TEETH: Function = ("eight teeth", |x| 1.0 - 2.0 * ((4.0 * x).rem_euclid(1.0) - 0.5).abs());

/// The function at places from −1 to 1, `shift` of a step beside them. Beside x there is a 1, so that the corners of the
/// first layer's units begin at random places, and not all at 0, as with a bias, which begins at 0.
fn places(f: fn(f64) -> f64, count: usize, shift: f64) -> Dataset<[f32; 2], [f32; 1]> {
    let place = |i: usize| -1.0 + 2.0 * (i as f64 + 0.5 + shift) / count as f64;
    (0..count).map(place).map(|x| ([x as f32, 1.0], [f(x) as f32])).collect()
}

/// The root of the mean squared error of hidden layers of this width between the training places, after training; the
/// parameters; the seconds.
fn error(
    f: fn(f64) -> f64,
    hidden: &str,
    options: &Options,
    seed: u64,
) -> nn::Result<(f64, usize, f64)> {
    let (train, test) = (places(f, 512, 0.0), places(f, 512, 0.4));
    let began = Instant::now();
    let mut model: Dynamic =
        Dynamic::parse(&format!("{hidden}, dense(1)"))?.init(options.seed + seed);
    fit(&mut model, &train.flat())
        .epochs(options.choose(400, 2000))
        .learning_rate(1e-2)
        .schedule(schedule::cosine)
        .seed(seed)
        .show(Show::Nothing)
        .run()?;
    let error = model.evaluate(&test.flat())?.loss.sqrt();
    Ok((error, model.params(), began.elapsed().as_secs_f64()))
}

/// The same of a network that is written down and not trained: N relu units draw any line with N corners, here through the
/// function at equal distances.
fn constructed(f: fn(f64) -> f64, width: usize) -> f64 {
    let step = 2.0 / width as f64;
    let line = |x: f64| {
        let corner = (((x + 1.0) / step).floor() * step - 1.0).min(1.0 - step);
        f(corner) + (x - corner) / step * (f(corner + step) - f(corner))
    };
    let squares =
        (0..10_000).map(|i| -1.0 + f64::from(i) / 5_000.0).map(|x| (line(x) - f(x)).powi(2));
    (squares.sum::<f64>() / 10_000.0).sqrt()
}

fn chapter(options: &Options) -> guide::Result {
    let seeds = options.choose(1, 5);
    let widths = [1, 2, 4, 8, 16, 32, 64, 128];
    let mut by_width = Panel::new("One hidden layer of relu", "units in the hidden layer", "error")
        .log_x()
        .log_y();
    for (name, f) in FUNCTIONS {
        let mut line = Vec::new();
        for width in widths {
            let errors = (0..seeds)
                .map(|seed| error(f, &format!("dense(2 -> {width}, relu)"), options, seed));
            let errors: Vec<f64> =
                errors.map(|result| result.map(|(error, ..)| error)).collect::<nn::Result<_>>()?;
            line.push((width as f64, low_median_high(errors)));
            println!(
                "{name:<10} width {width:>4}: error {:.5}, constructed {:.5}",
                line[line.len() - 1].1[1],
                constructed(f, width)
            );
        }
        by_width = by_width.spread(&format!("{name}, trained"), line);
    }
    let promised = widths.iter().map(|&width| (width as f64, constructed(FUNCTIONS[0].1, width)));
    by_width.line("sin 2πx, constructed", promised).save(&options.out, "06_width", "The error of one hidden layer falls with its width, on three functions; a network that is constructed goes on falling where the trained ones stop.")?;

    let mut by_depth =
        Panel::new("Eight teeth: width or depth", "parameters", "error").log_x().log_y();
    for depth in [1, 2, 3, 4] {
        let mut line = Vec::new();
        for width in [4, 8, 16, 32, 64, 128].iter().take(7 - depth) {
            let hidden = format!(
                "dense(2 -> {width}, relu){}",
                format!(", dense({width}, relu)").repeat(depth - 1)
            );
            let runs: Vec<_> = (0..seeds)
                .map(|seed| error(TEETH.1, &hidden, options, seed))
                .collect::<nn::Result<_>>()?;
            line.push((runs[0].1 as f64, low_median_high(runs.iter().map(|run| run.0).collect())));
            println!(
                "{depth} hidden layers of {width:>3}: {:>6} parameters, error {:.5}, {:.2} s",
                runs[0].1,
                line[line.len() - 1].1[1],
                runs[0].2
            );
        }
        let layers = if depth == 1 { "layer" } else { "layers" };
        by_depth = by_depth.spread(&format!("{depth} hidden {layers}"), line);
    }
    by_depth.save(&options.out, "06_depth", "With the same number of parameters, networks of more hidden layers have a smaller error on a function of eight teeth.")
}

fn main() -> ExitCode {
    guide::run("Universal approximation: the error over the width, and depth.", chapter)
}
