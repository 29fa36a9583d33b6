//! Distributed training: several processes that train one model, and the order in which they add up
//! numbers.
//!
//! [`Fit::distributed`](crate::Fit::distributed) trains with a [`World`]. A world wraps a
//! [`Collective`], of which there are two: [`threads`] of one process, for experiments and tests,
//! and the processes that MPI starts, in the package `nn-mpi`.
//!
//! # The order of sums
//!
//! A gradient is a sum over the parts of the batch ([`Fit::shards`](crate::Fit::shards)) in the
//! order of a balanced binary tree. A rank has adjacent parts, a subtree. Sums of subtrees are then
//! added pair by pair: rank 0 with 1, 2 with 3; then 0 to 1 with 2 to 3; and so on. So each number
//! is summed in the same order for any number of ranks, and a sum of two numbers has the same bits
//! in either order. Long buffers are added in halves, each by one of two partners, then put
//! together. With four ranks or more this sends fewer bytes, and the order of each number's sum is
//! the same.

mod agreement;
mod rounding;
mod sum;
pub mod threads;

use std::fmt;
use std::sync::Arc;

use tensor::{Buffer, Float};

pub(crate) use rounding::Rounding;

use crate::error::{Error, Result};

/// A message-passing engine such as MPI, as a [`World`] uses it.
///
/// Every rank calls the same methods in the same order. If another rank has ended, no method
/// returns: it ends the process, or panics, with a message.
pub trait Collective: Send + Sync {
    /// The index of this rank, counted from 0.
    fn rank(&self) -> usize;

    /// The number of ranks.
    fn size(&self) -> usize;

    /// Sends numbers to `partner`, and receives those that it sends in the same call. The two
    /// lengths may differ.
    fn exchange_f32(&self, partner: usize, send: &[f32], receive: &mut [f32]);

    /// The same for `f64`.
    fn exchange_f64(&self, partner: usize, send: &[f64], receive: &mut [f64]);

    /// The same for 16-bit numbers, as their bits.
    fn exchange_u16(&self, partner: usize, send: &[u16], receive: &mut [u16]);

    /// Replaces `bytes` with those of rank `root`; the length is the same on every rank.
    fn broadcast(&self, root: usize, bytes: &mut [u8]);

    /// Waits until every rank has called it.
    fn barrier(&self);

    /// Ends all ranks with `message`.
    fn abort(&self, message: &str) -> !;

    /// Sums `numbers` over all ranks by the engine's own algorithm; returns whether it has one. The
    /// order of its sums, and so the bits, may depend on the number of ranks and on the version of
    /// the engine.
    fn sum_f32(&self, numbers: &mut [f32]) -> bool {
        let _ = numbers;
        false
    }

    /// The same for `f64`.
    fn sum_f64(&self, numbers: &mut [f64]) -> bool {
        let _ = numbers;
        false
    }
}

/// The ranks that train one model together, as seen from this rank. Clones are the same world.
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

/// Local steps: when they begin, and how often the ranks average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LocalSteps {
    /// The fraction of the training after which they begin.
    pub(crate) from: f64,
    /// The number of steps between two averages.
    pub(crate) every: u64,
}

/// How gradients are summed over the ranks.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Sums {
    /// In the order of the tree.
    InFull,
    /// By the engine's own algorithm.
    ByEngine,
    /// In the order of the tree, sent as bf16.
    InBf16,
}

impl World {
    /// The world of this engine.
    pub fn new(collective: impl Collective + 'static) -> Self {
        World { collective: Arc::new(collective), sums: Sums::InFull, local: None }
    }

    /// The same with sums by the engine's own algorithm, if it has one. This is faster on some
    /// networks. The bits then depend on the number of ranks and on the engine.
    #[must_use]
    pub fn sums_by_engine(self) -> Self {
        World { sums: Sums::ByEngine, ..self }
    }

    /// The same with gradients sent as bf16, half the bytes, for links that are slower than the
    /// computation. The rounding error of a number is added to it before the next step (error
    /// feedback, Seide et al. 2014; Karimireddy et al. 2019), so that over the steps nothing is
    /// lost.
    ///
    /// The bits then depend on the number of ranks, but not on threads; every rank has the same.
    /// The pending rounding errors are in no checkpoint: a resumed training starts without them,
    /// and ends with other bits than an uninterrupted one.
    #[must_use]
    pub fn gradients_in_bf16(self) -> Self {
        World { sums: Sums::InBf16, ..self }
    }

