//! Evaluation of a network on a data set.

use std::fmt;

use num_traits::{One as _, Zero as _};
use tensor::threads::Threads;

use super::several::see;
use super::{Metric, Metrics, Observation, check_rows};
use crate::data::{Source, all_targets, check_weights, portions, weights_of};
use crate::error::{Error, Result};
use crate::head::{Head as _, HeadFunction};
use crate::layer::Inference as _;
use crate::loss::{DefaultLoss as _, DynLoss, LossRows, TrainedWith, boxed};
use crate::network::{DefaultLossOf, Network, check_class_names, check_encoder, rows_per_part};
use crate::row::Row;

/// Loss and metrics of a network on a data set.
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

    /// An evaluation with a choice of threads, loss and metric.
    fn evaluation<'a>(
        &'a self,
        data: &'a dyn Source<Self::Input, Self::Target>,
    ) -> Evaluation<'a, Self> {
        Evaluation::of(self, data)
    }
}

impl<N: Network> Evaluate for N {}

/// The configuration of an evaluation, not started yet; see [`Evaluate::evaluation`].
///
/// The bits of its results do not depend on the number of threads.
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
    head: Option<usize>,
}

impl<'a, N: Network> Evaluation<'a, N> {
    /// An evaluation of `network` on `data`.
    pub(crate) fn of(network: &'a N, data: &'a dyn Source<N::Input, N::Target>) -> Self {
        Evaluation { network, data, threads: None, loss: None, head: None }
    }

    /// The threads to compute on; by default all of the process.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// Selects one of several heads, counted from 0, for [`measure`](Self::measure).
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::metric::{Mae, Recall};
    /// use nn::prelude::*;
    ///
    /// network! {
    ///     struct Pose { answer: heads { side: dense(2 -> 2, softmax), angle: dense(2 -> 1) } }
    /// }
    ///
    /// let data = Dataset::new(vec![[-1.0, 0.5]], vec![(Class::<2>::new(0)?, [40.0])])?;
    /// let pose = Pose::init(1);
    /// let recall = pose.evaluation(&data).head(0).measure(Recall::of_class(0))?;
    /// let error = pose.evaluation(&data).head(1).measure(Mae::default())?;
    /// assert!(recall.is_some() && error.is_some());
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn head(mut self, head: usize) -> Self {
        self.head = Some(head);
        self
    }

    /// Another [`loss`](crate::loss) that fits the network's head, for [`metrics`](Self::metrics).
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
    /// If there are no rows, an input is not finite, or the network's head does not allow a target.
    /// If the loss is not finite, as with a network whose parameters are not. If one of several
    /// heads was selected.
    pub fn metrics(mut self) -> Result<Metrics> {
        self.without_head("choose it in `measure` instead, or take it from the list of `heads`")?;
        let mut loss = self.loss.take().unwrap_or_else(|| boxed(DefaultLossOf::<N>::default()));
        self.metrics_by(&mut *loss)
    }

