//! Chapter 12 of the guide: the best model of Fashion-MNIST with dense layers only.
//!
//! `cargo run --release --example 12_best_model -- --data DIR --seed N`

#[path = "guide/best_model_options.rs"]
mod options;

use std::process::ExitCode;

use nn::data::{AugmentedImages, Class, Pixels};
use nn::layer::RowLayer;
use nn::prelude::*;
use nn::{AdamW, Average, loss, schedule};
use options::Options;

/// y = max(x, 0), by itself: it comes after the batch norm, not in the dense layer before it.
struct Rectify<const I: usize, const O: usize>;

impl<const I: usize, const O: usize> RowLayer for Rectify<I, O> {
    const NAME: &'static str = "rectify";
    const INPUTS: usize = I;
    const OUTPUTS: usize = O;
    const PARAMS: usize = 0;
    type Outputs<T: Float> = [T; O];

    fn forward<T: Float>(_w: &[T], x: &[T], y: &mut [T]) {
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = x.max(T::zero()));
    }
    fn backward<T: Float>(_w: &[T], x: &[T], _y: &[T], dy: &[T], dx: &mut [T]) {
        let slope = |x: T| if x > T::zero() { T::one() } else { T::zero() };
        dx.iter_mut().zip(dy).zip(x).for_each(|((dx, &dy), &x)| *dx = dy * slope(x));
    }
    fn gradient<T: Float>(_w: &[T], _x: &[T], _y: &[T], _dy: &[T], _dw: &mut [T]) {}
}

network! {
    /// 28 × 28 grey pixels to ten kinds of clothes. The first batch norm standardises each pixel by √(variance + 0.01): one
    /// that hardly ever has light stays small.
    struct Clothes(
        batch_norm(epsilon = 0.01),
        dense(784 -> 512, init = he_normal), batch_norm, Rectify(512 -> 512), dropout(0.1),
        dense(512, init = he_normal), batch_norm, Rectify(512 -> 512), dropout(0.1),
        dense(10, softmax),
    );
}

fn train(rows: &Pixels<784, Class<10>>, options: &Options) -> nn::Result<Clothes> {
    let varied = AugmentedImages::new(rows, [28, 28])?.flip(0.5)?.shift(0.25, 1)?;
    let mut optimizer = AdamW::new(2e-3).weight_decay(0.05);
    optimizer.adam.beta2 = 0.99;
    let mut clothes = Clothes::init(options.seed);
    let report = fit(&mut clothes, &varied)
        .loss(loss::cross_entropy().label_smoothing(0.1))
        .optimizer(optimizer)
        .batch_size(512)
        .epochs(options.epochs)
        .schedule(schedule::warm_up(0.1, schedule::cosine))
        .average(Average::exponential(0.998))
        .seed(options.seed)
        .threads(&options.threads)
        .run()?;
    println!("{report}");
    Ok(clothes)
}

fn run(options: &Options) -> nn::Result<()> {
    let data = options.images()?;
    let (train_rows, rows) = match options.validate {
        true => data.train.split(11.0 / 12.0, 7)?,
        false => (data.train, data.test),
    };
    let clothes = match &options.evaluate {
        Some(file) => Clothes::load(file)?,
        None => train(&train_rows.pixels(), options)?,
    };
    if let Some(file) = &options.save {
        clothes.save(file)?;
    }
    let accuracy = clothes.evaluate(&rows.pixels())?.accuracy.unwrap_or(f64::NAN);
    println!("{} accuracy: {accuracy:.4}", if options.validate { "validation" } else { "test" });
    Ok(())
}

fn main() -> ExitCode {
    let options = Options::read().map_err(|error| format!("{error}; --help lists the options"));
    let run = |options: Option<Options>| options.map_or(Ok(()), |options| run(&options));
    match options.and_then(|options| run(options).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
