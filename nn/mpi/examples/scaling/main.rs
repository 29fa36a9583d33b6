//! Measures the cost of a step, a message and a byte on these machines, and predicts by a model how
//! far more ranks pay off.
//!
//! `mpirun -n 2 scaling` measures; the table extends to 1,024 ranks. `scaling --alone` uses only
//! the predefined links.

mod model;

use std::process::ExitCode;
use std::time::Instant;

use model::{Compute, Link, Prediction, Sent};
use nn::data::{Class, Dataset};
use nn::distributed::World;
use nn::prelude::*;
use nn::tensor::Buffer;
use nn::tensor::random::Random;
use nn::{Adam, Model, Show, Threads};

network! {
    struct Small(dense(784 -> 128, relu), dense(10, softmax));
    struct Middle(dense(784 -> 512, relu), dense(512, relu), dense(10, softmax));
    struct Large(dense(784 -> 2048, relu), dense(2048, relu), dense(10, softmax));
}

const HELP: &str = "\
Measures on these machines the cost of a training step on one rank, and of messages between two;
predicts steps on up to 1,024 ranks, over three common links and this one; compares with steps on
the actual ranks.

Options:
  --rows N       rows of a batch per rank (default 512)
  --steps N      steps per measurement (default 12)
  --threads N    threads per rank (default 1)
  --picture FILE writes the curves to FILE, as SVG
  --quick        only the smallest network
  --alone        without MPI: only the common links
  --help         prints this text";

/// Parts per batch.
const SHARDS: usize = 8;
/// Steps between two averages, with local steps.
const EVERY: u64 = 8;
/// Measured epochs, of which the fastest counts.
const EPOCHS: usize = 6;
/// Numbers of Adam's state per parameter.
const MEMORY: f64 = 2.0;

struct Options {
    rows: usize,
    steps: usize,
    threads: usize,
    picture: Option<String>,
    quick: bool,
    alone: bool,
}

