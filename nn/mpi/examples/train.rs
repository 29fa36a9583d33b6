//! Trains a network on images of clothes with as many ranks as the launcher starts, and prints its
//! hash on each.
//!
//! `mpirun -n 4 train --threads 1 --shards 8 --checkpoint run`: the hash is the same for any number
//! of ranks and threads, for each MPI, and for `train --alone`, which does not use MPI. When killed
//! and started again, it resumes.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nn::data::{Class, Dataset, Source, Visit, fashion_mnist};
use nn::distributed::World;
use nn::prelude::*;
use nn::{Average, Checkpoints, Clip, Event, Show, Threads, schedule};

network! {
    struct Clothes(dense(784 -> 128, relu), dropout(0.1), dense(10, softmax));
}

const HELP: &str = "\
Trains a small network on Fashion-MNIST, or on the sample of it that is part of the library.

Options:
  --threads N       threads per rank; the result does not depend on it (default 1)
  --shards N        parts of a batch, a power of two (default 8); the result depends on it
  --epochs N        passes over the images (default 4)
  --batch N         images in a step, over all ranks (default 128)
  --rows N          how many images to train with (default: all)
  --seed N          seed of initial weights and image order (default 0)
  --data DIR        the files of Fashion-MNIST (default: the sample)
  --checkpoint DIR  directory of rank 0's checkpoints; resumes from the last one
  --every N         steps between checkpoints (default 5)
  --pause MS        waits before each step, so that it can be killed in the middle
  --steps           rank 0 prints the number of each step when it is done
  --alone           without MPI
  --by-engine       sums by the MPI's own algorithm; the bits then depend on the number of ranks
  --bf16            sends gradients rounded to bf16, with error feedback; the bits then depend on
                    the number of ranks
  --local N         local steps: from half of the training on, ranks average their parameters every
                    N steps; likewise
  --fault WHAT      injects a fault: panic, hang, exit or error
  --at N            before which step (default 10)
  --of RANK         on which rank (default 1)
  --help            prints this text";

#[derive(Default)]
struct Options {
    threads: usize,
    shards: usize,
    epochs: usize,
    batch: usize,
    rows: Option<usize>,
    seed: u64,
    data: Option<PathBuf>,
    checkpoint: Option<PathBuf>,
    every: u64,
    pause: u64,
    steps: bool,
    alone: bool,
    by_engine: bool,
    bf16: bool,
    local: Option<u64>,
    fault: Option<String>,
    at: usize,
    of: usize,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let numbers = Options { threads: 1, shards: 8, epochs: 4, batch: 128, ..Options::default() };
    let mut options = Options { every: 5, at: 10, of: 1, ..numbers };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("threads") => options.threads = parser.value()?.parse()?,
            Long("shards") => options.shards = parser.value()?.parse()?,
            Long("epochs") => options.epochs = parser.value()?.parse()?,
            Long("batch") => options.batch = parser.value()?.parse()?,
            Long("rows") => options.rows = Some(parser.value()?.parse()?),
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("checkpoint") => options.checkpoint = Some(parser.value()?.into()),
            Long("every") => options.every = parser.value()?.parse()?,
            Long("pause") => options.pause = parser.value()?.parse()?,
            Long("steps") => options.steps = true,
            Long("alone") => options.alone = true,
            Long("by-engine") => options.by_engine = true,
            Long("bf16") => options.bf16 = true,
            Long("local") => options.local = Some(parser.value()?.parse()?),
            Long("fault") => options.fault = Some(parser.value()?.parse()?),
            Long("at") => options.at = parser.value()?.parse()?,
            Long("of") => options.of = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Rows that arrive late, or never: a fault of the rank that reads them.
struct Faulty<S> {
    rows: S,
    pause: Duration,
    fault: Option<String>,
    at: usize,
    steps: AtomicUsize,
}

impl<X, Y, S: Source<X, Y>> Source<X, Y> for Faulty<S> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn fill(&self, rows: &[usize], x: &mut Vec<X>, y: &mut Vec<Y>, threads: &Threads) {
        self.rows.fill(rows, x, y, threads);
    }

