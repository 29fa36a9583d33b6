//! Events of a training, for observers.

use std::ops::ControlFlow;

use super::model::Model;
use super::report::{Epoch, Report};
use crate::error::Result;

/// An event in the training of a model.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e, M: Model> {
    /// Everything is checked, and training is about to begin.
    #[non_exhaustive]
    Begin {
        /// The model before the first step.
        model: &'e M,
        /// Number of epochs to come.
        epochs: usize,
        /// Rows per epoch.
        rows: usize,
        /// Steps in all epochs.
        steps: u64,
        /// Epochs already completed in the checkpoint that the training resumes from.
        done: usize,
        /// Rows of the next epoch already completed in it.
        done_rows: usize,
    },
    /// A step is complete.
    #[non_exhaustive]
    Step {
        /// The model after the step.
        model: &'e M,
        /// Number of the step, counted from 1 over all epochs.
        number: u64,
        /// Epoch of the step, counted from 1.
        epoch: usize,
        /// Rows in its batch.
        rows: usize,
        /// Indices of these rows in the training data.
        batch: &'e [usize],
        /// Mean loss of the batch before the step.
        loss: f64,
        /// The factor on the learning rate.
        rate: f64,
    },
    /// An epoch is complete, including its validation.
    #[non_exhaustive]
    Epoch {
        /// The model after the epoch.
        model: &'e M,
        /// Number of the epoch, counted from 1.
        number: usize,
        /// Losses and measures of the epoch.
        epoch: &'e Epoch,
        /// Whether it is the best so far, if there is a [`Goal`](super::Goal).
        is_best: bool,
    },
    /// A note to the user: that a training resumes from a checkpoint, or that one could not be
    /// written.
    #[non_exhaustive]
    Note {
        /// The note, one sentence.
        text: &'e str,
    },
    /// The training is over, also if an observer stopped it early.
    #[non_exhaustive]
    End {
        /// The trained model.
        model: &'e M,
        /// Report of the training.
        report: &'e Report,
    },
}

/// Watches a training: a closure, or a custom type that collects data.
///
/// After a step or an epoch, [`ControlFlow::Break`] ends the training; the model retains the
/// parameters of that step.
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
    /// Handles an event.
    fn observe(&mut self, event: &Event<'_, M>) -> ControlFlow<()>;

    /// A note to the user, returned once. The display shows it, and the other observers receive it
    /// as [`Event::Note`]. Called after each event.
    fn note(&mut self) -> Option<String> {
        None
    }

    /// The name under which a checkpoint saves this observer's [state](Observer::state), if the
    /// observer needs it when the training resumes. A closure has none.
    fn name(&self) -> Option<&str> {
        None
    }

    /// The state, as [`Observer::restore`] reads it.
    fn state(&self) -> String {
        String::new()
    }

    /// Restores a saved state, before [`Event::Begin`].
    ///
    /// # Errors
    ///
    /// If `state` is not a valid state.
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
