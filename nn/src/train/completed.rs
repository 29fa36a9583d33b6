//! A model in training that falls back to its last completed epoch.

use super::failure::Failure;
use super::model::Model;
use crate::error::Error;

/// A model that is given back as its last completed epoch left it if training ends in the middle of another: by an error,
/// or by a panic.
pub(super) struct Completed<'m, M: Model> {
    model: &'m mut M,
    /// The parameters after the last completed epoch.
    flat: Vec<M::Float>,
    epochs: usize,
    /// Whether they may differ from the model's.
    has_begun: bool,
}

impl<'m, M: Model> Completed<'m, M> {
    /// Before the first epoch.
    pub(super) fn new(model: &'m mut M) -> Self {
        let flat = model.flat().to_vec();
        Completed { model, flat, epochs: 0, has_begun: false }
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

    /// Epoch number `epoch` is complete.
    pub(super) fn complete(&mut self, epoch: usize) {
        self.flat.copy_from_slice(self.model.flat());
        (self.epochs, self.has_begun) = (epoch, false);
    }

    /// Gives the model back; the error says as what.
    pub(super) fn give_back(self, failure: Failure) -> Error {
        match self.epochs {
            0 => failure.saying("the network has its first weights"),
            epoch => failure.saying(&format!("the network is that of epoch {epoch}")),
        }
    }
}

impl<M: Model> Drop for Completed<'_, M> {
    fn drop(&mut self) {
        if self.has_begun {
            self.model.flat_mut().copy_from_slice(&self.flat);
        }
    }
}
