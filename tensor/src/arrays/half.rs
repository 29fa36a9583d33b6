//! Conversions between tensors of `f32` and of the 16-bit floats of the crate `half`.

use half::slice::HalfFloatSliceExt as _;
use half::{bf16, f16};

use crate::shape::Shape;
use crate::tensor::Tensor;

macro_rules! of_16_bits {
    ($($Half:ident)*) => {$(
        /// Converts each element to `f32`, exactly.
        impl From<&Tensor<$Half>> for Tensor<f32> {
            fn from(tensor: &Tensor<$Half>) -> Self {
                let narrow = tensor.contiguous();
                Tensor::filled(Shape::from(narrow.shape()), &mut |wide| {
                    narrow.values().convert_to_f32_slice(wide)
                })
            }
        }

        /// Each element rounded to the nearest; ±∞ where it is too large.
        impl From<&Tensor<f32>> for Tensor<$Half> {
            fn from(tensor: &Tensor<f32>) -> Self {
                let wide = tensor.contiguous();
                Tensor::filled(Shape::from(wide.shape()), &mut |narrow| {
                    narrow.convert_from_f32_slice(wide.values())
                })
            }
        }
    )*};
}

of_16_bits!(f16 bf16);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::float::Float;

    fn there_and_back<H: Float>(more: f32)
    where
        for<'a> Tensor<H>: From<&'a Tensor<f32>>,
        for<'a> Tensor<f32>: From<&'a Tensor<H>>,
    {
        for count in [0, 1, 7, 33] {
            let values: Vec<f32> = (0..count).map(|i| i as f32 * 0.25 - 3.0).collect();
            let wide = Tensor::from_vec(values, [count]).unwrap();
            let narrow = Tensor::<H>::from(&wide);
            assert_eq!(
                narrow.to_vec().iter().map(|x| x.as_f64() as f32).collect::<Vec<_>>(),
                wide.to_vec()
            );
            assert_eq!(Tensor::<f32>::from(&narrow).to_vec(), wide.to_vec());
        }
        let table = Tensor::from([[1.0_f32, more], [f32::INFINITY, f32::NAN]]).transpose().unwrap();
        let narrow = Tensor::<H>::from(&table);
        assert_eq!(narrow.shape(), [2, 2]);
        let back = Tensor::<f32>::from(&narrow).to_vec();
        assert_eq!(back[..3], [1.0, f32::INFINITY, f32::INFINITY]);
        assert!(back[3].is_nan());
    }

    #[test]
    fn numbers_that_fit_are_the_same_there_and_back() {
        there_and_back::<f16>(1e6);
        there_and_back::<bf16>(f32::MAX);
        // To the nearest, and of two to the even one.
        let near = Tensor::from([1.0_f32 + 2.0_f32.powi(-11), 1.0 + 3.0 * 2.0_f32.powi(-11)]);
        let expected = [1.0, 1.0 + 2.0_f32.powi(-9)];
        assert_eq!(Tensor::<f32>::from(&Tensor::<f16>::from(&near)).to_vec(), expected);
    }
}
