//! A training that may be killed at any moment: started again, it resumes and ends with the bits of
//! an uninterrupted one.
//!
//! `cargo run --release --example resume -- --dir run`, killed and started again as often as you
//! like, ends with the same line each time. `--kills 20` does this automatically and compares the
//! results.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use nn::data::{Dataset, fashion_mnist};
use nn::init::Random;
use nn::prelude::*;
use nn::{AdamW, Average, Checkpoints, Clip, Report, Threads, schedule};

network! {
    struct Clothes(dense(784 -> 64, relu), dropout(0.1), dense(10, softmax));
}

const HELP: &str = "\
Trains a small network on a sample of Fashion-MNIST, with a checkpoint after every second step.

Options:
  --dir DIR      directory of the checkpoints; a training found there is resumed (required)
  --seed N       seed of the initial weights and the order of the images (default 0)
  --threads N    number of threads; the result does not depend on it (default: all)
  --epochs N     passes over the training images (default 8)
  --kills N      starts the training, kills it N times at random moments, half of them during a
                 write, and compares the result with that of an uninterrupted training
  --help         this text";

struct Options {
    dir: PathBuf,
    seed: u64,
    threads: Option<usize>,
    epochs: usize,
    kills: Option<usize>,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options =
        Options { dir: PathBuf::new(), seed: 0, threads: None, epochs: 8, kills: None };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("dir") => options.dir = parser.value()?.into(),
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("threads") => options.threads = Some(parser.value()?.parse()?),
            Long("epochs") => options.epochs = parser.value()?.parse()?,
            Long("kills") => options.kills = Some(parser.value()?.parse()?),
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    match options.dir.as_os_str().is_empty() {
        true => Err("--dir is missing".into()),
        false => Ok(Some(options)),
    }
}

/// Trains or resumes, and returns the last line to print, with hashes of all weights and of all
/// losses.
fn train(options: &Options) -> nn::Result<String> {
    let rows = fashion_mnist::sample()?.train.take(1500);
    let (train, validation): (Dataset<_, _>, _) = rows.split(0.8, 1)?;
    let mut clothes = Clothes::init(options.seed);
    let report = fit(&mut clothes, &train)
        .validation(&validation)
        .optimizer(AdamW::new(2e-3))
        .schedule(schedule::cosine)
        .epochs(options.epochs)
        .seed(options.seed)
        .threads(&options.threads.map_or_else(Threads::all, Threads::new))
        .clip(Clip::norm(1.0))
        .average(Average::exponential(0.98))
        .keep_best()
        .checkpoint(Checkpoints::in_directory(&options.dir).every_steps(2))
        .run()?;
    println!("{report}");
    let weights = clothes.parameters().as_slice().iter().map(|&weight| f64::from(weight));
    Ok(format!("weights {:016x} history {:016x}", hash(weights), hash(losses(&report))))
}

/// All numbers of a report except the times.
fn losses(report: &Report) -> impl Iterator<Item = f64> {
    report.epochs.iter().flat_map(|epoch| {
        let validation = epoch.validation.map(|metrics| [Some(metrics.loss), metrics.accuracy]);
        std::iter::once(epoch.loss).chain(validation.into_iter().flatten().flatten())
    })
}

/// FNV-1a of the bits.
fn hash(numbers: impl Iterator<Item = f64>) -> u64 {
    let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

/// Kills the training `kills` times and compares the result.
fn kill(options: &Options, kills: usize) -> Result<(), String> {
    let say = |error: std::io::Error| error.to_string();
    if options.dir.exists() {
        return Err(format!(
            "--dir {}: --kills needs a directory that does not exist yet",
            options.dir.display()
        ));
    }
    let killed_in = options.dir.join("killed");
    let random = Random::new(options.seed, 0x4B49_4C4C);
    let (mut while_training, mut while_writing) = (0, 0);
    for number in 0..kills {
        let mut child = command(options, &killed_in)?.spawn().map_err(say)?;
        std::thread::sleep(Duration::from_millis(random.below(2 * number as u64, 60)));
        // Every second kill is during a write, if there is one within a second.
        for _ in 0..10_000 {
            let has_ended = child.try_wait().map_err(say)?.is_some();
            if number % 2 == 0 || is_writing(&killed_in) || has_ended {
                break;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
        child.kill().map_err(say)?;
        while_training += usize::from(!child.wait().map_err(say)?.success());
        while_writing += usize::from(is_writing(&killed_in));
        remove_unfinished(&killed_in);
    }
    println!("killed {while_training} times, {while_writing} of them while it wrote a checkpoint");
    let last_line = |dir: &Path| {
        let output = command(options, dir)?.output().map_err(say)?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        match (output.status.success(), text.lines().last()) {
            (true, Some(line)) => Ok(line.to_owned()),
            _ => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    };
    let (killed, whole) = (last_line(&killed_in)?, last_line(&options.dir.join("whole"))?);
    println!("killed: {killed}\nwhole:  {whole}");
    match killed == whole {
        true => Ok(()),
        false => Err("the two differ".into()),
    }
}

/// The same training in another directory, without output on the terminal.
fn command(options: &Options, dir: &Path) -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
    command.arg("--dir").arg(dir);
    command.args(["--seed", &options.seed.to_string(), "--epochs", &options.epochs.to_string()]);
    if let Some(threads) = options.threads {
        command.args(["--threads", &threads.to_string()]);
    }
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    Ok(command)
}

/// Unfinished files in `dir`.
fn unfinished(dir: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "tmp"))
}

fn is_writing(dir: &Path) -> bool {
    unfinished(dir).next().is_some()
}

/// So that the next one is counted; saving removes them itself, after a minute.
fn remove_unfinished(dir: &Path) {
    unfinished(dir).for_each(|path| drop(std::fs::remove_file(path)));
}

fn main() -> ExitCode {
    let result = match options() {
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(options)) => match options.kills {
            Some(kills) => kill(&options, kills),
            None => {
                train(&options).map(|line| println!("{line}")).map_err(|error| error.to_string())
            }
        },
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
