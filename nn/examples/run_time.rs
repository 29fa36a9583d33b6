//! A network whose widths come from the command line, trained on the sample of Fashion-MNIST.
//!
//! `cargo run --release --example run_time -- --hidden 64,32`

use std::process::ExitCode;

use nn::data::fashion_mnist;
use nn::{Dynamic, Threads, fit, schedule};

const HELP: &str = "\
Trains dense layers of the given widths on the sample of Fashion-MNIST that ships with this library.

Options:
  --hidden N,N   units of each hidden layer, from the first to the last (default 64,32; no hidden
                 layer: '')
  --network TEXT the whole network in the notation of `network!`, instead of --hidden
  --epochs N     passes over the training images (default 20)
  --seed N       seed of the initial weights and the order of the images (default 0)
  --threads N    number of threads; the result does not depend on it (default: all)
  --help         this text";

struct Options {
    network: String,
    epochs: usize,
    seed: u64,
    threads: Threads,
}

/// The layers with these widths, in the notation.
fn layers(hidden: &str) -> Result<String, String> {
    let mut text = String::new();
    for width in hidden.split(',').map(str::trim).filter(|width| !width.is_empty()) {
        let width: usize =
            width.parse().map_err(|_| format!("--hidden {hidden}: `{width}` is no number"))?;
        let inputs = if text.is_empty() { "784 -> " } else { "" };
        text += &format!("dense({inputs}{width}, relu), ");
    }
    let inputs = if text.is_empty() { "784 -> " } else { "" };
    Ok(format!("{text}dense({inputs}10, softmax)"))
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let (mut hidden, mut network) = (String::from("64,32"), None);
    let (mut epochs, mut seed, mut threads) = (20, 0, Threads::all());
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("hidden") => hidden = parser.value()?.string()?,
            Long("network") => network = Some(parser.value()?.string()?),
            Long("epochs") => epochs = parser.value()?.parse()?,
            Long("seed") => seed = parser.value()?.parse()?,
            Long("threads") => threads = Threads::new(parser.value()?.parse()?),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    let network = network.map_or_else(|| layers(&hidden), Ok)?;
    Ok(Some(Options { network, epochs, seed, threads }))
}

fn train(options: &Options) -> nn::Result<()> {
    let data = fashion_mnist::sample()?;
    let mut network: Dynamic = Dynamic::parse(&options.network)?.init(options.seed);
    println!("{}", network.summary());
    let (train, test) = (data.train.flat(), data.test.flat());
    let report = fit(&mut network, &train)
        .validation(&test)
        .epochs(options.epochs)
        .schedule(schedule::cosine)
        .seed(options.seed)
        .threads(&options.threads)
        .run()?;
    println!("{report}");
    let metrics = network.evaluate(&test)?;
    println!("test accuracy: {:.4}", metrics.accuracy.unwrap_or(f64::NAN));
    Ok(())
}

fn main() -> ExitCode {
    let result = match options() {
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(options)) => train(&options).map_err(|error| error.to_string()),
        Err(error) => Err(format!("{error}; --help lists the options")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
