//! What happens in a training, for whoever watches it.

use std::ops::ControlFlow;

use super::model::Model;
use super::report::{Epoch, Report};
use crate::error::Result;

/// What has just happened in a training of a model.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e, M: Model> {
    /// All is checked, and nothing is trained yet.
    #[non_exhaustive]
    Begin {
        /// As it is before the first step.
        model: &'e M,
        /// How many epochs are to come.
        epochs: usize,
        /// Rows in an epoch.
        rows: usize,
        /// Steps in all epochs.
        steps: u64,
        /// Epochs that a checkpoint had already.
        done: usize,
        /// Rows of the epoch after them that it had.
        done_rows: usize,
    },
    /// A step.
    #[non_exhaustive]
    Step {
        /// As the step left it.
        model: &'e M,
        /// Counted from 1 over all epochs.
        number: u64,
        /// Which epoch it belongs to, counted from 1.
        epoch: usize,
        /// Rows in its batch.
        rows: usize,
        /// Which rows of the training data they are.
        batch: &'e [usize],
        /// The mean loss of the batch, before the step.
        loss: f64,
        /// The factor on the learning rate.
        rate: f64,
    },
    /// An epoch, its validation included.
    #[non_exhaustive]
    Epoch {
        /// As the epoch left it.
        model: &'e M,
        /// Counted from 1.
        number: usize,
        /// How it went.
        epoch: &'e Epoch,
        /// Whether it is the best so far, where there is a [`Goal`](super::Goal).
        is_best: bool,
    },
    /// Something to be read: that a training goes on from a checkpoint, or that one could not be written.
    #[non_exhaustive]
    Note {
        /// A sentence.
        text: &'e str,
    },
    /// All of it, also where an observer stopped it early.
    #[non_exhaustive]
    End {
        /// The trained model.
        model: &'e M,
        /// How it went.
        report: &'e Report,
    },
}

/// Whoever watches a training: a closure, or a type of yours that collects what it sees.
///
/// After a step or an epoch [`ControlFlow::Break`] ends the training; the model keeps what it has learnt.
///
/// ```
/// use std::ops::ControlFlow::{Break, Continue};
///
/// use nn::prelude::*;
/// use nn::data::Dataset;
/// use nn::{Event, Show};
///
/// network! { struct Line(dense(1 -> 1)); }
///
/// let data = Dataset::new(vec![[0.0], [1.0]], vec![[1.0], [3.0]])?;
/// let mut line = Line::init(1);
/// let report = fit(&mut line, &data)
///     .epochs(10_000)
///     .learning_rate(0.05)
///     .show(Show::Nothing)
///     .observe(|event: &Event<'_, Line>| match event {
///         Event::Epoch { epoch, .. } if epoch.loss < 1e-6 => Break(()),
///         _ => Continue(()),
///     })
///     .run()?;
/// assert!(report.last().loss < 1e-6 && report.epochs.len() < 10_000);
/// # Ok::<(), nn::Error>(())
/// ```
pub trait Observer<M: Model> {
    /// Takes notice of what has just happened.
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()>;

    /// Something that is to be read, once: the display shows it, and the other observers see it as
    /// [`Event::Note`]. Asked for after each event.
    fn note(&mut self) -> Option<String> {
        None
    }

    /// Under which name a checkpoint keeps what this observer [has seen](Observer::state), if it has to know that where a
    /// training goes on. A closure has none.
    fn name(&self) -> Option<&str> {
        None
    }

    /// What [`Observer::restore`] needs.
    fn state(&self) -> String {
        String::new()
    }

    /// Goes on from a state, before [`Event::Begin`].
    ///
    /// # Errors
    ///
    /// If it is none.
    fn restore(&mut self, state: &str) -> Result<()> {
        let _ = state;
        Ok(())
    }
}

impl<M: Model, F: FnMut(&Event<'_, M>) -> ControlFlow<()>> Observer<M> for F {
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()> {
        self(event)
    }
}
