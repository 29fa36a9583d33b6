//! The tensors of a model as variables of a tape, indexed by name.

use std::cell::Cell;
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use autograd::{Tape, Var};
use tensor::random::Random;
use tensor::{Float, Tensor};

use super::tensors::Tensors;
use crate::error::Result;
use crate::layer::Pass;
use crate::parameters::NamedTensor;

/// The tensors of a [`TapeModel`](super::TapeModel) on a tape: `p["hidden.weight"]`.
///
/// # Panics
///
/// If no tensor has the name; the message lists the names.
pub struct Variables<'t, T: Float> {
    named: Arc<[NamedTensor]>,
    variables: Vec<Var<'t, T>>,
    pass: Pass,
    /// The largest rate that [`Variables::dropout`] was called with.
    dropped: Cell<Option<f64>>,
}

impl<'t, T: Float> Variables<'t, T> {
    pub(super) fn on(tape: &'t Tape<T>, tensors: &Tensors<T>, pass: Pass) -> Result<Self> {
        let named = tensors.shared();
        let variables = named.iter().map(|tensor| {
            let values = tensors.flat()[tensor.range()].to_vec();
            Ok(tape.parameter(Tensor::from_vec(values, &tensor.shape[..])?))
        });
        let variables = variables.collect::<Result<_>>()?;
        Ok(Variables { named, variables, pass, dropped: Cell::new(None) })
    }

    /// All variables, in the order of the tensors.
    pub fn all(&self) -> &[Var<'t, T>] {
        &self.variables
    }

    /// Whether this is a training pass, not an evaluation.
    pub fn is_training(&self) -> bool {
        self.pass != Pass::Evaluation
    }

    /// In training, x with each element dropped with probability `p`; otherwise x itself. `place`
    /// distinguishes the dropouts of a model.
    /// [`Fit::dropout_schedule`](crate::Fit::dropout_schedule) multiplies `p`.
    ///
    /// # Errors
    ///
    /// If `p` is not at least 0 and less than 1.
    pub fn dropout(&self, x: Var<'t, T>, p: f64, place: u64) -> autograd::Result<Var<'t, T>> {
        /// Separates these random numbers from all others with the same seed ("DROP").
        const STREAM: u64 = 0x4452_4F50_0000_0000;
        match self.pass {
            Pass::Evaluation => Ok(x),
            Pass::Training { seed, step, dropout, .. } => {
                self.dropped.set(Some(self.dropped.get().map_or(p, |most| most.max(p))));
                let of_step = Random::new(seed, STREAM ^ place).bits(step);
                x.dropout(T::of(p * dropout), Random::new(of_step, place))
            }
        }
    }

    /// The largest rate that [`Variables::dropout`] was called with in training, if any.
    pub(super) fn dropout_rate(&self) -> Option<f64> {
        self.dropped.get()
    }
}

impl<'t, T: Float> Index<&str> for Variables<'t, T> {
    type Output = Var<'t, T>;

    #[track_caller]
    fn index(&self, name: &str) -> &Var<'t, T> {
        match self.named.iter().position(|tensor| tensor.name == name) {
            Some(index) => &self.variables[index],
            None => {
                let names: Vec<&str> = self.named.iter().map(|tensor| &tensor.name[..]).collect();
                panic!("tensor `{name}`: the model has none of this name, but {}", names.join(", "))
            }
        }
    }
}

/// Shows the names.
impl<T: Float> fmt::Debug for Variables<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.named.iter().map(|tensor| &tensor.name)).finish()
    }
}
