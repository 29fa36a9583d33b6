//! Functions of one element, or of one element from each of two tensors.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::error::Result;
use crate::float::Float;
use crate::shape::Shape;
use crate::simd::vectorize;
use crate::tensor::{Tensor, advance};

impl<T: Float> Tensor<T> {
    /// `f` of every element.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([1.0, 4.0]).map(f64::sqrt), Tensor::from([1.0, 2.0]));
    /// ```
    #[must_use]
    pub fn map(&self, f: impl Fn(T) -> T) -> Tensor<T> {
        let (data, shape, strides) = self.parts();
        Tensor::filled(*shape, |to| {
            if let Some(from) = self.as_slice() {
                return vectorize(|| {
                    for (y, &x) in to.iter_mut().zip(from) {
                        *y = f(x);
                    }
                });
            }
            for_each_row(shape, [strides], to, |row, [start]| {
                let step = strides.last().copied().unwrap_or(0);
                for (i, y) in row.iter_mut().enumerate() {
                    *y = f(data[start + i * step]);
                }
            });
        })
    }

    /// `f` of every pair of elements, the shapes broadcast together: aligned at the last axis, lengths are
    /// equal, or one of them is 1 and repeated.
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn zip(&self, other: &Tensor<T>, f: impl Fn(T, T) -> T) -> Result<Tensor<T>> {
        self.zip_as("zip", other, f)
    }

    /// [`Tensor::zip`] under the name that errors shall use.
    #[inline]
    pub(crate) fn zip_as(
        &self,
        op: &'static str,
        other: &Tensor<T>,
        f: impl Fn(T, T) -> T,
    ) -> Result<Tensor<T>> {
        if self.parts().1 == other.parts().1
            && let (Some(a), Some(b)) = (self.as_slice(), other.as_slice())
        {
            return Ok(Tensor::filled(self.shape().into(), |to| zip_rows(to, a, b, &f)));
        }
        let shape = Shape::broadcast(op, self.shape(), other.shape())?;
        let (left, right) = (self.broadcast_to(shape)?, other.broadcast_to(shape)?);
        Ok(Tensor::filled(shape, |to| {
            if let (Some(a), Some(b)) = (left.as_slice(), right.as_slice()) {
                return zip_rows(to, a, b, &f);
            }
            let ((a, _, a_strides), (b, _, b_strides)) = (left.parts(), right.parts());
            let step = |strides: &Shape| strides.last().copied().unwrap_or(0);
            let (a_step, b_step) = (step(a_strides), step(b_strides));
            for_each_row(&shape, [a_strides, b_strides], to, |row, [i, j]| {
                let length = row.len();
                match (a_step, b_step) {
                    (1, 1) => zip_rows(row, &a[i..][..length], &b[j..][..length], &f),
                    (1, 0) => {
                        let b = b[j];
                        vectorize(|| {
                            for (y, &a) in row.iter_mut().zip(&a[i..][..length]) {
                                *y = f(a, b);
                            }
                        });
                    }
                    (0, 1) => {
                        let a = a[i];
                        vectorize(|| {
                            for (y, &b) in row.iter_mut().zip(&b[j..][..length]) {
                                *y = f(a, b);
                            }
                        });
                    }
                    _ => {
                        for (k, y) in row.iter_mut().enumerate() {
                            *y = f(a[i + k * a_step], b[j + k * b_step]);
                        }
                    }
                }
            });
        }))
    }
}

#[inline(always)]
fn zip_rows<T: Float>(to: &mut [T], a: &[T], b: &[T], f: impl Fn(T, T) -> T) {
    vectorize(|| {
        for ((y, &a), &b) in to.iter_mut().zip(a).zip(b) {
            *y = f(a, b);
        }
    });
}