    fn fill_for_step(
        &self,
        visit: Visit,
        rows: &[usize],
        x: &mut Vec<X>,
        y: &mut Vec<Y>,
        threads: &Threads,
    ) {
        std::thread::sleep(self.pause);
        self.rows.fill_for_step(visit, rows, x, y, threads);
        if self.steps.fetch_add(1, Ordering::Relaxed) + 1 == self.at {
            match self.fault.as_deref() {
                Some("panic") => panic!("on purpose"),
                Some("exit") => std::process::exit(3),
                Some("hang") => loop {
                    std::thread::sleep(Duration::from_secs(1));
                },
                Some("error") => x.clear(),
                _ => {}
            }
        }
    }

    fn in_memory(&self) -> Option<(&[X], &[Y])> {
        self.rows.in_memory()
    }
}

fn train(options: &Options, world: Option<&World>) -> nn::Result<()> {
    let data = match &options.data {
        Some(directory) => fashion_mnist::load(Some(directory))?,
        None => fashion_mnist::sample()?,
    };
    let rank = world.map_or(0, World::rank);
    let train: Dataset<[f32; 784], Class<10>> = match options.rows {
        Some(rows) => data.train.take(rows),
        None => data.train,
    };
    let train = Faulty {
        rows: train,
        pause: Duration::from_millis(options.pause),
        fault: options.fault.clone().filter(|_| rank == options.of),
        at: options.at,
        steps: AtomicUsize::new(0),
    };
    let mut clothes = Clothes::init(options.seed);
    let mut run = fit(&mut clothes, &train)
        .validation(&data.test)
        .schedule(schedule::cosine)
        .epochs(options.epochs)
        .batch_size(options.batch)
        .seed(options.seed)
        .threads(&Threads::new(options.threads))
        .shards(options.shards)
        .clip(Clip::norm(1.0))
        .average(Average::exponential(0.98))
        .keep_best()
        .show(Show::Lines);
    if let Some(world) = world {
        let world = if options.by_engine { world.clone().sums_by_engine() } else { world.clone() };
        let world = if options.bf16 { world.gradients_in_bf16() } else { world };
        let world = match options.local {
            Some(every) => world.local_steps(0.5, every),
            None => world,
        };
        run = run.distributed(&world);
    }
    if options.steps {
        run = run.observe(|event: &Event<'_, Clothes>| {
            if let Event::Step { number, .. } = event {
                println!("step {number}");
            }
            ControlFlow::Continue(())
        });
    }
    if let Some(directory) = &options.checkpoint {
        run = run.checkpoint(Checkpoints::in_directory(directory).every_steps(options.every));
    }
    let report = run.run()?;
    let hash = hash(clothes.parameters().as_slice(), &report);
    if let Some(accuracy) = report.epochs.last().and_then(|epoch| epoch.validation?.accuracy) {
        println!("accuracy {accuracy:.4}");
    }
    let ranks = world.map_or("alone".into(), |world| format!("{world:?}"));
    println!("hash {hash:016x} ({ranks}, {} threads)", options.threads);
    Ok(())
}

/// FNV-1a of the bits of all weights and losses.
fn hash(weights: &[f32], report: &nn::Report) -> u64 {
    let losses = report.epochs.iter().flat_map(|epoch| {
        let validation = epoch.validation.map(|metrics| [Some(metrics.loss), metrics.accuracy]);
        std::iter::once(epoch.loss).chain(validation.into_iter().flatten().flatten())
    });
    let numbers = weights.iter().map(|&weight| f64::from(weight)).chain(losses);
    let bytes = numbers.flat_map(|number| number.to_bits().to_le_bytes());
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
    })
}

fn main() -> ExitCode {
    match options() {
        Ok(None) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Some(options)) if options.alone => match train(&options, None) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(Some(options)) => nn_mpi::run(|world| train(&options, Some(world))),
        Err(error) => {
            eprintln!("error: {error}; --help lists the options");
            ExitCode::FAILURE
        }
    }
}
