//! Trains the README's network, `dense(784 -> 128, relu), dense(128 -> 10, softmax)`, on images of
//! clothes.
//!
//! `cargo run --release --example fashion_mnist -- --help` lists the options.

use std::path::PathBuf;

use nn::data::fashion_mnist;
use nn::prelude::*;
use nn::{Threads, schedule};

network! {
    /// 28×28 gray images to ten kinds of clothes.
    pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax));
}

const HELP: &str = "\
Trains dense(784 -> 128, relu), dense(128 -> 10, softmax) on Fashion-MNIST and writes the weights.

Options:
  --data DIR     directory with the four IDX files, plain or gzip (default: the usual directories,
                 else a small sample that is part of the program)
  --epochs N     passes over the training images (default 10)
  --seed N       seed of the initial weights and the order of the images (default 0)
  --threads N    number of threads; the result does not depend on it (default: all)
  --out DIR      directory for digits.safetensors, created if necessary (default: the current one)
  --help         this text";

struct Options {
    data: Option<PathBuf>,
    epochs: usize,
    seed: u64,
    threads: Threads,
    out: PathBuf,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options {
        data: None,
        epochs: 10,
        seed: 0,
        threads: Threads::all(),
        out: PathBuf::from("."),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("epochs") => options.epochs = parser.value()?.parse()?,
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("threads") => options.threads = Threads::new(parser.value()?.parse()?),
            Long("out") => options.out = parser.value()?.into(),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Creates the output directory before training, so that a missing directory does not cost a
/// finished training.
fn prepare(options: &Options) -> Result<(), String> {
    std::fs::create_dir_all(&options.out)
        .map_err(|error| format!("--out {}: cannot create it: {error}", options.out.display()))
}

fn train(options: &Options) -> nn::Result<()> {
    let data = fashion_mnist::load_bytes(options.data.as_deref())?;
    println!("{}", Digits::SUMMARY);
    println!("data: {}", data.source);
    println!("{} images to train on, {} to test with", data.train.len(), data.test.len());
    let (train, test) = (data.train.pixels(), data.test.pixels());

    let mut digits = Digits::init(options.seed);
    let report = fit(&mut digits, &train)
        .validation(&test)
        .epochs(options.epochs)
        .schedule(schedule::cosine)
        .seed(options.seed)
        .threads(&options.threads)
        .run()?;
    println!("{report}");

    let path = options.out.join("digits.safetensors");
    digits.save(&path)?;
    println!("weights written to {}", path.display());

    let metrics = digits.evaluation(&test).threads(&options.threads).metrics()?;
    println!("test accuracy: {:.4}", metrics.accuracy.unwrap_or(f64::NAN));
    Ok(())
}

fn main() -> std::process::ExitCode {
    let result = match options() {
        Ok(None) => {
            println!("{HELP}");
            return std::process::ExitCode::SUCCESS;
        }
        Ok(Some(options)) => {
            prepare(&options).and_then(|()| train(&options).map_err(|error| error.to_string()))
        }
        Err(error) => Err(format!("{error}; --help lists the options")),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            std::process::ExitCode::FAILURE
        }
    }
}