    /// The same with local steps: after the fraction `from` of the training (from 0 to 1), each
    /// rank takes steps on its own rows of the batch. After every `every` of them, and at the end
    /// of each epoch, the ranks average their parameters, the optimizer's state and the
    /// [averages](crate::Average) (post-local SGD, Lin et al. 2018, "Don't Use Large Mini-Batches,
    /// Use Local SGD"). Use it for links that are slower than the computation, and for batches that
    /// would otherwise be too large: a step of R ranks becomes R steps with an R-th of the batch,
    /// whose results are averaged. 0.5 and 8 are a good start.
    ///
    /// A step's loss, and a bound on its gradient, then come from the rank's own rows. An observer
    /// that stops the training, and a due checkpoint, wait for the next average. The bits depend on
    /// the number of ranks, but not on threads, and every rank has the same after an average. A
    /// training resumed from a checkpoint with the same number of ranks ends with the bits of an
    /// uninterrupted one.
    ///
    /// ```
    /// # use nn::{prelude::*, Show, data::Dataset, distributed::threads};
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data: Dataset<[f32; 1], [f32; 1]> =
    ///     (0..64).map(|i| i as f32 / 64.0).map(|x| ([x], [2.0 * x])).collect();
    /// let lines = threads::run(2, |world| {
    ///     let mut line = Line::init(1);
    ///     fit(&mut line, &data)
    ///         .show(Show::Nothing)
    ///         .distributed(&world.local_steps(0.5, 8))
    ///         .run()?;
    ///     Ok::<_, nn::Error>(line)
    /// });
    /// # let [a, b] = [0, 1].map(|rank| lines[rank].as_ref().unwrap().predict(&[1.0]));
    /// # assert_eq!(a, b);
    /// ```
    #[must_use]
    pub fn local_steps(self, from: f64, every: u64) -> Self {
        World { local: Some(LocalSteps { from, every }), ..self }
    }

    /// The index of this rank, counted from 0.
    pub fn rank(&self) -> usize {
        self.collective.rank()
    }

    /// The number of ranks.
    pub fn size(&self) -> usize {
        self.collective.size()
    }

    /// Whether this is rank 0, which prints and writes files.
    pub fn is_first(&self) -> bool {
        self.rank() == 0
    }

    /// The local steps, if any.
    pub(crate) fn steps_of_its_own(&self) -> Option<LocalSteps> {
        self.local
    }

    /// How gradients are summed.
    pub(crate) fn sums(&self) -> Sums {
        self.sums
    }

    /// Waits until every rank has called it.
    pub fn barrier(&self) {
        self.collective.barrier();
    }

    /// Ends all ranks with `message`.
    pub fn abort(&self, message: &str) -> ! {
        self.collective.abort(message)
    }

    /// Replaces `sums` with their sums over all ranks, in the order of the tree; the same bits on
    /// every rank. `received` is a buffer of the same length.
    pub fn sum<T: Float>(&self, sums: &mut Buffer<T>, received: &mut Buffer<T>) -> Result<()> {
        if self.size() == 1 {
            return Ok(());
        }
        if received.len() < sums.len() {
            *received = Buffer::zeroed(sums.len());
        }
        sum::sum(&*self.collective, sums, received, self.sums == Sums::ByEngine)
    }

    /// [`World::sum`] of a gradient. Its last `exact` numbers are never rounded. `rounding` holds
    /// the rounding errors of the others, which are added first.
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

    /// Rejects local steps that never begin, or never average.
    pub(crate) fn check_local_steps(&self) -> Result<()> {
        match self.local {
            Some(LocalSteps { from, .. }) if !(0.0..=1.0).contains(&from) => Err(Error::value(
                "fraction of the training before local steps",
                from.to_string(),
                "a number from 0 to 1",
                "0.5 begins with them after half of the training",
            )),
            Some(LocalSteps { every: 0, .. }) => Err(Error::value(
                "local steps",
                "0",
                "at least 1 between two means",
                "8 is a good start; leave `local_steps` out to add up each gradient",
            )),
            _ => Ok(()),
        }
    }

    /// Rejects a number of ranks that cannot divide the parts evenly.
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
        let expected = format!(
            "1, 2, 4, … up to {shards}: each rank has the same number of the {shards} parts of a \
             batch"
        );
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

/// Shows the rank and the number of ranks.
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
