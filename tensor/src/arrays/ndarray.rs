//! Conversions from and to arrays of `ndarray`.

use ndarray::{Array, ArrayD, ArrayView, CowArray, Dimension, IxDyn, ShapeBuilder as _};

use crate::error::{Error, Result};
use crate::float::Float;
use crate::shape::{MOST_AXES, Shape};
use crate::tensor::Tensor;

/// The shape of an array.
fn shape(lengths: &[usize]) -> Result<Shape> {
    match lengths.len() <= MOST_AXES {
        true => Ok(Shape::from(lengths)),
        false => Err(Error::shape(
            "from an ndarray",
            lengths,
            format!("a tensor has at most {MOST_AXES} axes; reshape the array"),
        )),
    }
}

/// Takes over the array's memory, for any order of its axes. Only an array that runs backwards
/// along an axis is copied.
///
/// ```
/// use ndarray::{ShapeBuilder, array, Array2};
/// use tensor::Tensor;
///
/// let by_columns: Array2<f32> = Array2::from_shape_fn((2, 3).f(), |(i, j)| (10 * i + j) as f32);
/// let tensor = Tensor::try_from(by_columns)?;
/// assert_eq!(tensor.to_vec(), [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
/// # Ok::<(), tensor::Error>(())
/// ```
impl<T: Float, D: Dimension> TryFrom<Array<T, D>> for Tensor<T> {
    type Error = Error;

    fn try_from(array: Array<T, D>) -> Result<Self> {
        let shape = shape(array.shape())?;
        let strides: Option<Vec<usize>> =
            array.strides().iter().map(|&stride| usize::try_from(stride).ok()).collect();
        match strides {
            Some(strides) if !array.is_empty() => {
                let (values, offset) = array.into_raw_vec_and_offset();
                let strides = Shape::from(&strides[..]);
                Ok(Tensor::adopted(values, shape, strides, offset.unwrap_or(0)))
            }
            _ => Tensor::try_from(array.view()),
        }
    }
}

/// Copies the elements.
impl<T: Float, D: Dimension> TryFrom<ArrayView<'_, T, D>> for Tensor<T> {
    type Error = Error;

    fn try_from(array: ArrayView<'_, T, D>) -> Result<Self> {
        let shape = shape(array.shape())?;
        Tensor::adopt(array.iter().copied().collect(), shape)
    }
}

/// A view of the tensor's elements in place. Those of a broadcast tensor, whose elements share
/// memory, are copied.
///
/// ```
/// use ndarray::{CowArray, IxDyn};
/// use tensor::Tensor;
///
/// let tensor = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// let columns = tensor.transpose()?;
/// let array: CowArray<'_, f64, IxDyn> = (&columns).into();
/// assert!(array.is_view());
/// assert_eq!(array[[2, 1]], 6.0);
/// # Ok::<(), tensor::Error>(())
/// ```
impl<'a, T: Float> From<&'a Tensor<T>> for CowArray<'a, T, IxDyn> {
    fn from(tensor: &'a Tensor<T>) -> Self {
        let (values, shape, strides) = tensor.parts();
        let layout = IxDyn(shape).strides(IxDyn(strides));
        match ArrayView::from_shape(layout, values) {
            Ok(view) => view.into(),
            Err(_) => ArrayD::from_shape_fn(IxDyn(shape), |index| {
                tensor.get(ndarray::Dimension::slice(&index)).unwrap_or(T::nan())
            })
            .into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2, Array3, s};

    #[test]
    fn memory_is_taken_over_and_lent() {
        let array = Array2::from_shape_fn((3, 5), |(i, j)| (10 * i + j) as f32);
        let place = array.as_ptr();
        let tensor = Tensor::try_from(array).unwrap();
        assert_eq!(tensor.values().as_ptr(), place);
        let view = CowArray::from(&tensor);
        assert!(view.is_view() && view.as_ptr() == place);
        // Its elements are the same for any order of the axes, from any offset on.
        let array = Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (100 * i + 10 * j + k) as f64);
        let expected = array.clone();
        let turned = array.permuted_axes([2, 0, 1]);
        let part = turned.slice_move(s![1..4;2, .., 1..]);
        let place = part.as_ptr();
        let tensor = Tensor::try_from(part).unwrap();
        assert_eq!(tensor.shape(), [2, 2, 2]);
        for (k, i, j) in [(0, 0, 0), (1, 1, 1), (1, 0, 1)] {
            assert_eq!(tensor.get(&[k, i, j]), Some(expected[[i, j + 1, 2 * k + 1]]));
        }
        assert_eq!(tensor.parts().0.as_ptr(), place);
        assert_eq!(
            Tensor::try_from(CowArray::from(&tensor).to_owned()).unwrap().to_vec(),
            tensor.to_vec()
        );
        // The original array can be changed again, and its memory is freed as usual.
        drop(tensor + 1.0);
    }

    #[test]
    fn what_no_tensor_can_point_at_is_copied() {
        let backwards = Array1::from_vec(vec![1.0, 2.0, 3.0]).slice_move(s![..;-1]);
        assert_eq!(Tensor::try_from(backwards).unwrap().to_vec(), [3.0, 2.0, 1.0]);
        let reference = Array2::<f32>::ones((2, 2));
        assert_eq!(Tensor::try_from(reference.slice(s![.., 0])).unwrap().to_vec(), [1.0; 2]);
        let empty = Tensor::try_from(Array2::<f32>::zeros((0, 3))).unwrap();
        assert_eq!(empty.shape(), [0, 3]);
        assert_eq!(CowArray::from(&empty).shape(), [0, 3]);
        let scalar = Tensor::try_from(ndarray::arr0(2.5_f32)).unwrap();
        assert_eq!((scalar.rank(), scalar.item().unwrap()), (0, 2.5));
        let wide = Tensor::from([[1.0], [2.0]]).broadcast_to([2, 3]).unwrap();
        assert_eq!(CowArray::from(&wide).iter().copied().collect::<Vec<_>>(), wide.to_vec());
        let error = Tensor::try_from(ArrayD::<f32>::zeros(IxDyn(&[1; 9]))).unwrap_err().to_string();
        assert!(error.ends_with("a tensor has at most 8 axes; reshape the array"), "{error}");
    }
}