/// The options of the command line; `None` after `--help`.
fn options() -> Result<Option<Options>, lexopt::Error> {
    use lexopt::prelude::*;
    let mut options =
        Options { rows: 512, steps: 12, threads: 1, picture: None, quick: false, alone: false };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("rows") => options.rows = parser.value()?.parse()?,
            Long("steps") => options.steps = parser.value()?.parse()?,
            Long("threads") => options.threads = parser.value()?.parse()?,
            Long("picture") => options.picture = Some(parser.value()?.parse()?),
            Long("quick") => options.quick = true,
            Long("alone") => options.alone = true,
            Short('h') | Long("help") => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

/// Rows of noise: the cost of a step does not depend on the values.
fn rows(count: usize) -> nn::Result<Dataset<[f32; 784], Class<10>>> {
    let random = Random::new(1, 0x5343_414C);
    let row = |row: usize| {
        let x = std::array::from_fn(|i| random.normal::<f32>((row * 784 + i) as u64) * 0.3);
        Ok((x, Class::new(row % 10)?))
    };
    let rows: nn::Result<Vec<_>> = (0..count).map(row).collect();
    let (inputs, targets) = rows?.into_iter().unzip();
    Dataset::new(inputs, targets)
}

/// The minimum seconds of a step over some epochs: anything above is interference.
fn step<N>(
    batch: usize,
    shards: usize,
    (options, steps): (&Options, usize),
    world: Option<&World>,
) -> nn::Result<f64>
where
    N: Network<Float = f32, Input = [f32; 784], Target = Class<10>> + Model<Float = f32>,
    N: Network + Model<Input = [f32; 784], Target = Class<10>>,
{
    let data = rows(batch * steps.div_ceil(EPOCHS).max(1))?;
    let mut network = <N as Network>::init(1);
    let run =
        fit(&mut network, &data).optimizer(Adam::new(1e-3)).epochs(EPOCHS + 1).batch_size(batch);
    let run = run.threads(&Threads::new(options.threads)).shards(shards).show(Show::Nothing);
    let run = if let Some(world) = world { run.distributed(world) } else { run };
    let report = run.run()?;
    let seconds = report.epochs[1..].iter().map(|epoch| epoch.seconds);
    let least = seconds.fold(f64::INFINITY, f64::min);
    Ok(least / data.len().div_ceil(batch) as f64)
}

/// The minimum seconds of a sum of this many numbers over all ranks.
fn sum(world: &World, numbers: usize) -> nn::Result<f64> {
    let (mut sums, mut room) = (Buffer::<f32>::zeroed(numbers), Buffer::zeroed(numbers));
    let mut least = f64::INFINITY;
    for _ in 0..20 {
        world.barrier();
        let start = Instant::now();
        world.sum(&mut sums, &mut room)?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least)
}

/// The link between these ranks, from sums of one number and of many.
fn measured_link(world: &World) -> nn::Result<Link> {
    const NUMBERS: usize = 1 << 20;
    let (one, many) = (sum(world, 1)?, sum(world, NUMBERS)?);
    let ranks = world.size();
    // `Prediction::messages`, solved for the two constants.
    let (count, share) = model::messages(ranks, NUMBERS * 4);
    let rounds = ranks.ilog2() as f64;
    let latency = one / rounds;
    let per_byte = (many - latency * count).max(0.0) / (share * (NUMBERS * 4) as f64);
    Ok(Link { name: "this".into(), latency, per_byte })
}

/// Seconds to read, add and write a byte of a sum, on one core.
fn adding() -> f64 {
    let mut sums = vec![1.0_f32; 1 << 20];
    let others = vec![0.5_f32; 1 << 20];
    let mut least = f64::INFINITY;
    for _ in 0..20 {
        let start = Instant::now();
        sums.iter_mut().zip(&others).for_each(|(sum, other)| *sum += other);
        least = least.min(start.elapsed().as_secs_f64());
    }
    std::hint::black_box(&sums);
    least / (sums.len() * 4) as f64
}

/// Seconds of a step on all ranks, by kind of communication.
struct Together {
    in_full: f64,
    in_bf16: f64,
    means: f64,
}

/// One network, on this rank alone and on all ranks.
fn network<N>(
    name: &str,
    options: &Options,
    world: Option<&World>,
) -> nn::Result<(Compute, Option<Together>)>
where
    N: Network<Float = f32, Input = [f32; 784], Target = Class<10>> + Model<Float = f32>,
    N: Network + Model<Input = [f32; 784], Target = Class<10>>,
{
    let ranks = world.map_or(1, World::size);
    let shards = (SHARDS / ranks).max(1);
    let (few, many) = (options.rows / 4, options.rows);
    if let Some(world) = world {
        world.barrier();
    }
    let short = step::<N>(few, shards, (options, options.steps), None)?;
    let long = step::<N>(many, shards, (options, options.steps), None)?;
    let per_row = (long - short).max(0.0) / (many - few) as f64;
    let compute = Compute {
        name: name.into(),
        parameters: <N as Network>::init(1).flat().len(),
        fixed: (long - per_row * many as f64).max(0.0),
        per_row,
    };
    let together = match world {
        Some(world) if ranks > 1 => {
            let on = |world: &World, steps| {
                let shards = SHARDS.max(ranks);
                step::<N>(many * ranks, shards, (options, steps), Some(world))
            };
            // The end of an epoch averages, too.
            let whole = options.steps.next_multiple_of(EPOCHS * EVERY as usize);
            Some(Together {
                in_full: on(world, options.steps)?,
                in_bf16: on(&world.clone().gradients_in_bf16(), options.steps)?,
                means: on(&world.clone().local_steps(0.0, EVERY), whole)?,
            })
        }
        _ => None,
    };
    Ok((compute, together))
}

fn measure(options: &Options, world: Option<&World>) -> nn::Result<()> {
    let adding = adding();
    let mut links = Link::usual(adding);
    if let Some(world) = world.filter(|world| world.size() > 1) {
        links.insert(0, measured_link(world)?);
    }
    let mut networks = vec![network::<Small>("784-128-10", options, world)?];
    if !options.quick {
        networks.push(network::<Middle>("784-512-512-10", options, world)?);
        networks.push(network::<Large>("784-2048-2048-10", options, world)?);
    }
    if world.is_some_and(|world| !world.is_first()) {
        return Ok(());
    }
    println!("adding: {:.3} ns a byte", adding * 1e9);
    for link in &links {
        println!("link {link}");
    }
    for (compute, _) in &networks {
        println!("network {compute}");
    }
    let rows = options.rows as f64;
    let mut ways = vec![Sent::InFull, Sent::Means { every: EVERY as f64, memory: MEMORY }];
    if let Some(world) = world.filter(|world| world.size() > 1) {
        let with = |compute, sent| Prediction { compute, link: &links[0], sent };
        // The largest network shows the cost of rounding most clearly.
        if let Some((compute, Some(together))) = networks.last() {
            let plain = with(compute, Sent::InFull);
            let rounding = plain.rounding(world.size(), rows, together.in_bf16);
            println!("rounding: {:.3} ns a byte of a gradient in full", rounding * 1e9);
            ways.insert(1, Sent::InBf16 { rounding });
        }
        println!(
            "\nMeasured on {} ranks, {rows} rows each, compared with the model:",
            world.size()
        );
        for (compute, together) in &networks {
            let Some(together) = together else { continue };
            for &sent in &ways {
                let measured = match sent {
                    Sent::InFull => together.in_full,
                    Sent::InBf16 { .. } => together.in_bf16,
                    Sent::Means { .. } => together.means,
                };
                let predicted = with(compute, sent).step(world.size(), rows);
                println!(
                    "  {:<18} {:<8} measured {:8.3} ms, model {:8.3} ms, {:+.0} %",
                    compute.name,
                    sent.to_string(),
                    measured * 1e3,
                    predicted * 1e3,
                    (predicted / measured - 1.0) * 100.0
                );
            }
        }
    }
    let networks: Vec<Compute> = networks.into_iter().map(|(compute, _)| compute).collect();
    print!("{}", model::table(&networks, &links, rows));
    print!("{}", model::less_sent(&networks, &links, rows, &ways, adding));
    if let Some(path) = &options.picture
        && let Err(error) = std::fs::write(path, model::picture(&networks, &links, rows))
    {
        eprintln!("{path}: cannot write: {error}");
    }
    Ok(())
}

fn main() -> ExitCode {
    match options() {
        Ok(None) => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Some(options)) if options.alone => match measure(&options, None) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(Some(options)) => nn_mpi::run(|world| measure(&options, Some(world))),
        Err(error) => {
            eprintln!("error: {error}; --help lists the options");
            ExitCode::FAILURE
        }
    }
}
