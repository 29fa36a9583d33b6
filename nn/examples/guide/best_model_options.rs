//! The options of the best model.

use std::path::PathBuf;
use std::process::ExitCode;

use nn::Threads;
use nn::data::fashion_mnist::{self, FashionMnist};

/// The options of the command line.
pub(crate) struct Options {
    pub(crate) data: Option<PathBuf>,
    pub(crate) epochs: usize,
    pub(crate) seed: u64,
    pub(crate) threads: Threads,
    /// Whether to hold out a twelfth of the training rows and evaluate on them instead of the test
    /// rows.
    pub(crate) validate: bool,
    pub(crate) save: Option<PathBuf>,
    pub(crate) evaluate: Option<PathBuf>,
}

const HELP: &str = "\
Trains the best model for Fashion-MNIST with dense layers only, and prints its accuracy on the test
images last.

Options:
  --data DIR       directory with the four files of Fashion-MNIST (default: the sample in the
                   library)
  --seed N         seed of the initial weights and the order of the images (default 0)
  --epochs N       passes over the training images (default 60)
  --threads N      number of threads; the result does not depend on it (default: all)
  --validate       hold out a twelfth of the training images and evaluate on them, not on the test
                   images
  --save FILE      file for the trained weights
  --evaluate FILE  evaluate these weights without training
  --help           this text";

/// Runs with the options of the command line.
pub(crate) fn with(run: impl FnOnce(&Options) -> nn::Result<()>) -> ExitCode {
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

impl Options {
    /// Those of the command line; `None` after `--help`.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        use lexopt::prelude::*;
        let mut options = Options {
            data: None,
            epochs: 60,
            seed: 0,
            threads: Threads::all(),
            validate: false,
            save: None,
            evaluate: None,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("data") => options.data = Some(parser.value()?.into()),
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("threads") => options.threads = Threads::new(parser.value()?.parse()?),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("validate") => options.validate = true,
                Long("save") => options.save = Some(parser.value()?.into()),
                Long("evaluate") => options.evaluate = Some(parser.value()?.into()),
                Short('h') | Long("help") => {
                    println!("{HELP}");
                    return Ok(None);
                }
                other => return Err(other.unexpected()),
            }
        }
        if options.save.is_some() && options.evaluate.is_some() {
            return Err("--evaluate trains nothing that --save could write".into());
        }
        Ok(Some(options))
    }

    /// The images, where `--data` says, else the sample.
    pub(crate) fn images(&self) -> nn::Result<FashionMnist<[u8; 784]>> {
        let data = match &self.data {
            Some(directory) => fashion_mnist::load_bytes(Some(directory))?,
            None => fashion_mnist::sample_bytes()?,
        };
        println!("data: {}", data.source);
        Ok(data)
    }
}
