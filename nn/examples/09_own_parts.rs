//! Chapter 9 of the guide: a custom activation, a custom layer and a custom loss, in one network.

#[path = "guide/mod.rs"]
mod guide;

use std::process::ExitCode;

use guide::{Options, Panel};
use nn::autograd::elementwise;
use nn::data::Dataset;
use nn::layer::{self, RowLayer};
use nn::loss::{LinearLoss, LossRows};
use nn::prelude::*;
use nn::tensor::math;
use nn::{Show, schedule};

// An activation: a function of single numbers. Its derivative comes from dual numbers.
elementwise!(Swish, "swish", |x: T| x * math::sigmoid(x));

/// A layer: y = x∘w, a factor for each feature.
struct Scale<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Scale<I, O> {
    const NAME: &'static str = "scale";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = I;
    type Outputs<T: Float> = [T; O];

    fn forward<T: Float>(w: &[T], x: &[T], y: &mut [T]) {
        (0..I).for_each(|i| y[i] = x[i] * w[i]);
    }
    fn backward<T: Float>(w: &[T], _x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        (0..I).for_each(|i| dx[i] = dy[i] * w[i]);
    }
    fn gradient<T: Float>(_w: &[T], x: &[T], _y: &[T], dy: &[T], dw: &mut [T]) {
        (0..I).for_each(|i| dw[i] = dw[i] + dy[i] * x[i]);
    }
}

/// A loss of one output: ln cosh(y − t), whose gradient is tanh(y − t).
#[derive(Clone)]
struct LogCosh;

impl<T: Float> LinearLoss<T, 1> for LogCosh {
    const NAME: &'static str = "log-cosh";
    fn evaluate(&self, rows: LossRows<'_, T, [T; 1]>) {
        for (i, [target]) in rows.targets.iter().enumerate() {
            let distance = rows.logits[i] - *target;
            rows.losses[i] = distance.cosh().ln();
            rows.gradient[i] = distance.tanh() * rows.scale;
        }
    }
}

network! { struct Own(dense(1 -> 16, Swish), Scale(16 -> 16), dense(1)); }

fn chapter(options: &Options) -> guide::Result {
    layer::check::<Scale<5, 5>>(1)?;
    Own::init(options.seed).self_check(2)?;
    println!("layer and network: their gradients are right");

    let places = || (0..200).map(|i| i as f32 / 50.0 - 2.0);
    let data: Dataset<[f32; 1], [f32; 1]> = places().map(|x| ([x], [(2.0 * x).sin()])).collect();
    let mut own = Own::init(options.seed);
    let training = fit(&mut own, &data).loss(LogCosh).epochs(1500).learning_rate(0.01);
    println!("{}", training.schedule(schedule::cosine).show(Show::Nothing).run()?);

    let drawn =
        |f: &dyn Fn(f32) -> f32| places().map(|x| (x.into(), f(x).into())).collect::<Vec<_>>();
    Panel::new("Learned with custom parts", "x", "y")
        .line("sin 2x", drawn(&|x| (2.0 * x).sin()))
        .line("activation, layer and loss", drawn(&|x| own.predict(&[x])[0]))
        .save(
            &options.out,
            "09_own_parts",
            "A wave, and the curve that a network with custom parts has learned: they coincide \
             except for small differences.",
        )
}

fn main() -> ExitCode {
    guide::run("A custom activation, a custom layer and a custom loss.", chapter)
}
