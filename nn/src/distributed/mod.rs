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
mod rounding;
mod sum;
pub mod threads;

use std::fmt;
use std::sync::Arc;

use tensor::{Buffer, Float};

pub(crate) use rounding::Rounding;

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

    /// The same for numbers of half the size, as the bits that they are written with.
    fn exchange_u16(&self, partner: usize, send: &[u16], receive: &mut [u16]);

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
    sums: Sums,
    local: Option<LocalSteps>,
}

/// When ranks step by themselves, and how often they become the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LocalSteps {
    /// After which share of the training.
    pub(crate) from: f64,
    /// After how many steps the mean is taken.
    pub(crate) every: u64,
}

/// How gradients are summed over the ranks.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Sums {
    /// In the order of the tree.
    InFull,
    /// By the engine's own algorithm.
    ByEngine,
    /// In the order of the tree, what is sent rounded to bf16.
    InBf16,
}

impl World {
    /// The ranks of this engine.
    pub fn new(collective: impl Collective + 'static) -> Self {
        World { collective: Arc::new(collective), sums: Sums::InFull, local: None }
    }

    /// The same with sums by the engine's own algorithm, if it has one: quicker on some networks, and the bits then depend on the
    /// number of ranks and on the engine.
    #[must_use]
    pub fn sums_by_engine(self) -> Self {
        World { sums: Sums::ByEngine, ..self }
    }

    /// The same with gradients that are sent as bf16, half the bytes: for links that are slower than the computation. What rounding
    /// takes from a number is added to it before the next step (error feedback, Seide et al. 2014; Karimireddy et al. 2019), so that
    /// over the steps nothing is lost.
    ///
    /// The bits then depend on the number of ranks, but not on threads; every rank has the same. What is to be added is in no
    /// checkpoint: a training that goes on begins with none, and ends with other bits than an undisturbed one.
    #[must_use]
    pub fn gradients_in_bf16(self) -> Self {
        World { sums: Sums::InBf16, ..self }
    }

    /// The same with steps that each rank takes by itself, on its own rows of the batch, once the share `from` of the training is over
    /// (from 0 to 1): after every `every` of them, and at the end of each epoch, all ranks have the mean of their
    /// parameters, of what the optimizer remembers and of [averages](crate::Average) (post-local SGD, Lin et al. 2018, "Don't Use Large
    /// Mini-Batches, Use Local SGD"). For links that are slower than the computation, and batches that would otherwise be too large:
    /// a step of R ranks becomes R steps with an R-th of the batch, whose mean is taken. 0.5 and 8 are a beginning.
    ///
    /// A step's loss, and a bound on its gradient, are then of the rank's own rows; an observer that stops, and a checkpoint that is
    /// due, wait for the mean. The bits depend on the number of ranks, but not on threads, and every rank has the same after a mean; a
    /// training that goes on from a checkpoint with as many ranks ends with the bits of an undisturbed one.
    ///
    /// ```
    /// # use nn::{prelude::*, Show, data::Dataset, distributed::threads};
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> = (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let lines = threads::run(2, |world| {
    ///     let mut line = Line::init(1);
    ///     fit(&mut line, &data).show(Show::Nothing).distributed(&world.local_steps(0.5, 8)).run()?;
    ///     Ok::<_, nn::Error>(line)
    /// });
    /// # assert_eq!(lines[0].as_ref().unwrap().predict(&[1.0]), lines[1].as_ref().unwrap().predict(&[1.0]));
    /// ```
    #[must_use]
    pub fn local_steps(self, from: f64, every: u64) -> Self {
        World { local: Some(LocalSteps { from, every }), ..self }
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

    /// When ranks step by themselves, if they do.
    pub(crate) fn steps_of_its_own(&self) -> Option<LocalSteps> {
        self.local
    }

    /// How gradients are summed.
    pub(crate) fn sums(&self) -> Sums {
        self.sums
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
        sum::sum(&*self.collective, sums, received, self.sums == Sums::ByEngine)
    }

    /// [`World::sum`] of a gradient. Its last numbers, `exact` many, are never rounded; `rounding` keeps what was lost of the
    /// others, and is added first.
    pub(crate) fn sum_gradient<T: Float>(
        &self,
        sums: &mut Buffer<T>,
        exact: usize,
        received: &mut Buffer<T>,
        rounding: &mut Rounding<T>,
    ) -> Result<()> {
        if self.sums == Sums::InBf16 && self.size() > 1 {
            let len = sums.len() - exact;
            let mut behind = Buffer::from_slice(&sums[len..]);
            self.sum(&mut behind, received)?;
            sums[len..].copy_from_slice(&behind);
            if received.len() < len {
                *received = Buffer::zeroed(len);
            }
            rounding.sum(&*self.collective, &mut sums[..len], received);
            return Ok(());
        }
        self.sum(sums, received)
    }

    /// Refuses steps of ranks by themselves that never come, or never end.
    pub(crate) fn check_local_steps(&self) -> Result<()> {
        match self.local {
            Some(LocalSteps { from, .. }) if !(0.0..=1.0).contains(&from) => Err(Error::value(
                "share of the training before local steps",
                from.to_string(),
                "a number from 0 to 1",
                "0.5 begins with them after half of the training",
            )),
            Some(LocalSteps { every: 0, .. }) => Err(Error::value(
                "local steps",
                "0",
                "at least 1 between two means",
                "8 are a beginning; leave `local_steps` out to add up each gradient",
            )),
            _ => Ok(()),
        }
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

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sums::InFull => "in full",
            Sums::ByEngine => "by the engine",
            Sums::InBf16 => "in bf16",
        })
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
