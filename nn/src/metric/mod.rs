//! How good a network is on a data set.
//!
//! ```
//! use nn::data::Dataset;
//! use nn::metric::Metric;
//! use nn::prelude::*;
//! use nn::{Float, Threads, head::Linear};
//!
//! /// The largest |output − target|; lower is better.
//! #[derive(Default)]
//! struct Worst(f64, usize);
//!
//! impl<T: Float, const N: usize> Metric<T, Linear<N>> for Worst {
//!     const NAME: &'static str = "largest error";
//!
//!     fn observe(&mut self, logits: &[T], target: &[T; N]) {
//!         let errors = logits.iter().zip(target).map(|(&z, &t)| (z - t).as_f64().abs());
//!         self.0 = errors.fold(self.0, f64::max);
//!         self.1 += 1;
//!     }
//!
//!     fn finish(self) -> Option<f64> {
//!         (self.1 > 0).then_some(self.0)
//!     }
//! }
//!
//! network! { struct Line(dense(1 -> 1)); }
//!
//! let data = Dataset::new(vec![[0.0], [0.0]], vec![[1.0], [-3.0]])?;
//! assert_eq!(Line::init(1).measure(Worst::default(), &data, &Threads::all()), Some(3.0));
//! # Ok::<(), nn::Error>(())
//! ```

#[cfg(test)]
mod checks;

use std::fmt;

use num_traits::{One as _, Zero as _};
use tensor::Float;
use tensor::threads::Threads;

use crate::data::Dataset;
use crate::head::{Activate, Head};
use crate::layer::Inference;
use crate::loss::{DefaultLoss as _, DynLoss, LossRows, TrainedWith, boxed};
use crate::network::{DefaultLossOf, Network, rows_per_part};
use crate::row::Row as _;

macro_rules! metrics {
    ($($file:ident :: $Metric:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Metric; )*

        /// Each metric with its examples.
        #[cfg(test)]
        fn all_examples() -> Vec<(&'static str, Vec<checks::Example>)> {
            vec![$( (stringify!($Metric), $file::examples()) ),*]
        }
    };
}

// Every metric but the loss. To add one: write its file, add it here. A file without `examples()` does not
// compile.
metrics! { accuracy::Accuracy }

/// A number that says how good the outputs of the head `H` are, row by row.
///
/// Its documentation says whether higher or lower is better. A metric sees each row once, in the order of the
/// data, and its value should not depend on that order; [`Evaluate::measure`] computes one.
pub trait Metric<T: Float, H: Head<T>> {
    /// The metric's name.
    const NAME: &'static str;

    /// Takes in one row: the network's values before the head's function, `[H::UNITS]`, and what the outputs are
    /// compared with. [`Activate::activate`] turns the values into outputs.
    fn observe(&mut self, logits: &[T], target: &H::Target);

    /// The value over all rows; `None` where there is none, for example without rows.
    fn finish(self) -> Option<f64>;
}

/// A network judged by data.
pub trait Evaluate: Network {
    /// Loss and accuracy on `data`, computed by the threads given.
    fn evaluate(&self, data: &Dataset<Self::Input, Self::Target>, threads: &Threads) -> Metrics {
        Metrics::of(self, &mut *boxed(DefaultLossOf::<Self>::default()), data, threads)
    }

