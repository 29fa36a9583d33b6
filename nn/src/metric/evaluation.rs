//! A network judged by data.

use std::fmt;

use num_traits::{One as _, Zero as _};
use tensor::threads::Threads;

use super::{Metric, Metrics, check_rows};
use crate::data::{Source, all_targets, portions};
use crate::error::Result;
use crate::head::{Activate, Head as _};
use crate::layer::Inference as _;
use crate::loss::{DefaultLoss as _, DynLoss, LossRows, TrainedWith, boxed};
use crate::network::{DefaultLossOf, Network, rows_per_part};
use crate::row::Row as _;

/// What says how good a network is.
pub trait Evaluate: Network {
    /// Loss and accuracy on `data`, computed by all threads of the process.
    ///
    /// ```
    /// use nn::prelude::*;
    /// use nn::data::{Class, Dataset};
    ///
    /// network! { struct Sign(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(vec![[-1.0], [1.0]], Class::<2>::from_labels(&[0, 1])?)?;
    /// let metrics = Sign::init(1).evaluate(&data)?;
    /// assert!(metrics.loss > 0.0 && metrics.accuracy.is_some());
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Evaluation::metrics`].
    fn evaluate(&self, data: &dyn Source<Self::Input, Self::Target>) -> Result<Metrics> {
        self.evaluation(data).metrics()
    }

    /// The same with a choice of threads, loss and metric.
    fn evaluation<'a>(
        &'a self,
        data: &'a dyn Source<Self::Input, Self::Target>,
    ) -> Evaluation<'a, Self> {
        Evaluation::of(self, data)
    }
}

impl<N: Network> Evaluate for N {}

/// An evaluation that has been described but not begun; see [`Evaluate::evaluation`].
///
/// The bits of what it finds do not depend on the number of threads.
///
/// ```
/// use nn::prelude::*;
/// use nn::data::{Class, Dataset};
/// use nn::loss::cross_entropy;
/// use nn::metric::Accuracy;
/// use nn::Threads;
///
/// network! { struct Sign(dense(1 -> 2, softmax)); }
///
/// let (sign, one) = (Sign::init(1), Threads::new(1));
/// let data = Dataset::new(vec![[-1.0], [1.0]], Class::<2>::from_labels(&[0, 1])?)?;
/// let smoothed = sign.evaluation(&data).loss(cross_entropy().label_smoothing(0.1)).metrics()?;
/// let accuracy = sign.evaluation(&data).threads(&one).measure(Accuracy::default())?;
/// assert_eq!(smoothed.accuracy, accuracy);
/// # Ok::<(), nn::Error>(())
/// ```
#[must_use = "nothing is computed before `metrics`, `heads` or `measure` is called"]
pub struct Evaluation<'a, N: Network> {
    network: &'a N,
    data: &'a dyn Source<N::Input, N::Target>,
    threads: Option<Threads>,
    loss: Option<Box<dyn DynLoss<N::Float, N::Head>>>,
}

impl<'a, N: Network> Evaluation<'a, N> {
    /// Of `network` on `data`.
    pub(crate) fn of(network: &'a N, data: &'a dyn Source<N::Input, N::Target>) -> Self {
        Evaluation { network, data, threads: None, loss: None }
    }

    /// The threads to compute with, all of the process's by default.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// Another [`loss`](crate::loss), one that fits the network's head.
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = Some(boxed(N::Head::into_loss(loss)));
        self
    }

    /// Loss and accuracy.
    ///
    /// # Errors
    ///
    /// If there are no rows, an input is not finite, or the network's head does not allow a target. If the loss is not
    /// finite, as of a network whose parameters are not.
    pub fn metrics(mut self) -> Result<Metrics> {
        let mut loss = self.loss.take().unwrap_or_else(|| boxed(DefaultLossOf::<N>::default()));
        self.metrics_by(&mut *loss)
    }

    /// [`Evaluation::metrics`] by this loss.
    pub(crate) fn metrics_by(self, loss: &mut dyn DynLoss<N::Float, N::Head>) -> Result<Metrics> {
        let Evaluation { network, data, .. } = self;
        let threads = self.checked()?;
        loss.begin_batch(&all_targets(data, &threads)?);
        let loss = &*loss;
        let mut all = vec![(N::Float::zero(), None); data.len()];
        portions(data, &threads, |start, inputs, targets| {
            let part = rows_per_part::<N>(inputs.len(), &threads);
            let rows = &mut all[start..][..inputs.len()];
            let parts = inputs.chunks(part).zip(targets.chunks(part)).zip(rows.chunks_mut(part));
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
            Ok(())
        })?;
        Metrics::of_rows(all.iter()).finite()
    }

    /// Loss and accuracy of each head alone, in their order and by their default losses: which of several has still to
    /// learn.
    ///
    /// # Errors
    ///
    /// As [`Evaluation::metrics`].
    pub fn heads(self) -> Result<Vec<Metrics>> {
        let Evaluation { network, data, .. } = self;
        let threads = self.checked()?;
        let heads = <N::Head as Activate<N::Float>>::INFO.count();
        let mut all = vec![(N::Float::zero(), None); data.len() * heads];
        portions(data, &threads, |start, inputs, targets| {
            let rows = &mut all[start * heads..][..inputs.len() * heads];
            let part = rows_per_part::<N>(inputs.len(), &threads);
            let parts = inputs.chunks(part).zip(targets.chunks(part));
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
            Ok(())
        })?;
        let of_head = |head| Metrics::of_rows(all.iter().skip(head).step_by(heads));
        (0..heads).map(|head| of_head(head).finite()).collect()
    }

    /// The value of a [`Metric`]; `None` where that has none. The threads compute the outputs, and the metric sees them
    /// in the order of the rows.
    ///
    /// # Errors
    ///
    /// If there are no rows, an input is not finite, or the network's head does not allow a target.
    pub fn measure(self, mut metric: impl Metric<N::Float, N::Head>) -> Result<Option<f64>> {
        /// Rows whose logits are in memory at a time.
        const PORTION: usize = 4096;
        let Evaluation { network, data, .. } = self;
        let threads = self.checked()?;
        let mut memory = N::Output::zeroed_rows(PORTION.min(data.len()));
        portions(data, &threads, |_, inputs, targets| {
            for (inputs, targets) in inputs.chunks(PORTION).zip(targets.chunks(PORTION)) {
                let logits = &mut memory[..inputs.len()];
                network.logits_into(inputs, logits, &threads);
                for (logits, target) in logits.iter().zip(targets) {
                    metric.observe(logits.as_slice(), target);
                }
            }
            Ok(())
        })?;
        Ok(metric.finish())
    }

    /// The threads, if the data can be used.
    fn checked(self) -> Result<Threads> {
        let threads = self.threads.unwrap_or_default();
        check_rows::<N>("", self.data, &threads)?;
        Ok(threads)
    }
}

/// What it is of and by which loss, not the numbers.
impl<N: Network> fmt::Debug for Evaluation<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("network", &N::NAME)
            .field("rows", &self.data.len())
            .field("loss", &self.loss)
            .finish_non_exhaustive()
    }
}
