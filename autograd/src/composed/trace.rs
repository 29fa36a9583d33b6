//! The trace: the sum of a matrix's diagonal.
//!
//! y  = Σ x[i, i]: `diag`, then `sum`

use tensor::Float;

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// The sum of the elements on the main diagonal of a matrix: a scalar.
    ///
    /// # Errors
    ///
    /// If there are not two axes.
    pub fn trace(self) -> Result<Self> {
        let shape = self.shape();
        if shape.len() != 2 {
            return Err(Error::invalid("trace", format!("{shape:?}: expected a matrix")));
        }
        self.diag(0)?.sum()
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("trace", |given| given.x(0).trace())]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn only_a_matrix_has_one() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        assert_eq!(x.trace().unwrap().value().item(), Ok(5.0));
        let vector = tape.constant(Tensor::from([1.0]));
        assert_eq!(vector.trace().unwrap_err().to_string(), "trace: [1]: expected a matrix");
    }
}