    /// [`Evaluate::evaluate`] for each head alone, in their order: which of several has still to learn.
    fn evaluate_heads(
        &self,
        data: &Dataset<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Vec<Metrics> {
        Metrics::of_heads(self, data, threads)
    }

    /// [`Evaluate::evaluate`] by another [`loss`](crate::loss), one that fits the network's head.
    fn evaluate_with<L>(
        &self,
        loss: L,
        data: &Dataset<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Metrics
    where
        Self::Head: TrainedWith<Self::Float, L>,
    {
        Metrics::of(self, &mut *boxed(Self::Head::into_loss(loss)), data, threads)
    }

    /// The value of a [`Metric`] on `data`. The threads compute the outputs, and the metric sees them in the order
    /// of the rows, so that the bits do not depend on the number of threads.
    fn measure(
        &self,
        mut metric: impl Metric<Self::Float, Self::Head>,
        data: &Dataset<Self::Input, Self::Target>,
        threads: &Threads,
    ) -> Option<f64> {
        /// Rows whose logits are in memory at a time.
        const PORTION: usize = 4096;
        let mut memory = vec![Self::Output::zeroed(); PORTION.min(data.len())];
        for (inputs, targets) in data.inputs().chunks(PORTION).zip(data.targets().chunks(PORTION)) {
            let logits = &mut memory[..inputs.len()];
            self.logits_into(inputs, logits, threads);
            for (logits, target) in logits.iter().zip(targets) {
                metric.observe(logits.as_slice(), target);
            }
        }
        metric.finish()
    }
}

impl<N: Network> Evaluate for N {}

/// Loss and accuracy on a data set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// The mean of the rows' losses, weighted if the loss weighs them.
    pub loss: f64,
    /// The share of rows with the right answer, for heads that know right from wrong.
    pub accuracy: Option<f64>,
}

impl Metrics {
    /// Of `network` on `data`. The bits do not depend on the number of threads: the rows' losses are
    /// summed in order.
    pub(crate) fn of<N: Network>(
        network: &N,
        loss: &mut dyn DynLoss<N::Float, N::Head>,
        data: &Dataset<N::Input, N::Target>,
        threads: &Threads,
    ) -> Self {
        loss.begin_batch(data.targets());
        let loss = &*loss;
        let mut rows = vec![(N::Float::zero(), None); data.len()];
        let part = rows_per_part::<N>(data.len(), threads);
        let parts =
            data.inputs().chunks(part).zip(data.targets().chunks(part)).zip(rows.chunks_mut(part));
        threads.for_each(parts, |((inputs, targets), rows)| {
            let (mut losses, mut unused) = (Vec::new(), Vec::new());
            network.for_logits(inputs, |at, logits| {
                let count = logits.len() / N::Layers::OUTPUTS;
                let targets = &targets[at..at + count];
                losses.resize(count, N::Float::zero());
                unused.resize(logits.len(), N::Float::zero());
                loss.evaluate(LossRows {
                    logits,
                    targets,
                    scale: N::Float::one(),
                    losses: &mut losses,
                    gradient: &mut unused,
                });
                let each = logits.chunks(N::Layers::OUTPUTS).zip(targets).zip(&losses);
                for (row, ((logits, target), &loss)) in rows[at..].iter_mut().zip(each) {
                    *row = (loss, N::Head::is_right(logits, target));
                }
            });
        });
        Self::of_rows(rows.iter())
    }

    /// Of each head of `network` alone, by its default loss.
    pub(crate) fn of_heads<N: Network>(
        network: &N,
        data: &Dataset<N::Input, N::Target>,
        threads: &Threads,
    ) -> Vec<Self> {
        let heads = <N::Head as Activate<N::Float>>::INFO.count();
        let mut rows = vec![(N::Float::zero(), None); data.len() * heads];
        let part = rows_per_part::<N>(data.len(), threads);
        let parts = data.inputs().chunks(part).zip(data.targets().chunks(part));
        let parts = parts.zip(rows.chunks_mut(part * heads));
        threads.for_each(parts, |((inputs, targets), rows)| {
            network.for_logits(inputs, |at, logits| {
                let mut rows = rows[at * heads..].iter_mut();
                for (logits, target) in logits.chunks(N::Layers::OUTPUTS).zip(&targets[at..]) {
                    N::Head::by_head(logits, target, &mut |loss, right| {
                        if let Some(row) = rows.next() {
                            *row = (loss, right);
                        }
                    });
                }
            });
        });
        (0..heads).map(|head| Self::of_rows(rows.iter().skip(head).step_by(heads))).collect()
    }

    /// The mean of the rows' losses, and how many are right.
    fn of_rows<'r, T: Float>(rows: impl Iterator<Item = &'r (T, Option<bool>)> + Clone) -> Self {
        let mut accuracy = Accuracy::default();
        rows.clone().for_each(|row| accuracy.count(row.1));
        let count = rows.clone().count() as f64;
        Metrics {
            loss: rows.map(|row| row.0.as_f64()).sum::<f64>() / count,
            accuracy: accuracy.share(),
        }
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        match self.accuracy {
            Some(accuracy) => write!(f, ", accuracy {accuracy:.4}"),
            None => Ok(()),
        }
    }
}
