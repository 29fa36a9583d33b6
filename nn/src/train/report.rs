//! How a training went.

use std::fmt;
use std::time::Duration;

use super::goal::Best;
use super::times::exact;
use crate::metric::Metrics;

/// How training went.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// One entry an epoch, in order; those before a checkpoint that it went on from included.
    pub epochs: Vec<Epoch>,
    /// The best epoch, where there is a [`Goal`](crate::Goal).
    pub best: Option<Best>,
    /// Whether [`Fit::early_stopping`](crate::Fit::early_stopping) ended it.
    pub stopped_early: bool,
}

/// How one epoch went.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Epoch {
    /// The mean loss of the training rows, each measured before the step it took part in.
    pub loss: f64,
    /// On the validation data after the epoch, if there are any.
    pub validation: Option<Metrics>,
    /// What [`Fit::measure`](crate::Fit::measure) has added, in that order; `None` where there is no value.
    pub measured: Vec<(String, Option<f64>)>,
    /// Wall time, validation included.
    pub seconds: f64,
}

impl Epoch {
    /// What was measured under this name by [`Fit::measure`](crate::Fit::measure).
    pub fn measured(&self, name: &str) -> Option<f64> {
        self.measured.iter().find(|(measured, _)| measured == name)?.1
    }
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
