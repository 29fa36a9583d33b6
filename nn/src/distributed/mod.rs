//! Several processes that train one model: who they are, and how they add up numbers.
//!
//! [`Fit::distributed`](crate::Fit::distributed) trains with a [`World`]. A world is a [`Collective`], of which there are two:
//! [`threads`] of one process, to try and to test with, and the processes that MPI starts, in the package `nn-mpi`.
//!
//! # The order of sums
//!
//! A gradient is a balanced binary tree over the parts of the batch ([`Fit::shards`](crate::Fit::shards)). A rank has
//! neighbouring parts, a subtree; sums of subtrees are then added pair by pair: rank 0 with 1, 2 with 3; then 0 to 1 with 2 to 3; and so
//! on. So each number is summed in the same order whatever the number of ranks is, and a sum of two has the same bits either
//! way round. Long buffers are added in halves, each by one of two partners, then put together: fewer bytes for four ranks
//! and more, and the order of each number's sum is the same.

mod agreement;
mod sum;
pub mod threads;

use std::fmt;
use std::sync::Arc;

use tensor::{Buffer, Float};

use crate::error::{Error, Result};

/// Processes, or threads, that pass messages to one another: what a [`World`] needs of an engine such as MPI.
///
/// Every rank calls the same methods in the same order. None of them returns if another rank has gone: it ends the
/// process, or panics, with a message.
pub trait Collective: Send + Sync {
    /// Which of the ranks this one is, counted from 0.
    fn rank(&self) -> usize;

    /// How many ranks there are.
    fn size(&self) -> usize;

    /// Sends numbers to `partner`, and receives those that it sends in the same call; their numbers may differ.
    fn exchange_f32(&self, partner: usize, send: &[f32], receive: &mut [f32]);

    /// The same for numbers of twice the size.
    fn exchange_f64(&self, partner: usize, send: &[f64], receive: &mut [f64]);

    /// Replaces `bytes` by those of rank `root`; they are as many everywhere.
    fn broadcast(&self, root: usize, bytes: &mut [u8]);

    /// Waits until every rank has come so far.
    fn barrier(&self);

    /// Ends all ranks because of what `message` says.
    fn abort(&self, message: &str) -> !;

    /// Sums `numbers` over all ranks by an algorithm of the engine's own, if it has one; whether it has. The order of its
    /// sums, and so the bits, may depend on the number of ranks and on the version of the engine.
    fn sum_f32(&self, numbers: &mut [f32]) -> bool {
        let _ = numbers;
        false
    }

    /// The same for numbers of twice the size.
    fn sum_f64(&self, numbers: &mut [f64]) -> bool {
        let _ = numbers;
        false
    }
}

/// The ranks that train one model together, of which this process is one. Clones are the same.
///
/// ```
/// use nn::distributed::threads;
///
/// let ranks = threads::run(2, |world| world.rank());
/// assert_eq!(ranks, [0, 1]);
/// ```
#[derive(Clone)]
pub struct World {
    collective: Arc<dyn Collective>,
    by_engine: bool,
}

impl World {
    /// The ranks of this engine.
    pub fn new(collective: impl Collective + 'static) -> Self {
        World { collective: Arc::new(collective), by_engine: false }
    }

    /// The same with sums by the engine's own algorithm, if it has one: quicker on some networks, and the bits then depend on the
    /// number of ranks and on the engine.
    #[must_use]
    pub fn sums_by_engine(self) -> Self {
        World { by_engine: true, ..self }
    }

    /// Which of the ranks this one is, counted from 0.
    pub fn rank(&self) -> usize {
        self.collective.rank()
    }

    /// How many ranks there are.
    pub fn size(&self) -> usize {
        self.collective.size()
    }

    /// Whether this is the rank that speaks and writes.
    pub fn is_first(&self) -> bool {
        self.rank() == 0
    }

    /// Whether [sums](World::sums_by_engine) are the engine's.
    pub(crate) fn is_by_engine(&self) -> bool {
        self.by_engine
    }

    /// Waits until every rank has come so far.
    pub fn barrier(&self) {
        self.collective.barrier();
    }

    /// Ends all ranks because of what `message` says.
    pub fn abort(&self, message: &str) -> ! {
        self.collective.abort(message)
    }

    /// Replaces `sums` by their sums over all ranks, in the order of the tree; the same bits on every rank. `received` is
    /// room for as many.
    pub fn sum<T: Float>(&self, sums: &mut Buffer<T>, received: &mut Buffer<T>) -> Result<()> {
        if self.size() == 1 {
            return Ok(());
        }
        if received.len() < sums.len() {
            *received = Buffer::zeroed(sums.len());
        }
        sum::sum(&*self.collective, sums, received, self.by_engine)
    }

    /// Refuses ranks that cannot divide so many parts among themselves.
    pub(crate) fn check_shards(&self, shards: usize) -> Result<()> {
        let size = self.size();
        if size.is_power_of_two() && size <= shards {
            return Ok(());
        }
        let few = (size + 1).next_power_of_two() / 2;
        let advice = match size.is_power_of_two() {
            true => {
                format!("write `.shards({size})`, which is another training than that of {shards}")
            }
            false => format!("start {few} ranks, or {}", 2 * few),
        };
        let expected =
            format!("1, 2, 4, … up to {shards}: each has as many of the {shards} parts of a batch");
        Err(Error::value("ranks", size.to_string(), expected, advice))
    }
}

/// Which rank of how many.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank {} of {}", self.rank(), self.size())
    }
}

impl AsRef<World> for World {
    fn as_ref(&self) -> &World {
        self
    }
}
