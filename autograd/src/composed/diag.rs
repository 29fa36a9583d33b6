//! A vector as the diagonal of a matrix, and the diagonal of a matrix as a vector.
//!
//! `scatter_add` to zeros, or `index_select`, in the matrix as one row

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// For a vector, the square matrix with the vector on a diagonal and 0 elsewhere; for a matrix,
    /// its diagonal. `diagonal` is counted from the main one, 0, to the right; a diagonal outside
    /// the matrix is empty. PyTorch's and NumPy's `diag`.
    ///
    /// # Errors
    ///
    /// If there are neither one nor two axes, or the matrix would be too large.
    pub fn diag(self, diagonal: isize) -> Result<Self> {
        let away = diagonal.unsigned_abs();
        let (down, right) = if diagonal < 0 { (away, 0) } else { (0, away) };
        match self.shape()[..] {
            [length] => {
                let width = length.saturating_add(away);
                let Some(elements) = width.checked_mul(width) else {
                    let rule =
                        format!("a matrix of {width} rows has more elements than memory has bytes");
                    return Err(Error::invalid("diag", rule));
                };
                let zeros = self.tape().constant(Tensor::zeros([elements]));
                let places = places(length, width, down, right);
                zeros.scatter_add(0, &places, self)?.reshape([width, width])
            }
            [rows, columns] => {
                let length = rows.saturating_sub(down).min(columns.saturating_sub(right));
                let places = places(length, columns, down, right);
                self.reshape([rows * columns])?.index_select(0, &places)
            }
            _ => {
                let rule = format!("{:?}: expected a vector or a matrix", self.shape());
                Err(Error::invalid("diag", rule))
            }
        }
    }
}

/// The positions of a diagonal's elements in a matrix of `width` columns.
fn places(length: usize, width: usize, down: usize, right: usize) -> Vec<usize> {
    (0..length).map(|at| (down + at) * width + right + at).collect()
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![compared!("diag", |given| given.x(0).diag(given.case.integer("diagonal", 0) as isize))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn there_and_back() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([1.0, 2.0]));
        let matrix = x.diag(-1).unwrap();
        let expected = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]];
        assert_eq!(matrix.value(), Tensor::from(expected));
        let back = matrix.diag(-1).unwrap();
        assert_eq!(back.value(), x.value());
        let gradients = back.backward_with(Tensor::from([3.0, 4.0])).unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([3.0, 4.0]));
        assert_eq!(
            tape.constant(Tensor::scalar(1.0)).diag(0).unwrap_err().to_string(),
            "diag: []: expected a vector or a matrix"
        );
        assert!(x.diag(isize::MIN).is_err());
        assert_eq!(matrix.diag(isize::MIN).unwrap().shape()[..], [0]);
    }
}
