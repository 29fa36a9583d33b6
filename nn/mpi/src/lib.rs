//! Data-parallel training with [`nn`] over MPI: the same program runs on several machines and
//! trains one model.
//!
//! ```no_run
//! use nn::data::fashion_mnist;
//! use nn::prelude::*;
//!
//! network! { struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
//!
//! fn main() -> std::process::ExitCode {
//!     nn_mpi::run(|world| {
//!         let data = fashion_mnist::load(None)?;
//!         let mut digits = Digits::init(42);
//!         let report = fit(&mut digits, &data.train)
//!             .validation(&data.test)
//!             .batch_size(512)
//!             .distributed(world)
//!             .checkpoint("run")
//!             .run()?;
//!         if world.is_first() {
//!             println!("{report}");
//!             digits.save("digits.safetensors")?;
//!         }
//!         Ok::<(), nn::Error>(())
//!     })
//! }
//! ```
//!
//! `mpirun -n 4 target/release/digits` starts it. The result has the bits of
//! [`Fit::shards`](nn::Fit::shards) on one machine, regardless of the number of ranks and threads,
//! the engine, and the network between the machines.
//!
//! # Failures
//!
//! A job ends, with a message that names the rank, when one of its ranks panics, is killed, returns
//! an error, or does not respond for longer than [`PATIENCE`]. When started again, it resumes from
//! its last checkpoint, also with another number of ranks.

mod launcher;
mod ranks;
mod watchdog;

use std::fmt::Display;
use std::process::ExitCode;
use std::time::Duration;

use mpi::environment::Universe;
use mpi::topology::{Communicator as _, SimpleCommunicator};
use mpi::traits::AsRaw as _;
use nn::distributed::World;

use ranks::Ranks;
use watchdog::Watchdog;

/// The default timeout: how long a rank waits for another before it ends the job. It must be longer
/// than rank 0 takes to write a checkpoint or to evaluate. The environment variable
/// `NN_MPI_PATIENCE` overrides it, in seconds.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// An initialized MPI. Dropping it waits for all ranks and finalizes MPI.
///
/// Use it where [`run`] does not fit.
pub struct Mpi {
    world: World,
    /// Must be dropped last.
    universe: Universe,
}

impl Mpi {
    /// Initializes MPI. From then on, a panic or a timeout of this process ends the whole job.
    ///
    /// # Errors
    ///
    /// If MPI was initialized before, or the program was started by the launcher of another MPI.
    pub fn start() -> Result<Self, String> {
        let patience = patience()?;
        let Some((universe, _)) = mpi::initialize_with_threading(mpi::Threading::Serialized) else {
            return Err(
                "MPI: found it already initialized, expected it uninitialized; start it once"
                    .into(),
            );
        };
        let world = universe.world();
        launcher::check(world.size())?;
        let (rank, size) = (world.rank() as usize, world.size() as usize);
        let name = format!("rank {rank} of {size} on {}", host());
        abort_on_panic(name.clone());
        let world = World::new(Ranks::new(rank, size, Watchdog::start(name, patience)));
        Ok(Mpi { world, universe })
    }

    /// The world of all ranks.
    pub fn world(&self) -> &World {
        &self.world
    }
}

impl AsRef<World> for Mpi {
    fn as_ref(&self) -> &World {
        &self.world
    }
}

impl std::fmt::Debug for Mpi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let _ = self.universe.world().as_raw();
        write!(f, "Mpi({:?})", self.world)
    }
}

/// Starts MPI, runs `work`, and finalizes MPI. An error on any rank ends the job and is printed:
/// once, if all ranks have it.
pub fn run<E: Display>(work: impl FnOnce(&World) -> Result<(), E>) -> ExitCode {
    let mpi = match Mpi::start() {
        Ok(mpi) => mpi,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    match work(mpi.world()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // An error that all ranks have is printed by rank 0, which ends the others before they
            // print.
            if !mpi.world().is_first() {
                std::thread::sleep(Duration::from_secs(1));
            }
            mpi.world().abort(&error.to_string())
        }
    }
}

/// The host name of this machine.
fn host() -> String {
    mpi::environment::processor_name().unwrap_or_else(|_| "an unknown host".into())
}

/// The timeout.
fn patience() -> Result<Duration, String> {
    const NAME: &str = "NN_MPI_PATIENCE";
    let Ok(text) = std::env::var(NAME) else { return Ok(PATIENCE) };
    match text.parse::<f64>() {
        Ok(seconds) if (1.0..=1e9).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!(
            "{NAME}: found `{text}`, expected a number of seconds from 1; 120 is usual"
        )),
    }
}

/// Aborts on a panic. Unwinding would finalize MPI, which waits for ranks that wait for this one.
fn abort_on_panic(name: String) {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        eprintln!(
            "{name} panicked: the job ends; when started again, it resumes from its last checkpoint"
        );
        SimpleCommunicator::world().abort(101)
    }));
}
