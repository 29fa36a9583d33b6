//! Conversions from and to matrices and vectors of `nalgebra`, which are column-major.

use nalgebra::{DMatrix, DMatrixView, DVector, Dyn};

use crate::error::{Error, Result};
use crate::float::Float;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// `[rows, columns]`, in the matrix's memory.
///
/// ```
/// use nalgebra::DMatrix;
/// use tensor::Tensor;
///
/// let matrix = DMatrix::from_row_slice(2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// let tensor = Tensor::from(matrix);
/// assert_eq!(tensor.slice(0, 1..2)?.to_vec(), [4.0, 5.0, 6.0]);
/// # Ok::<(), tensor::Error>(())
/// ```
impl<T: Float> From<DMatrix<T>> for Tensor<T> {
    fn from(matrix: DMatrix<T>) -> Self {
        let (rows, columns) = matrix.shape();
        let strides = Shape::from([1, rows]);
        Tensor::adopted(matrix.data.into(), Shape::from([rows, columns]), strides, 0)
    }
}

/// One axis, in the vector's memory.
impl<T: Float> From<DVector<T>> for Tensor<T> {
    fn from(vector: DVector<T>) -> Self {
        let count = vector.len();
        Tensor::adopted(vector.data.into(), Shape::from([count]), Shape::from([1]), 0)
    }
}

/// A view of the elements of a tensor with two axes, in place.
///
/// ```
/// use nalgebra::{DMatrixView, Dyn};
/// use tensor::Tensor;
///
/// let tensor = Tensor::from([[2.0, 0.0], [1.0, 4.0]]);
/// let matrix = DMatrixView::<f64, Dyn, Dyn>::try_from(&tensor)?;
/// assert_eq!(matrix.determinant(), 8.0);
/// # Ok::<(), tensor::Error>(())
/// ```
impl<'a, T: Float> TryFrom<&'a Tensor<T>> for DMatrixView<'a, T, Dyn, Dyn> {
    type Error = Error;

    fn try_from(tensor: &'a Tensor<T>) -> Result<Self> {
        let (values, shape, strides) = tensor.parts();
        let (&[rows, columns], &[down, along]) = (&shape[..], &strides[..]) else {
            return Err(Error::shape(
                "to a nalgebra matrix",
                shape,
                "a matrix has two axes; reshape the tensor",
            ));
        };
        // Without elements any stride would do, but nalgebra requires these.
        let (down, along) = match tensor.is_empty() {
            true => (usize::from(rows == 0), usize::from(columns == 0)),
            false => (down, along),
        };
        Ok(DMatrixView::from_slice_with_strides(values, rows, columns, down, along))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_taken_over_and_lent() {
        let matrix = DMatrix::from_fn(3, 5, |i, j| (10 * i + j) as f32);
        let place = matrix.as_slice().as_ptr();
        let tensor = Tensor::from(matrix.clone_owned());
        assert_eq!(tensor.shape(), [3, 5]);
        assert_eq!(tensor.get(&[2, 4]), Some(24.0));
        let tensor = Tensor::from(matrix);
        assert_eq!(tensor.transpose().unwrap().values().as_ptr(), place);
        for part in [
            tensor.clone(),
            tensor.transpose().unwrap(),
            tensor.slice(1, 1..4).unwrap(),
            tensor.contiguous(),
        ] {
            let view = DMatrixView::<f32, Dyn, Dyn>::try_from(&part).unwrap();
            assert_eq!(view.shape(), (part.shape()[0], part.shape()[1]));
            assert_eq!(view.as_ptr(), part.parts().0.as_ptr());
            assert_eq!(view.transpose().as_slice(), part.to_vec());
        }
        let vector = Tensor::from(DVector::from_vec(vec![1.0_f64, 2.0, 3.0]));
        assert_eq!(vector.values(), [1.0, 2.0, 3.0]);
    }

    #[test]
    fn without_elements_or_with_other_axes() {
        for shape in [[0, 3], [3, 0], [0, 0]] {
            let tensor = Tensor::from(DMatrix::<f32>::zeros(shape[0], shape[1]));
            assert_eq!(tensor.shape(), shape);
            let view = DMatrixView::<f32, Dyn, Dyn>::try_from(&tensor).unwrap();
            assert_eq!(view.shape(), (shape[0], shape[1]));
        }
        let wide = Tensor::from([[1.0], [2.0]]).broadcast_to([2, 3]).unwrap();
        let view = DMatrixView::<f64, Dyn, Dyn>::try_from(&wide).unwrap();
        assert_eq!(view.row(1).sum(), 6.0);
        let error = DMatrixView::<f32, Dyn, Dyn>::try_from(&Tensor::ones([2])).unwrap_err();
        assert_eq!(
            error.to_string(),
            "to a nalgebra matrix: [2]: a matrix has two axes; reshape the tensor"
        );
    }
}
