//! Chapter 6 of the guide: universal approximation. The error over the width, what the theorem
//! promises, and depth.

#[path = "guide/mod.rs"]
mod guide;

use std::f64::consts::PI;
use std::process::ExitCode;

use guide::{Options, Panel, low_median_high};
use nn::data::Dataset;
use nn::{Dynamic, Show, fit, schedule};

const NAMES: [&str; 3] = ["sin 2πx", "|x|", "tanh 10x"];
const FUNCTIONS: [fn(f64) -> f64; 3] = [|x| (2.0 * PI * x).sin(), f64::abs, |x| (10.0 * x).tanh()];
/// Eight teeth: a tent of a tent of a tent.
const TEETH: fn(f64) -> f64 = |x| 1.0 - 2.0 * ((4.0 * x).rem_euclid(1.0) - 0.5).abs();

/// The function at points from −1 to 1, moved by `shift` of a step. Each row is x and a 1, so that
/// the corners of the first layer's units begin at random positions; with only a bias, which begins
/// at 0, they would all begin at 0.
fn places(f: fn(f64) -> f64, shift: f64) -> Dataset<[f32; 2], [f32; 1]> {
    let place = |i: u32| -1.0 + 2.0 * (f64::from(i) + 0.5 + shift) / 512.0;
    (0..512).map(place).map(|x| ([x as f32, 1.0], [f(x) as f32])).collect()
}

/// Number of parameters of this network, and the root of its mean squared error between the
/// training points: the lowest, the median and the highest of the seeds.
fn trained(f: fn(f64) -> f64, network: &str, options: &Options) -> nn::Result<(f64, [f64; 3])> {
    let (train, test) = (places(f, 0.0), places(f, 0.4));
    let (train, test) = (train.flat(), test.flat());
    let mut errors = Vec::new();
    for seed in 0..options.choose(1, 5) {
        let mut model: Dynamic = Dynamic::parse(network)?.init(options.seed + seed);
        let training = fit(&mut model, &train).epochs(options.choose(400, 2000)).seed(seed);
        training.learning_rate(1e-2).schedule(schedule::cosine).show(Show::Nothing).run()?;
        errors.push(model.evaluate(&test)?.loss.sqrt());
    }
    Ok((Dynamic::<f32>::parse(network)?.params() as f64, low_median_high(errors)))
}

/// Error of a network that is constructed, not trained: N relu units can represent any piecewise
/// linear function with N corners; here the corners lie on the function at equal distances.
fn constructed(f: fn(f64) -> f64, width: u32) -> f64 {
    let step = 2.0 / f64::from(width);
    let line = |x: f64| {
        let corner = ((x + 1.0) / step).floor() * step - 1.0;
        f(corner) + (x - corner) / step * (f(corner + step) - f(corner))
    };
    let places = (0..10_000).map(|i| -1.0 + f64::from(i) / 5_000.0);
    (places.map(|x| (line(x) - f(x)).powi(2)).sum::<f64>() / 10_000.0).sqrt()
}

fn chapter(options: &Options) -> guide::Result {
    let widths = [1, 2, 4, 8, 16, 32, 64, 128];
    let mut by_width = Panel::new("One hidden layer", "units of relu", "error").log_x().log_y();
    for (name, f) in NAMES.into_iter().zip(FUNCTIONS) {
        let mut line = Vec::new();
        for width in widths {
            let network = format!("dense(2 -> {width}, relu), dense(1)");
            let (_, errors @ [_, error, _]) = trained(f, &network, options)?;
            let promised = constructed(f, width);
            println!("{name:<10} width {width:>4}: error {error:.5}, constructed {promised:.5}");
            line.push((f64::from(width), errors));
        }
        by_width = by_width.spread(&format!("{name}, trained"), line);
    }
    let promised = widths.map(|width| (f64::from(width), constructed(FUNCTIONS[0], width)));
    let caption = "The error of one hidden layer falls with its width, on three functions; a \
                   network that is constructed goes on falling where the trained ones stop.";
    by_width.line("sin 2πx, constructed", promised).save(&options.out, "06_width", caption)?;

    let mut by_depth = Panel::new("Eight teeth", "parameters", "error").log_x().log_y();
    for depth in [1, 2, 3, 4] {
        let mut line = Vec::new();
        for width in [4, 8, 16, 32, 64, 128].into_iter().take(7 - depth) {
            let deeper = format!(", dense({width}, relu)").repeat(depth - 1);
            let network = format!("dense(2 -> {width}, relu){deeper}, dense(1)");
            let (parameters, errors @ [_, error, _]) = trained(TEETH, &network, options)?;
            println!("{depth} x {width:>3} units: {parameters:>6} parameters, error {error:.5}");
            line.push((parameters, errors));
        }
        by_depth = by_depth.spread(&format!("hidden layers: {depth}"), line);
    }
    let caption = "With the same number of parameters, networks of more hidden layers have a \
                   smaller error on a function of eight teeth.";
    by_depth.save(&options.out, "06_depth", caption)
}

fn main() -> ExitCode {
    guide::run("Universal approximation: the error over the width, and depth.", chapter)
}
