//! Chapter 3 of the guide: why activations. Decision regions of the same layers with and without
//! them.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::data::{Class, Dataset};
use nn::prelude::*;
use nn::tensor::random::Random;
use nn::{Metrics, Show};

network! {
    /// Three linear layers, which are one.
    struct Lines(dense(2 -> 16), dense(16), dense(2, softmax));

    /// The same with the usual activation.
    struct Corners(dense(2 -> 16, relu), dense(16, relu), dense(2, softmax));

    /// The same with a smooth one.
    struct Curves(dense(2 -> 16, tanh), dense(16, tanh), dense(2, softmax));
}

/// Two arms of a spiral, with noise.
fn spiral(count: usize, seed: u64) -> Dataset<[f32; 2], Class<2>> {
    let random = Random::new(seed, 0);
    let row = |i: usize| {
        let arm = i % 2;
        let along: f32 = random.uniform(3 * i as u64);
        let angle = 4.5 * along + arm as f32 * std::f32::consts::PI;
        let noise = |at: u64| 0.06 * random.normal::<f32>(3 * i as u64 + at);
        ([along * angle.cos() + noise(1), along * angle.sin() + noise(2)], Class::new(arm))
    };
    (0..count).map(row).map(|(x, class)| (x, class.expect("0 or 1"))).collect()
}

/// Trains a network and draws its prediction at each point of the plane.
macro_rules! regions {
    ($network:ident, $name:literal, $title:literal, $what:expr, $options:expr) => {{
        let (train, test) = (spiral(400, 1), spiral(400, 2));
        let mut network = $network::init($options.seed);
        let fit = fit(&mut network, &train).epochs(150).learning_rate(0.01).show(Show::Nothing);
        fit.seed($options.seed).run()?;
        let Metrics { accuracy, loss, .. } = network.evaluate(&test)?;
        let accuracy = accuracy.unwrap_or(f64::NAN);
        println!("{:<22} test loss {loss:.3}, accuracy {accuracy:.3}", $title);
        let arm = |arm| test.iter().filter(move |(_, class)| class.index() == arm).take(60);
        let places = |class| arm(class).map(|(x, _)| (f64::from(x[0]), f64::from(x[1])));
        Panel::new(&format!("{}: {accuracy:.3}", $title), "x₁", "x₂")
            .regions(1.3, |x, y| usize::from(network.predict(&[x as f32, y as f32])[1] > 0.5))
            .dots("one arm", places(0))
            .dots("the other", places(1))
            .save(&$options.out, $name, $what)?;
    }};
}

fn main() -> ExitCode {
    guide::run("Decision regions with and without activations.", |options: &Options| {
        let straight =
            "Two arms of a spiral, divided by one straight line, which cuts through both.";
        regions!(Lines, "03_none", "no activation", straight, options);
        let corners = "The same two arms, divided by a line with corners that follows them.";
        regions!(Corners, "03_relu", "relu", corners, options);
        let curves = "The same two arms, divided by a smooth curve that follows them.";
        regions!(Curves, "03_tanh", "tanh", curves, options);
        Ok(())
    })
}
