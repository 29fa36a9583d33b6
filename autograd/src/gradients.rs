//! The result of `backward`: a gradient for each parameter.

use std::fmt;

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::recycled::Recycled;
use crate::var::Var;

/// The gradients of one value with respect to the parameters it was computed from, and to the
/// intermediate results requested by [`Var::keep_gradient`].
///
/// They belong to the caller and do not borrow the tape. Variables hold no gradients, so none have
/// to be zeroed between steps.
///
/// ```
/// use autograd::Tape;
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::from([1.0, 2.0]));
/// let y = x.square()?.keep_gradient();
/// let mut gradients = (y * 3.0).sum()?.backward()?;
/// assert_eq!(gradients.of(y)?.to_vec(), [3.0, 3.0]);
/// assert_eq!(gradients.take(x).unwrap().to_vec(), [6.0, 12.0]);
/// assert!(gradients.get(x).is_none()); // taken
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone)]
pub struct Gradients<T: Float> {
    /// See `Tape::id`.
    tape: u64,
    /// In descending order of the variables' numbers.
    kept: Recycled<Vec<(usize, Tensor<T>)>>,
}

impl<T: Float> Gradients<T> {
    /// `kept` is in descending order of the variables' numbers.
    pub(crate) fn new(tape: u64, kept: Recycled<Vec<(usize, Tensor<T>)>>) -> Self {
        Gradients { tape, kept }
    }

    /// Returns the gradient with respect to `variable`: contiguous, in its shape. `None` if there
    /// is none; [`Gradients::of`] says why.
    pub fn get(&self, variable: Var<'_, T>) -> Option<&Tensor<T>> {
        self.find(variable).map(|at| &self.kept[at].1)
    }

    /// Returns the gradient with respect to `variable`: contiguous, in its shape.
    ///
    /// # Errors
    ///
    /// If the variable is a constant, an intermediate result without [`Var::keep_gradient`], or a
    /// parameter that the differentiated value does not depend on; if it is on another tape, or its
    /// gradient was taken. The message says which.
    pub fn of(&self, variable: Var<'_, T>) -> Result<&Tensor<T>> {
        self.get(variable).ok_or_else(|| {
            let reason = if variable.tape().id() == self.tape {
                variable.tape().reason_for_none(variable.node())
            } else {
                "it is on another tape than the differentiated value"
            };
            Error::NoGradient { variable: variable.describe(), reason }
        })
    }

    /// Removes and returns the gradient with respect to `variable`; `None` if there is none.
    pub fn take(&mut self, variable: Var<'_, T>) -> Option<Tensor<T>> {
        self.find(variable).map(|at| self.kept.remove(at).1)
    }

    /// Returns the number of gradients.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether there are no gradients.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn find(&self, variable: Var<'_, T>) -> Option<usize> {
        if variable.tape().id() != self.tape {
            return None;
        }
        self.kept.binary_search_by(|(node, _)| variable.node().cmp(node)).ok()
    }
}

impl<T: Float> fmt::Debug for Gradients<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gradients ")?;
        f.debug_map()
            .entries(self.kept.iter().map(|(node, gradient)| (node, gradient.shape())))
            .finish()
    }
}
