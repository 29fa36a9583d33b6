//! Code that the guide's programs share: command-line options, and one style of figures.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each program uses a part")]

mod figure;

use std::path::PathBuf;
use std::process::ExitCode;

pub use figure::Panel;
use nn::data::fashion_mnist::{self, FashionMnist};
use nn::data::{Class, Dataset};

/// The result of a chapter.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The options of the command line.
pub struct Options {
    /// Directory with the four files of Fashion-MNIST; `None` is the sample in the library.
    pub data: Option<PathBuf>,
    /// Whether to train as long, and with as many seeds, as for the figures of the guide.
    pub full: bool,
    /// Seed of the initial weights and the order of the rows; programs that need several seeds
    /// count up from it.
    pub seed: u64,
    /// Directory for the figures.
    pub out: PathBuf,
}

const HELP: &str = "
Options:
  --data DIR   directory with the four files of Fashion-MNIST (default: the sample in the library)
  --full       train as long, and with as many seeds, as for the figures of the guide
  --seed N     seed of the initial weights and the order of the rows (default 1)
  --out DIR    directory for the figures, created if necessary (default: the current one)
  --help       this text";

/// Runs a chapter with the options of the command line.
pub fn run(about: &str, chapter: impl FnOnce(&Options) -> Result) -> ExitCode {
    let result = match options() {
        Ok(None) => {
            println!("{about}\n{HELP}");
            Ok(())
        }
        Ok(Some(options)) => std::fs::create_dir_all(&options.out)
            .map_err(|error| {
                format!("--out {}: cannot create it: {error}", options.out.display()).into()
            })
            .and_then(|()| chapter(&options)),
        Err(error) => Err(format!("{error}; --help lists the options").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The options of the command line; `None` after `--help`.
fn options() -> std::result::Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options = Options { data: None, full: false, seed: 1, out: PathBuf::from(".") };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("full") => options.full = true,
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("out") => options.out = parser.value()?.into(),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

impl Options {
    /// Fashion-MNIST as bytes, from `--data`, else the sample.
    pub fn fashion_mnist(&self) -> nn::Result<FashionMnist<[u8; 784]>> {
        let data = match &self.data {
            Some(directory) => fashion_mnist::load_bytes(Some(directory))?,
            None => fashion_mnist::sample_bytes()?,
        };
        println!("data: {}", data.source);
        Ok(data)
    }

    /// The same as numbers from 0 to 1, training rows and test rows, for networks that are parsed
    /// at run time.
    pub fn fashion_mnist_numbers(&self) -> nn::Result<[Dataset<[f32; 784], Class<10>>; 2]> {
        let data = self.fashion_mnist()?;
        let numbers = |image: [u8; 784]| image.map(|byte| f32::from(byte) / 255.0);
        Ok([data.train, data.test].map(|rows| rows.map_inputs(numbers)))
    }

    /// `quick`, or `full` with `--full`.
    pub fn choose<T>(&self, quick: T, full: T) -> T {
        if self.full { full } else { quick }
    }
}

/// The lowest, the median and the highest of some numbers.
pub fn low_median_high(mut numbers: Vec<f64>) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    let at = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    let last = numbers.len().saturating_sub(1);
    [at(0), at(last / 2).midpoint(at(last.div_ceil(2))), at(last)]
}
