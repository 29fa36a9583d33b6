//! The options of the best model.

use std::path::PathBuf;
use std::process::ExitCode;

use nn::Threads;
use nn::data::fashion_mnist::{self, FashionMnist};

/// What can be chosen on the command line.
pub(crate) struct Options {
    pub(crate) data: Option<PathBuf>,
    pub(crate) epochs: usize,
    pub(crate) seed: u64,
    pub(crate) threads: Threads,
    /// Whether a twelfth of the training rows are kept apart and judged by, in the place of the test rows.
    pub(crate) validate: bool,
    pub(crate) save: Option<PathBuf>,
    pub(crate) evaluate: Option<PathBuf>,
}

const HELP: &str = "\
Trains the best model of Fashion-MNIST with dense layers only, and ends with its accuracy on the test images.

Options:
  --data DIR       directory with the four files of Fashion-MNIST (default: the sample in the library)
  --seed N         first weights and order of the images (default 0)
  --epochs N       how often every image is visited (default 60)
  --threads N      threads to compute with; the result is the same (default: all)
  --validate       keep a twelfth of the training images apart and judge by them: the test images stay untouched
  --save FILE      where the trained weights go
  --evaluate FILE  train nothing, judge these weights
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
