//! Why a training does not go on.

use num_traits::Float as _;
use tensor::Float;

use super::memory::Memory;
use super::model::Model;
use crate::error::Error;

/// Why a step was not taken, or what it wrote is of no use.
pub(super) enum Failure {
    /// Something was out of its range, and nothing has changed.
    Refused(Error),
    /// A number is not finite. What becomes of the network is for the caller to say.
    Diverged {
        /// The loss, or a tensor.
        what: String,
        /// The number, and when.
        found: String,
        /// Whether it is among the parameters already.
        written: bool,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Refused(error)
    }
}

impl Failure {
    /// Of an evaluation between two epochs: what it says of a loss is due to the steps before.
    pub(super) fn after_steps(error: Error) -> Self {
        match error {
            Error::Diverged { what, found, .. } => Failure::Diverged { what, found, written: true },
            error => Failure::Refused(error),
        }
    }

    /// The same of what was computed for this part of a step.
    pub(super) fn of(self, part: &str) -> Self {
        match self {
            Failure::Refused(error) => Failure::Refused(error),
            Failure::Diverged { what, found, written } => {
                Failure::Diverged { what: format!("{what} for {part}"), found, written }
            }
        }
    }

    /// A loss before a step.
    pub(super) fn loss(loss: impl Float, step: u64) -> Self {
        let found = format!("{loss} at step {step}");
        Failure::Diverged { what: "loss".into(), found, written: false }
    }

    /// What step number `step` has written into a model and into the memory for these `names`.
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
        // An optimizer that says so of itself and shows no number
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
                self.saying("the parameters are as they were before this step")
            }
        }
    }

    /// The error that says what became of the network.
    pub(super) fn saying(self, network: &str) -> Error {
        match self {
            Failure::Refused(error) => error.advising(network),
            Failure::Diverged { what, found, .. } => {
                let advice = format!(
                    "{network}; check that all inputs and targets are finite and scaled to about 1, and try a \
                     smaller learning rate"
                );
                Error::diverged(what, found, advice)
            }
        }
    }
}
