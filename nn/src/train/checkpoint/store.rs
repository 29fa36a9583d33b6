//! The directory of a training's checkpoints.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tensor::Float;

use super::{Checkpoints, Snapshot, Unusable, Written};
use crate::error::{Error, Result};
use crate::file::save_with_texts;
use crate::parameters::NamedTensor;
use crate::train::clock::Clock;

const PREFIX: &str = "step-";
const SUFFIX: &str = ".safetensors";
const BEST: &str = "best.safetensors";

/// The checkpoints of a training.
#[derive(Debug)]
pub(crate) struct Store {
    settings: Checkpoints,
    /// Time since the last checkpoint.
    clock: Clock,
}

impl Store {
    /// Opens the directory of the settings; a process that writes creates it if necessary.
    pub(crate) fn open(settings: Checkpoints, writes: bool) -> Result<Self> {
        settings.check()?;
        let directory = &settings.directory;
        if writes {
            fs::create_dir_all(directory)
                .map_err(|error| Error::io("make the directory", directory, error))?;
        }
        Ok(Store { settings, clock: Clock::start() })
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.settings.directory
    }

    /// The newest readable checkpoint, with its path. `pass_over` receives the reasons for skipping
    /// others.
    pub(crate) fn newest<T: Float>(
        &self,
        architecture: &str,
        tensors: &[NamedTensor],
        mut pass_over: impl FnMut(Error),
    ) -> Result<Option<(PathBuf, Snapshot<T>)>> {
        let mut steps = self.steps()?;
        let count = steps.len();
        while let Some(step) = steps.pop() {
            let path = self.path(step);
            match Snapshot::load(&path, architecture, tensors) {
                Ok(snapshot) => return Ok(Some((path, snapshot))),
                Err(Unusable::Damaged(error)) => pass_over(error),
                Err(Unusable::OfAnother(error)) => return Err(error),
            }
        }
        match count {
            0 => Ok(None),
            _ => Err(Error::file(
                self.directory(),
                "checkpoints",
                format!("{count}, of which none can be used"),
                "one that is complete and of this model",
                "the reasons are listed above; to start over, remove them or train into another \
                 directory",
            )),
        }
    }

    /// Whether a checkpoint is due within an epoch after `step` steps, the last `new` of which were
    /// taken since the previous check.
    pub(crate) fn is_due(&self, step: u64, new: u64) -> bool {
        let by_steps =
            self.settings.every_steps.is_some_and(|every| step / every > (step - new) / every);
        let by_time = self.settings.interval().is_some_and(|every| self.clock.elapsed() >= every);
        by_steps || by_time
    }

    /// Writes a checkpoint, and removes those that are no longer retained.
    pub(crate) fn save<T: Float>(&mut self, written: &Written<'_, T>) -> Result<()> {
        let step = written.trainer.steps;
        written.save(&self.path(step))?;
        self.clock = Clock::start();
        let mut steps = self.steps()?;
        // Later checkpoints belong to a training that was abandoned for an earlier state.
        steps.retain(|&other| other <= step);
        let too_many = steps.len().saturating_sub(self.settings.keep);
        for &old in &steps[..too_many] {
            let path = self.path(old);
            fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
        }
        Ok(())
    }

    /// Writes the best network.
    pub(crate) fn save_best<T: Float>(
        &self,
        network: &str,
        architecture: &str,
        texts: &[(&str, String)],
        tensors: &[NamedTensor],
        flat: &[T],
    ) -> Result<()> {
        let parts = tensors
            .iter()
            .map(|tensor| (tensor.name.clone(), tensor.shape.clone(), &flat[tensor.range()]));
        let parts: Vec<_> = parts.collect();
        save_with_texts(&self.directory().join(BEST), network, architecture, texts, &parts)
    }

    fn path(&self, step: u64) -> PathBuf {
        self.directory().join(format!("{PREFIX}{step:09}{SUFFIX}"))
    }

    /// The steps that have checkpoints, in order.
    fn steps(&self) -> Result<Vec<u64>> {
        let directory = self.directory();
        let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| Error::io("read", directory, error))?;
        let mut steps: Vec<u64> = entries
            .iter()
            .filter_map(|entry| {
                let name = entry.file_name();
                name.to_str()?.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?.parse().ok()
            })
            .collect();
        steps.sort_unstable();
        Ok(steps)
    }
}
