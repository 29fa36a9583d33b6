//! A model in training that falls back to its last completed epoch, or to the best one.

use super::failure::Failure;
use super::model::Model;
use crate::error::Error;

/// A model that is given back as its last completed epoch left it, or as the best one did, if training ends in the middle
/// of another: by an error, or by a panic.
pub(super) struct Completed<'m, M: Model> {
    model: &'m mut M,
    /// What is given back: parameters after the last completed epoch.
    flat: Vec<M::Float>,
    origin: Origin,
    /// The best epoch's number and parameters, once there is one that is kept.
    best: Option<(usize, Vec<M::Float>)>,
    /// Whether they may differ from the model's.
    has_begun: bool,
}

/// What the parameters that are given back are.
enum Origin {
    First,
    Checkpoint,
    Epoch(usize),
}

impl<'m, M: Model> Completed<'m, M> {
    /// Before the first epoch.
    pub(super) fn new(model: &'m mut M) -> Self {
        let flat = model.flat().to_vec();
        Completed { model, flat, origin: Origin::First, best: None, has_begun: false }
    }

    /// The model, to look at.
    pub(super) fn model(&self) -> &M {
        self.model
    }

    /// The model in an epoch.
    pub(super) fn in_epoch(&mut self) -> &mut M {
        self.has_begun = true;
        self.model
    }

    /// The model is that of a checkpoint, after so many epochs.
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

    /// The best parameters, if they are kept.
    pub(super) fn best(&self) -> Option<&[M::Float]> {
        self.best.as_ref().map(|(_, flat)| &flat[..])
    }

    /// The training has ended: the model is what is to be given back.
    pub(super) fn finish(&mut self) {
        let flat = self.best.as_ref().map_or(&self.flat, |(_, flat)| flat);
        self.model.flat_mut().copy_from_slice(flat);
        self.has_begun = false;
    }

    /// Gives the model back; the error says as what.
    pub(super) fn give_back(self, failure: Failure) -> Error {
        let kind = match (&self.best, &self.origin) {
            (Some((epoch, _)), _) => format!("that of epoch {epoch}, the best"),
            (None, Origin::Epoch(epoch)) => format!("that of epoch {epoch}"),
            (None, Origin::Checkpoint) => "as the checkpoint left it".into(),
            (None, Origin::First) => return failure.saying("the network has its first weights"),
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