    /// [`Evaluation::metrics`] with this loss.
    pub(crate) fn metrics_by(self, loss: &mut dyn DynLoss<N::Float, N::Head>) -> Result<Metrics> {
        let Evaluation { network, data, .. } = self;
        let threads = self.checked()?;
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        loss.begin_batch(&all_targets(data, &threads)?, &weights);
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
                        smoothing: 1.0,
                    });
                    let each = logits.chunks(N::Layers::OUTPUTS).zip(targets).zip(&losses);
                    for (row, ((logits, target), &loss)) in rows[at..].iter_mut().zip(each) {
                        *row = (loss, N::Head::is_right(logits, target));
                    }
                });
            });
            Ok(())
        })?;
        Metrics::of_rows(all.iter(), &weights).finite()
    }

    /// Loss and accuracy of each head alone, in their order and with their default losses.
    ///
    /// # Errors
    ///
    /// As [`Evaluation::metrics`]. If a loss was set: a loss over all heads does not apply to a
    /// single one.
    pub fn heads(self) -> Result<Vec<Metrics>> {
        self.without_loss("the loss of a head alone is its default: leave `loss` out")?;
        self.without_head("this is a list of all of them: leave `head` out")?;
        let Evaluation { network, data, .. } = self;
        let threads = self.checked()?;
        let heads = <N::Head as HeadFunction<N::Float>>::INFO.count();
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
        let mut weights = Vec::new();
        weights_of(data, 0..data.len(), &mut weights);
        let of_head = |head| Metrics::of_rows(all.iter().skip(head).step_by(heads), &weights);
        (0..heads).map(|head| of_head(head).finite()).collect()
    }

    /// The value of a [`Metric`], or of a tuple of metrics.
    ///
    /// The threads compute the outputs, and the metric sees the rows in their order.
    ///
    /// ```
    /// use nn::data::Dataset;
    /// use nn::metric::{Mae, R2, Residuals};
    /// use nn::prelude::*;
    ///
    /// network! { struct Line(dense(1 -> 1)); }
    ///
    /// let data = Dataset::new(vec![[0.0], [1.0], [2.0]], vec![[1.0], [3.0], [5.0]])?;
    /// let (mae, r2, residuals) = Line::init(1).evaluation(&data).measure((
    ///     Mae::default(),
    ///     R2::default(),
    ///     Residuals::default(),
    /// ))?;
    /// println!("{mae:?} {r2:?}\n{residuals}");
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there are no rows, an input is not finite, or the network's head does not allow a target.
    /// If the metric does not fit the head, or an output that it reads is not finite. If a loss was
    /// set, which no metric has, or a head was selected that does not exist.
    pub fn measure<M: Metric>(self, mut metric: M) -> Result<M::Value> {
        /// Rows whose outputs are in memory at a time.
        const PORTION: usize = 4096;
        self.without_loss("a metric has no loss: leave `loss` out, or call `metrics`")?;
        let heads = <N::Head as HeadFunction<N::Float>>::INFO.count();
        let Evaluation { network, data, head, .. } = self;
        if let Some(head) = head.filter(|&head| head >= heads) {
            let expected = format!("a number below {heads}, the number of heads of {}", N::NAME);
            return Err(Error::value(
                "head",
                head.to_string(),
                expected,
                "heads are counted from 0",
            ));
        }
        let threads = self.checked()?;
        let (mut logits, mut outputs) = (Vec::new(), Vec::new());
        let mut observation = Observation::default();
        portions(data, &threads, |mut row, inputs, targets| {
            for (inputs, targets) in inputs.chunks(PORTION).zip(targets.chunks(PORTION)) {
                if logits.len() < inputs.len() {
                    logits = N::Output::zeroed_rows(inputs.len());
                    outputs = N::Output::zeroed_rows(inputs.len());
                }
                let (logits, outputs) = (&mut logits[..inputs.len()], &mut outputs[..inputs.len()]);
                network.logits_into(inputs, logits, &threads);
                outputs.copy_from_slice(logits);
                N::Head::activate(Row::flatten_mut(outputs));
                for ((z, y), target) in logits.iter().zip(&*outputs).zip(targets) {
                    let (z, y) = (z.as_slice(), y.as_slice());
                    match head {
                        Some(head) => N::Head::observation(head, z, y, target, &mut observation),
                        None => observation.write::<N::Float, N::Head>(z, y, target),
                    }
                    observation.set_weight(data.weight(row).unwrap_or(1.0));
                    see(&mut metric, &observation)?;
                    row += 1;
                }
            }
            Ok(())
        })?;
        Ok(metric.finish())
    }

    /// Rejects a loss that would otherwise be silently ignored.
    fn without_loss(&self, advice: &str) -> Result<()> {
        match &self.loss {
            Some(loss) => Err(Error::value("loss", format!("{loss:?}"), "none", advice)),
            None => Ok(()),
        }
    }

    /// Rejects a head that would otherwise be silently ignored.
    fn without_head(&self, advice: &str) -> Result<()> {
        match self.head {
            Some(head) => Err(Error::value("head", head.to_string(), "none", advice)),
            None => Ok(()),
        }
    }

    /// Returns the threads if the data can be used.
    fn checked(self) -> Result<Threads> {
        let threads = self.threads.unwrap_or_default();
        check_encoder(self.network)?;
        check_class_names(N::NAME, self.network.class_names(), "", self.data.class_names())?;
        check_weights("", self.data)?;
        check_rows::<N>("", self.data, &threads)?;
        Ok(threads)
    }
}

/// Shows the network's name, the number of rows and the loss, not the numbers.
impl<N: Network> fmt::Debug for Evaluation<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluation")
            .field("network", &N::NAME)
            .field("rows", &self.data.len())
            .field("loss", &self.loss)
            .finish_non_exhaustive()
    }
}
