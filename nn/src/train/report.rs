//! The report of a training.

use std::fmt;
use std::time::Duration;

use super::goal::Best;
use super::times::exact;
use crate::metric::Metrics;

/// The report of a training, epoch by epoch.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// One entry per epoch, in order, including the epochs before the checkpoint that the training
    /// resumed from.
    pub epochs: Vec<Epoch>,
    /// The best epoch, if there is a [`Goal`](crate::Goal).
    pub best: Option<Best>,
    /// Whether [`Fit::early_stopping`](crate::Fit::early_stopping) ended the training.
    pub stopped_early: bool,
}

/// Losses and measures of one epoch.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// Mean loss over the training rows, each computed before the step that used the row.
    pub loss: f64,
    /// Metrics on the validation data after the epoch, if there are validation data.
    pub validation: Option<Metrics>,
    /// Values added by [`Fit::measure`](crate::Fit::measure), in that order; `None` if there is no
    /// value.
    pub measured: Vec<(String, Option<f64>)>,
    /// Wall time in seconds, validation included.
    pub seconds: f64,
}

impl Epoch {
    /// The value that [`Fit::measure`](crate::Fit::measure) added under this name.
    pub fn measured(&self, name: &str) -> Option<f64> {
        self.measured.iter().find(|(measured, _)| measured == name)?.1
    }
}

impl Report {
    /// The last epoch.
    ///
    /// # Panics
    ///
    /// If there are no epochs.
    #[track_caller]
    pub fn last(&self) -> &Epoch {
        match self.epochs.last() {
            Some(epoch) => epoch,
            None => panic!("report: found no epochs, expected at least one"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds: f64 = self.epochs.iter().map(|epoch| epoch.seconds).sum();
        let count = self.epochs.len();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} epoch{plural} in {}", exact(Duration::from_secs_f64(seconds)))?;
        if let Some(last) = self.epochs.last() {
            write!(f, ": training loss {:.4}", last.loss)?;
            if let Some(validation) = last.validation {
                write!(f, ", validation {validation}")?;
            }
        }
        match &self.best {
            Some(best) => write!(f, "; best: {best}"),
            None => Ok(()),
        }
    }
}
