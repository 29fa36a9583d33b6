//! Failures that end a training.

use num_traits::Float as _;
use tensor::Float;

use super::memory::Memory;
use super::model::Model;
use crate::error::Error;

/// Why a step was not taken, or why its result is useless.
pub(super) enum Failure {
    /// A value was out of range; nothing has changed.
    Refused(Error),
    /// A number is not finite. The caller says what happened to the network.
    Diverged {
        /// The loss, or a tensor's name.
        what: String,
        /// The number, and the step.
        found: String,
        /// Whether the number is already among the parameters.
        written: bool,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

impl Failure {
    /// A failed evaluation between two epochs; a loss that is not finite is due to the steps
    /// before.
    pub(super) fn after_steps(error: Error) -> Self {
        match error {
            Error::Diverged { what, found, .. } => Failure::Diverged { what, found, written: true },
            error => Failure::Refused(error),
        }
    }

    /// The same failure for this part of a step.
    pub(super) fn of(self, part: &str) -> Self {
        match self {
            Failure::Refused(error) => Failure::Refused(error),
            Failure::Diverged { what, found, written } => {
                Failure::Diverged { what: format!("{what} for {part}"), found, written }
            }
        }
    }

    /// A loss that is not finite, before a step.
    pub(super) fn loss(loss: impl Float, step: u64) -> Self {
        let found = format!("{loss} at step {step}");
        Failure::Diverged { what: "loss".into(), found, written: false }
    }

    /// A number that step `step` wrote to a model or to the state with these `names`, and that is
    /// not finite.
    pub(super) fn written<M: Model>(
        model: &M,
        memory: &Memory<M::Float>,
        names: &'static [&'static str],
        step: u64,
    ) -> Self {
        let wrong = memory.tensors.iter().find_map(|tensor| {
            let wrong = model.flat()[tensor.range()].iter().find(|x| !x.is_finite())?;
            Some((tensor.name.clone(), wrong.to_string()))
        });
        let wrong = wrong.or_else(|| memory.first_wrong(names));
        // The optimizer reports it without a number.
        let (what, found) = wrong.unwrap_or_else(|| ("parameters".into(), "not all finite".into()));
        Failure::Diverged { what, found: format!("{found} after step {step}"), written: true }
    }

    /// The error of a single step.
    pub(super) fn in_a_step(self) -> Error {
        match self {
            Failure::Refused(error) => error,
            Failure::Diverged { written: true, .. } => {
                self.saying("the parameters are lost: go back to a copy of them")
            }
            Failure::Diverged { written: false, .. } => {
                self.saying("the parameters are unchanged by this step")
            }
        }
    }

    /// The error with a statement of what happened to the network.
    pub(super) fn saying(self, network: &str) -> Error {
        match self {
            Failure::Refused(error) => error.advising(network),
            Failure::Diverged { what, found, .. } => {
                let advice = format!(
                    "{network}; check that all inputs and targets are finite and scaled to about \
                     1, and try a smaller learning rate"
                );
                Error::diverged(what, found, advice)
            }
        }
    }
}
