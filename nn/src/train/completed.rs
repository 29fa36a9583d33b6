//! A model in training that can be restored to its last completed epoch, or to its best one.

use super::failure::Failure;
use super::model::Model;
use crate::error::Error;

/// A model whose parameters are restored to those of the last completed epoch, or of the best one,
/// if training ends within another epoch, by an error or a panic.
pub(super) struct Completed<'m, M: Model> {
    model: &'m mut M,
    /// The parameters to restore: those after the last completed epoch.
    flat: Vec<M::Float>,
    origin: Origin,
    /// Number and parameters of the best epoch, once there is one and it is saved.
    best: Option<(usize, Vec<M::Float>)>,
    /// Whether the saved parameters may differ from the model's.
    has_begun: bool,
}

/// Origin of the saved parameters.
enum Origin {
    First,
    Checkpoint,
    Epoch(usize),
}

impl<'m, M: Model> Completed<'m, M> {
    /// Starts before the first epoch.
    pub(super) fn new(model: &'m mut M) -> Self {
        let flat = model.flat().to_vec();
        Completed { model, flat, origin: Origin::First, best: None, has_begun: false }
    }

    /// The model, read-only.
    pub(super) fn model(&self) -> &M {
        self.model
    }

    /// The model within an epoch, mutable.
    pub(super) fn in_epoch(&mut self) -> &mut M {
        self.has_begun = true;
        self.model
    }

    /// The model is restored from a checkpoint after this many epochs.
    pub(super) fn resumed(&mut self, epochs: usize, best: Option<(usize, Vec<M::Float>)>) {
        self.flat.copy_from_slice(self.model.flat());
        self.best = best;
        self.origin = match epochs {
            0 => Origin::Checkpoint,
            epoch => Origin::Epoch(epoch),
        };
    }

    /// Epoch number `epoch` is complete.
    pub(super) fn complete(&mut self, epoch: usize) {
        self.flat.copy_from_slice(self.model.flat());
        self.origin = Origin::Epoch(epoch);
        self.has_begun = false;
    }

    /// The completed epoch is the best.
    pub(super) fn keep_best(&mut self, epoch: usize) {
        match &mut self.best {
            Some(best) => {
                best.0 = epoch;
                best.1.copy_from_slice(&self.flat);
            }
            None => self.best = Some((epoch, self.flat.clone())),
        }
    }

    /// The best parameters, if they are saved.
    pub(super) fn best(&self) -> Option<&[M::Float]> {
        self.best.as_ref().map(|(_, flat)| &flat[..])
    }

    /// Ends the training: the model now has the parameters to return.
    pub(super) fn finish(&mut self) {
        let flat = self.best.as_ref().map_or(&self.flat, |(_, flat)| flat);
        self.model.flat_mut().copy_from_slice(flat);
        self.has_begun = false;
    }

    /// Restores the model; the returned error says to which parameters.
    pub(super) fn give_back(self, failure: Failure) -> Error {
        let kind = match (&self.best, &self.origin) {
            (Some((epoch, _)), _) => format!("that of epoch {epoch}, the best"),
            (None, Origin::Epoch(epoch)) => format!("that of epoch {epoch}"),
            (None, Origin::Checkpoint) => "as the checkpoint left it".into(),
            (None, Origin::First) => return failure.saying("the network has its initial weights"),
        };
        failure.saying(&format!("the network is {kind}"))
    }
}

impl<M: Model> Drop for Completed<'_, M> {
    fn drop(&mut self) {
        if self.has_begun {
            self.finish();
        }
    }
}
