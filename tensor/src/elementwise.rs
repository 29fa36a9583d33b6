//! Elementwise functions of one tensor, or of two with broadcasting.

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::error::Result;
use crate::float::Float;
use crate::shape::Shape;
use crate::simd::vectorize;
use crate::tensor::{Tensor, advance};

/// Writes a slice of the result, given where it begins in the operand and the step to the next
/// element.
type MapRow<'w, T> = dyn FnMut(&mut [T], &[T], usize) + 'w;

/// The same for two operands; the step is 0 where one is repeated.
type ZipRow<'w, T> = dyn FnMut(&mut [T], (&[T], usize), (&[T], usize)) + 'w;

impl<T: Float> Tensor<T> {
    /// Applies `f` to every element.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([1.0, 4.0]).map(f64::sqrt), Tensor::from([1.0, 2.0]));
    /// ```
    #[must_use]
    pub fn map(&self, f: impl Fn(T) -> T) -> Tensor<T> {
        self.map_rows(&mut |to, from, step| match step {
            1 => vectorize(|| {
                for (y, &x) in to.iter_mut().zip(from) {
                    *y = f(x);
                }
            }),
            _ => {
                for (i, y) in to.iter_mut().enumerate() {
                    *y = f(from[i * step]);
                }
            }
        })
    }

    /// The tensor whose slices `work` writes. (`dyn`: all functions share the code of the layout,
    /// so that only their loops are compiled separately.)
    fn map_rows(&self, work: &mut MapRow<'_, T>) -> Tensor<T> {
        let (data, shape, strides) = self.parts();
        Tensor::filled(*shape, &mut |to| match self.as_slice() {
            Some(from) => work(to, from, 1),
            None => for_each_row(shape, [strides], to, &mut |row, [start]| {
                work(row, &data[start..], step(strides));
            }),
        })
    }

    /// Applies `f` to every pair of elements, with broadcasting: the shapes are aligned at the last
    /// axis; their lengths are equal, or one of them is 1 and repeated.
    ///
    /// # Errors
    ///
    /// If the shapes do not broadcast.
    pub fn zip(&self, other: &Tensor<T>, f: impl Fn(T, T) -> T) -> Result<Tensor<T>> {
        self.zip_as("zip", other, f)
    }

    /// [`Tensor::zip`] with the operation's name for errors.
    pub(crate) fn zip_as(
        &self,
        op: &'static str,
        other: &Tensor<T>,
        f: impl Fn(T, T) -> T,
    ) -> Result<Tensor<T>> {
        self.zip_rows(op, other, &mut |to, (a, a_step), (b, b_step)| {
            let length = to.len();
            match (a_step, b_step) {
                (1, 1) => vectorize(|| {
                    for ((y, &a), &b) in to.iter_mut().zip(&a[..length]).zip(&b[..length]) {
                        *y = f(a, b);
                    }
                }),
                (1, 0) => {
                    let b = b[0];
                    vectorize(|| {
                        for (y, &a) in to.iter_mut().zip(&a[..length]) {
                            *y = f(a, b);
                        }
                    });
                }
                (0, 1) => {
                    let a = a[0];
                    vectorize(|| {
                        for (y, &b) in to.iter_mut().zip(&b[..length]) {
                            *y = f(a, b);
                        }
                    });
                }
                _ => {
                    for (i, y) in to.iter_mut().enumerate() {
                        *y = f(a[i * a_step], b[i * b_step]);
                    }
                }
            }
        })
    }

    /// The tensor whose slices `work` writes. (`dyn`: as in `map_rows`.)
    fn zip_rows(
        &self,
        op: &'static str,
        other: &Tensor<T>,
        work: &mut ZipRow<'_, T>,
    ) -> Result<Tensor<T>> {
        if self.shape() == other.shape()
            && let (Some(a), Some(b)) = (self.as_slice(), other.as_slice())
        {
            let shape = Shape::from(self.shape());
            return Ok(Tensor::filled(shape, &mut |to| work(to, (a, 1), (b, 1))));
        }
        let shape = Shape::broadcast(op, self.shape(), other.shape())?;
        let (left, right) = (self.broadcast_to(shape)?, other.broadcast_to(shape)?);
        let ((a, _, a_strides), (b, _, b_strides)) = (left.parts(), right.parts());
        Ok(Tensor::filled(shape, &mut |to| {
            if let (Some(a), Some(b)) = (left.as_slice(), right.as_slice()) {
                return work(to, (a, 1), (b, 1));
            }
            for_each_row(&shape, [a_strides, b_strides], to, &mut |row, [i, j]| {
                work(row, (&a[i..], step(a_strides)), (&b[j..], step(b_strides)));
            });
        }))
    }
}

/// The step from one element to the next along the last axis.
fn step(strides: &Shape) -> usize {
    strides.last().copied().unwrap_or(0)
}

/// Calls `f` on every slice of `to` along the last axis, with the position where that slice begins
/// in each of the operands.
fn for_each_row<T, const N: usize>(
    shape: &Shape,
    strides: [&Shape; N],
    to: &mut [T],
    f: &mut dyn FnMut(&mut [T], [usize; N]),
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

/// Implements the operator for all combinations of owned, borrowed and scalar operands.
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
    /// Adds in place if no other tensor shares the memory; else allocates new memory.
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
