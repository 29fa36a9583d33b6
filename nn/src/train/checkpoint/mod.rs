//! Checkpoints: saved trainings that resume after the process has ended.

mod conditions;
mod snapshot;
mod store;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use conditions::{Conditions, Rates};
use snapshot::Unusable;
pub(super) use snapshot::{Place, Snapshot, Written};
pub(super) use store::Store;

use crate::error::{Error, Result};

/// The directory for checkpoints, and how often they are saved: see
/// [`Fit::checkpoint`](crate::Fit::checkpoint).
///
/// A directory holds one training. Each checkpoint in it is a safetensors file,
/// `step-000000120.safetensors`, that is either complete or absent. It contains the parameters, the
/// optimizer's state, the position in the order of the rows, averages, the best network, the
/// history, and the state of the observers. The last two checkpoints are retained. If the training
/// has a [`Goal`](crate::Goal), the best network is also saved in `best.safetensors`, in the format
/// that [`Checkpoint::load`](crate::Checkpoint::load) reads.
///
/// ```
/// use nn::Checkpoints;
///
/// let settings = Checkpoints::in_directory("run").every_minutes(10.0).keep(3);
/// # let _ = settings;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "pass it to `fit(…).checkpoint(…)`"]
pub struct Checkpoints {
    directory: PathBuf,
    every_steps: Option<u64>,
    every_minutes: Option<f64>,
    keep: usize,
}

impl Checkpoints {
    /// Saves in this directory, which is created if necessary, after each epoch.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Checkpoints { directory, every_steps: None, every_minutes: None, keep: 2 }
    }

    /// Also saves within an epoch, every `steps` steps.
    pub fn every_steps(self, steps: u64) -> Self {
        Checkpoints { every_steps: Some(steps), ..self }
    }

    /// Also saves within an epoch, whenever `minutes` minutes have passed since the last
    /// checkpoint.
    pub fn every_minutes(self, minutes: f64) -> Self {
        Checkpoints { every_minutes: Some(minutes), ..self }
    }

    /// Sets how many checkpoints are retained; the default is 2, so that one remains if the last is
    /// damaged.
    pub fn keep(self, count: usize) -> Self {
        Checkpoints { keep: count, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        let at_least_one = |what, found: Option<u64>, advice| match found {
            Some(0) => Err(Error::value(what, "0", "at least 1", advice)),
            _ => Ok(()),
        };
        at_least_one("steps between checkpoints", self.every_steps, "1 is after every step")?;
        at_least_one("checkpoints to keep", Some(self.keep as u64), "2 is usual")?;
        match self.every_minutes {
            Some(minutes) if !(minutes > 0.0 && minutes.is_finite()) => Err(Error::value(
                "minutes between checkpoints",
                minutes.to_string(),
                "a finite number above 0",
                "10 is usual where an epoch takes hours",
            )),
            _ => Ok(()),
        }
    }

    /// The time between two checkpoints.
    fn interval(&self) -> Option<Duration> {
        self.every_minutes.map(|minutes| Duration::from_secs_f64(minutes * 60.0))
    }
}

impl From<&str> for Checkpoints {
    fn from(directory: &str) -> Self {
        Checkpoints::in_directory(directory)
    }
}

impl From<String> for Checkpoints {
    fn from(directory: String) -> Self {
        Checkpoints::in_directory(directory)
    }
}

impl From<&Path> for Checkpoints {
    fn from(directory: &Path) -> Self {
        Checkpoints::in_directory(directory)
    }
}

impl From<&PathBuf> for Checkpoints {
    fn from(directory: &PathBuf) -> Self {
        Checkpoints::in_directory(directory)
    }
}

impl From<PathBuf> for Checkpoints {
    fn from(directory: PathBuf) -> Self {
        Checkpoints::in_directory(directory)
    }
}
