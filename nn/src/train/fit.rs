//! The training loop: epochs of shuffled minibatches, watched and reported.

use std::fmt;
use std::time::Instant;

use tensor::Float;
use tensor::threads::Threads;

use super::Trainer;
use super::division::Division;
use super::progress::{EpochSummary, Progress};
use crate::data::{Batches, Dataset, Minibatch};
use crate::error::{Error, InvalidRows, Result};
use crate::head::{Activate as _, Head};
use crate::layer::Layer;
use crate::loss::{DynLoss, TrainedWith, boxed};
use crate::metric::Metrics;
use crate::network::{DefaultLossOf, Network};
use crate::optim::schedule;
use crate::optim::{Adam, Optimizer};

pub use super::progress::Show;

/// Trains `network` on `data`: 10 epochs of batches of 64 with Adam at 1e-3, unless told otherwise.
///
/// ```
/// use nn::{Show, fit, network};
/// use nn::data::{Class, Dataset};
///
/// network! { pub struct Xor(dense(2 -> 8, tanh), dense(2, softmax)); }
///
/// let inputs = vec![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
/// let data = Dataset::new(inputs, Class::<2>::from_labels(&[0, 1, 1, 0])?)?;
/// let mut xor = Xor::init(1);
/// let report = fit(&mut xor, &data).epochs(200).batch_size(4).learning_rate(0.05).show(Show::Nothing).run()?;
/// assert!(report.last().loss < 0.1);
/// assert!(xor.predict(&[1.0, 0.0])[1] > 0.9);
/// # Ok::<(), nn::Error>(())
/// ```
pub fn fit<'a, N: Network>(
    network: &'a mut N,
    data: &'a Dataset<N::Input, N::Target>,
) -> Fit<'a, N, Adam> {
    Fit {
        network,
        data,
        validation: None,
        optimizer: Adam::new(1e-3),
        loss: boxed(DefaultLossOf::<N>::default()),
        epochs: 10,
        batch_size: 64,
        seed: 0,
        threads: None,
        schedule: Box::new(schedule::constant),
        show: Show::Auto,
    }
}

/// A training that has been described but not begun; see [`fit`].
#[must_use = "nothing is trained before `run` is called"]
pub struct Fit<'a, N: Network, O> {
    network: &'a mut N,
    data: &'a Dataset<N::Input, N::Target>,
    validation: Option<&'a Dataset<N::Input, N::Target>>,
    optimizer: O,
    loss: Box<dyn DynLoss<N::Float, N::Head>>,
    epochs: usize,
    batch_size: usize,
    seed: u64,
    threads: Option<Threads>,
    schedule: Schedule,
    show: Show,
}

/// From the share of the training that is over to a factor on the learning rate.
type Schedule = Box<dyn Fn(f64) -> f64>;

impl<N: Network> Fit<'_, N, Adam> {
    /// Adam with this learning rate.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.optimizer.learning_rate = learning_rate;
        self
    }
}

impl<'a, N: Network, O: Optimizer<N::Float>> Fit<'a, N, O> {
    /// Data that are not trained on, to be measured after every epoch.
    pub fn validation(mut self, data: &'a Dataset<N::Input, N::Target>) -> Self {
        self.validation = Some(data);
        self
    }