/// Calls `f` on every stretch of `to` along the last axis, with the place where that stretch begins in each
/// of the operands.
fn for_each_row<T, const N: usize>(
    shape: &Shape,
    strides: [&Shape; N],
    to: &mut [T],
    mut f: impl FnMut(&mut [T], [usize; N]),
) {
    let Some((&length, outer)) = shape.split_last() else {
        return f(to, [0; N]);
    };
    if to.is_empty() {
        return;
    }
    let mut index = Shape::from(&[0; crate::shape::MOST_AXES][..outer.len()]);
    for row in to.chunks_exact_mut(length) {
        let starts = strides.map(|strides| index.iter().zip(&**strides).map(|(i, s)| i * s).sum());
        f(row, starts);
        advance(index.axes_mut(), outer);
    }
}

/// The operator between all kinds of owned, borrowed and scalar operands.
macro_rules! operator {
    ($Trait:ident $method:ident, $op:literal, $f:expr, $($Scalar:ty)*) => {
        impl<T: Float> $Trait<&Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            /// # Panics
            ///
            /// If the shapes do not broadcast.
            #[track_caller]
            fn $method(self, other: &Tensor<T>) -> Tensor<T> {
                match self.zip_as($op, other, $f) {
                    Ok(result) => result,
                    Err(error) => panic!("{error}"),
                }
            }
        }
        impl<T: Float> $Trait<Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: Tensor<T>) -> Tensor<T> {
                $Trait::$method(&self, &other)
            }
        }
        impl<T: Float> $Trait<&Tensor<T>> for Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: &Tensor<T>) -> Tensor<T> {
                $Trait::$method(&self, other)
            }
        }
        impl<T: Float> $Trait<Tensor<T>> for &Tensor<T> {
            type Output = Tensor<T>;
            #[track_caller]
            fn $method(self, other: Tensor<T>) -> Tensor<T> {
                $Trait::$method(self, &other)
            }
        }
        impl<T: Float> $Trait<T> for &Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, scalar: T) -> Tensor<T> {
                self.map(|x| $f(x, scalar))
            }
        }
        impl<T: Float> $Trait<T> for Tensor<T> {
            type Output = Tensor<T>;
            fn $method(self, scalar: T) -> Tensor<T> {
                $Trait::$method(&self, scalar)
            }
        }
        $(
            impl $Trait<&Tensor<$Scalar>> for $Scalar {
                type Output = Tensor<$Scalar>;
                fn $method(self, tensor: &Tensor<$Scalar>) -> Tensor<$Scalar> {
                    tensor.map(|x| $f(self, x))
                }
            }
            impl $Trait<Tensor<$Scalar>> for $Scalar {
                type Output = Tensor<$Scalar>;
                fn $method(self, tensor: Tensor<$Scalar>) -> Tensor<$Scalar> {
                    $Trait::$method(self, &tensor)
                }
            }
        )*
    };
}

operator!(Add add, "add", |a, b| a + b, f32 f64);
operator!(Sub sub, "sub", |a, b| a - b, f32 f64);
operator!(Mul mul, "mul", |a, b| a * b, f32 f64);
operator!(Div div, "div", |a, b| a / b, f32 f64);

impl<T: Float> AddAssign<&Tensor<T>> for Tensor<T> {
    /// Where nobody else uses the memory, the sum is written there; else it gets its own.
    ///
    /// # Panics
    ///
    /// If the shapes do not broadcast.
    #[track_caller]
    fn add_assign(&mut self, other: &Tensor<T>) {
        if self.parts().1 == other.parts().1
            && let Some(from) = other.as_slice()
            && let Some(to) = self.unshared_values_mut()
        {
            return vectorize(|| {
                for (sum, &x) in to.iter_mut().zip(from) {
                    *sum = *sum + x;
                }
            });
        }
        *self = &*self + other;
    }
}

impl<T: Float> Neg for &Tensor<T> {
    type Output = Tensor<T>;

    fn neg(self) -> Tensor<T> {
        self.map(|x| -x)
    }
}

impl<T: Float> Neg for Tensor<T> {
    type Output = Tensor<T>;

    fn neg(self) -> Tensor<T> {
        -&self
    }
}