    /// Another optimizer.
    pub fn optimizer<P: Optimizer<N::Float>>(self, optimizer: P) -> Fit<'a, N, P> {
        let Fit { network, data, validation, loss, epochs, batch_size, .. } = self;
        let Fit { seed, threads, schedule, show, .. } = self;
        Fit {
            network,
            data,
            validation,
            optimizer,
            loss,
            epochs,
            batch_size,
            seed,
            threads,
            schedule,
            show,
        }
    }

    /// Another [`loss`](crate::loss), one that fits the network's head. Validation uses it, too.
    ///
    /// ```
    /// use nn::data::{Class, Dataset};
    /// use nn::loss::cross_entropy;
    /// use nn::{Show, fit, network};
    ///
    /// network! { pub struct Rare(dense(1 -> 2, softmax)); }
    ///
    /// let data = Dataset::new(vec![[0.0], [1.0], [1.0], [1.0]], Class::<2>::from_labels(&[0, 1, 0, 1])?)?;
    /// let loss = cross_entropy().label_smoothing(0.1).class_weights([1.0, 2.0]);
    /// fit(&mut Rare::init(1), &data).loss(loss).show(Show::Nothing).run()?;
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn loss<L>(mut self, loss: L) -> Self
    where
        N::Head: TrainedWith<N::Float, L>,
    {
        self.loss = boxed(N::Head::into_loss(loss));
        self
    }

    /// How often every row is visited.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// How many rows make a step; the last batch of an epoch has what is left.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows;
        self
    }

    /// What the order of the rows and what dropout drops are made from. (The first weights come from the
    /// network's own seed.)
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The threads to compute with, all of the process's by default. They change the time, not the
    /// result.
    pub fn threads(mut self, threads: &Threads) -> Self {
        self.threads = Some(threads.clone());
        self
    }

    /// How the learning rate changes: a function from the share of the training that is over, 0 to 1, to a
    /// factor, such as those in [`schedule`](crate::schedule).
    pub fn schedule(mut self, schedule: impl Fn(f64) -> f64 + 'static) -> Self {
        self.schedule = Box::new(schedule);
        self
    }

    /// What to show on standard error while training.
    pub fn show(mut self, show: Show) -> Self {
        self.show = show;
        self
    }

    /// Trains.
    ///
    /// # Errors
    ///
    /// If there are no rows, no epochs, the batch size is 0, the network's head does not allow a target
    /// (probabilities must be from 0 to 1, numbers finite), or the loss is not a finite number any more; the network is
    /// then as it was before the step where that happened.
    pub fn run(self) -> Result<Report> {
        let Fit { network, data, validation, epochs, batch_size, seed, schedule, .. } = self;
        if epochs == 0 {
            let advice = "a training without an epoch would leave the first weights as they are";
            return Err(Error::value("epochs", "0", "at least 1", advice));
        }
        check_targets::<N>("target", data)?;
        if let Some(validation) = validation {
            check_targets::<N>("validation target", validation)?;
        }
        let threads = self.threads.unwrap_or_default();
        let mut batches = Batches::new(data.len(), batch_size)?;
        if N::Layers::COUPLED {
            check_last_batch(data.len(), batch_size)?;
        }
        let mut batch = Minibatch::new();
        let mut trainer =
            Trainer::with_loss(self.optimizer, self.loss).threads(&threads).seed(seed);
        let mut progress = Progress::new(self.show, epochs, data.len());
        let steps = (epochs * batches.count()) as f64;
        let mut report = Report { epochs: Vec::new() };

        for epoch in 1..=epochs {
            let start = Instant::now();
            let mut loss_sum = 0.0;
            batches.order(epoch as u64, seed);
            for rows in &batches {
                let step_threads = Division::of::<N>(rows.len(), &threads).threads;
                batch.gather_with(&step_threads, data, rows);
                trainer.set_rate(schedule(trainer.steps() as f64 / steps));
                let loss = trainer
                    .step(network, batch.inputs(), batch.targets())
                    .map_err(|error| in_epoch(epoch, error))?
                    .as_f64();
                loss_sum += loss * rows.len() as f64;
                progress.step(rows.len(), loss);
            }
            let loss = loss_sum / data.len() as f64;
            let validation = validation.map(|data| trainer.evaluate(network, data));
            progress.epoch(&EpochSummary {
                loss,
                validation_loss: validation.map(|metrics| metrics.loss),
                accuracy: validation.and_then(|metrics| metrics.accuracy),
            });
            let seconds = start.elapsed().as_secs_f64();
            report.epochs.push(Epoch { loss, validation, seconds });
        }
        Ok(report)
    }
}

/// Refuses targets that the network's head does not allow.
fn check_targets<N: Network>(noun: &str, data: &Dataset<N::Input, N::Target>) -> Result<()> {
    let Some(wrong) = InvalidRows::among(data.targets(), N::Head::refuses) else { return Ok(()) };
    Err(Error::value(
        wrong.what(noun),
        wrong.found(noun),
        N::Head::ALLOWED,
        format!("{} ends in {}: correct these rows or leave them out", N::NAME, N::Head::NAME),
    ))
}

/// Refuses a batch size that leaves a last batch of one row, which batch norm cannot train with.
fn check_last_batch(rows: usize, batch_size: usize) -> Result<()> {
    let is_one = |size: usize| size == 1 || rows % size == 1;
    if !is_one(batch_size) {
        return Ok(());
    }
    let advice = match (2..batch_size.min(rows)).rev().find(|&size| !is_one(size)) {
        Some(size) => format!("; {size} would do"),
        None => String::new(),
    };
    Err(Error::value(
        "batch size",
        format!("{batch_size}, which leaves a batch of 1 of {rows} rows"),
        "batches of at least 2 rows",
        format!(
            "batch_norm trains by the mean and the variance of a batch, and one row has no variance{advice}"
        ),
    ))
}

/// The same error, saying in which epoch it was.
fn in_epoch(epoch: usize, error: Error) -> Error {
    match error {
        Error::Value { what, found, expected, advice } => {
            Error::Value { what, found: format!("{found} (epoch {epoch})"), expected, advice }
        }
        other => other,
    }
}

/// How training went.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One entry an epoch, in order.
    pub epochs: Vec<Epoch>,
}

/// How one epoch went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// The mean loss of the training rows, each measured before the step it took part in.
    pub loss: f64,
    /// On the validation data after the epoch, if there are any.
    pub validation: Option<Metrics>,
    /// Wall time, validation included.
    pub seconds: f64,
}

impl Report {
    /// The last epoch.
    ///
    /// # Panics
    ///
    /// If there was none.
    #[track_caller]
    pub fn last(&self) -> &Epoch {
        match self.epochs.last() {
            Some(epoch) => epoch,
            None => panic!("report: there was no epoch"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds: f64 = self.epochs.iter().map(|epoch| epoch.seconds).sum();
        write!(f, "{} epochs in {seconds:.1} s", self.epochs.len())?;
        if let Some(last) = self.epochs.last() {
            write!(f, ": training loss {:.4}", last.loss)?;
            if let Some(validation) = last.validation {
                write!(f, ", validation {validation}")?;
            }
        }
        Ok(())
    }
}
