//! The tensor type: a strided view of shared memory.

use std::ops::Range;

use crate::buffer::{Buffer, Shared};
use crate::error::{Error, Result};
use crate::float::Float;
use crate::random::Random;
use crate::shape::{MOST_AXES, Shape};

/// An immutable n-dimensional array of elements of type `T`.
///
/// Operations return new tensors. Cloning, reshaping, transposing, slicing and broadcasting share
/// the memory.
///
/// ```
/// use tensor::Tensor;
///
/// let t = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(t.shape(), [2, 3]);
/// assert_eq!(t.slice(1, 1..3)?.to_vec(), [2.0, 3.0, 5.0, 6.0]);
/// assert_eq!((&t * 10.0).sum(), 210.0);
/// # Ok::<(), tensor::Error>(())
/// ```
#[derive(Clone)]
pub struct Tensor<T: Float> {
    memory: Shared<T>,
    shape: Shape,
    /// Distance between neighbors along each axis; 0 along a broadcast one.
    strides: Shape,
    offset: usize,
}

impl<T: Float> Tensor<T> {
    // ---- constructors ----

    /// A tensor without axes (rank 0).
    pub fn scalar(value: T) -> Self {
        Self::full([], value)
    }

    /// All zero.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        Self::contiguous_in(Buffer::zeroed(shape.elements()), shape)
    }

    /// All one.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::one())
    }

    /// All `value`.
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        Self::filled(shape.into(), &mut |values| values.fill(value))
    }

    /// A tensor of this shape with a copy of `values`, the last axis changing fastest.
    ///
    /// # Errors
    ///
    /// If the number of values differs from the shape's number of elements.
    pub fn from_vec(values: Vec<T>, shape: impl Into<Shape>) -> Result<Self> {
        Self::from_buffer(Buffer::from_slice(&values), shape)
    }

    /// A tensor that adopts the memory of `values` without copying, the last axis changing fastest.
    ///
    /// [`Tensor::from_vec`] copies into memory aligned to a cache line, which kernels read faster.
    /// Use `adopt` for large data that is read once.
    ///
    /// ```
    /// use tensor::Tensor;
    ///
    /// let values = vec![1.0_f32, 2.0, 3.0, 4.0];
    /// let place = values.as_ptr();
    /// assert_eq!(Tensor::adopt(values, [2, 2])?.values().as_ptr(), place);
    /// # Ok::<(), tensor::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the number of values differs from the shape's number of elements.
    pub fn adopt(values: Vec<T>, shape: impl Into<Shape>) -> Result<Self> {
        Self::from_buffer(Buffer::adopted(values), shape)
    }

    /// The memory of `values`; the first element is at `offset`. All elements must lie in it.
    #[cfg(any(feature = "nalgebra", feature = "ndarray"))]
    pub(crate) fn adopted(values: Vec<T>, shape: Shape, strides: Shape, offset: usize) -> Self {
        Tensor { memory: Buffer::adopted(values).share(), shape, strides, offset }
    }

    /// A tensor that takes over the elements of a buffer without copying.
    ///
    /// # Errors
    ///
    /// If the number of values differs from the shape's number of elements.
    pub fn from_buffer(values: Buffer<T>, shape: impl Into<Shape>) -> Result<Self> {
        let shape = shape.into();
        if values.len() != shape.elements() {
            let rule = format!(
                "the shape has {} elements, but {} were given",
                shape.elements(),
                values.len()
            );
            return Err(Error::shape("from_vec", &shape, rule));
        }
        Ok(Self::contiguous_in(values, shape))
    }

    /// A tensor whose element at each index is `f(index)`.
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(&[usize]) -> T) -> Self {
        let shape = shape.into();
        let mut index = [0; MOST_AXES];
        let index = &mut index[..shape.len()];
        Self::filled(shape, &mut |values| {
            for value in values {
                *value = f(index);
                advance(index, &shape);
            }
        })
    }

    /// Uniform random numbers in \[low, high). The element at position i (in memory order) comes
    /// from index i of `random`.
    pub fn uniform(shape: impl Into<Shape>, low: T, high: T, random: Random) -> Self {
        Self::filled(shape.into(), &mut |values| random.fill_uniform(values, low, high))
    }

    /// Normal random numbers with this mean and standard deviation. The element at position i (in
    /// memory order) comes from index i of `random`.
    pub fn normal(shape: impl Into<Shape>, mean: T, deviation: T, random: Random) -> Self {
        Self::filled(shape.into(), &mut |values| random.fill_normal(values, mean, deviation))
    }

    /// A contiguous tensor whose elements are all written by `fill`.
    pub(crate) fn filled(shape: Shape, fill: &mut dyn FnMut(&mut [T])) -> Self {
        Self::contiguous_in(Buffer::filled(shape.elements(), fill), shape)
    }

    #[inline]
    fn contiguous_in(memory: Buffer<T>, shape: Shape) -> Self {
        Tensor { memory: memory.share(), shape, strides: shape.contiguous_strides(), offset: 0 }
    }

    // ---- properties and elements ----

    /// The lengths of the axes.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape.elements()
    }

    /// Whether it has no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Whether the elements are contiguous in memory, the last axis changing fastest.
    #[inline]
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1;
        for (&length, &stride) in self.shape.iter().zip(self.strides.iter()).rev() {
            if length != 1 && stride != step {
                return self.is_empty();
            }
            step *= length;
        }
        true
    }

    /// The element at `index`; `None` if there is no such element.
    pub fn get(&self, index: &[usize]) -> Option<T> {
        let inside =
            index.len() == self.rank() && index.iter().zip(&*self.shape).all(|(i, n)| i < n);
        inside.then(|| {
            let steps = index.iter().zip(&*self.strides).map(|(i, stride)| i * stride);
            self.memory[self.offset + steps.sum::<usize>()]
        })
    }

    /// The element of a tensor with exactly one.
    ///
    /// # Errors
    ///
    /// If there is not exactly one element.
    pub fn item(&self) -> Result<T> {
        if self.len() != 1 {
            return Err(Error::shape(
                "item",
                &self.shape,
                "only a tensor of one element has one item",
            ));
        }
        Ok(self.memory[self.offset])
    }

    /// The elements, if they are contiguous in memory; else `None`.
    #[inline]
    pub fn as_slice(&self) -> Option<&[T]> {
        if !self.is_contiguous() {
            return None;
        }
        // Without elements, the offset may lie beyond the memory.
        match self.len() {
            0 => Some(&[]),
            len => Some(&self.memory[self.offset..][..len]),
        }
    }

    /// The elements of a contiguous tensor, the last axis changing fastest.
    ///
    /// # Panics
    ///
    /// If the tensor is not contiguous: call [`Tensor::contiguous`] first.
    #[track_caller]
    pub fn values(&self) -> &[T] {
        match self.as_slice() {
            Some(values) => values,
            None => panic!(
                "values: {:?} is a view whose elements do not lie one after the other; call \
                 contiguous() first",
                self.shape
            ),
        }
    }

    /// The tensor itself if it is contiguous, else a contiguous copy.
    #[inline]
    #[must_use]
    pub fn contiguous(&self) -> Self {
        if self.is_contiguous() { self.clone() } else { self.map(|x| x) }
    }

    /// A copy of the elements, the last axis changing fastest.
    pub fn to_vec(&self) -> Vec<T> {
        self.contiguous().values().to_vec()
    }

    /// All memory of the tensor, from its first element on, and its strides.
    #[inline]
    pub(crate) fn parts(&self) -> (&[T], &Shape, &Shape) {
        let data = if self.is_empty() { &[] } else { &self.memory[self.offset..] };
        (data, &self.shape, &self.strides)
    }

    /// The elements, mutable, if they are contiguous and no other tensor shares them.
    #[inline]
    pub(crate) fn unshared_values_mut(&mut self) -> Option<&mut [T]> {
        let (start, len) = (self.offset, self.len());
        if !self.is_contiguous() {
            return None;
        }
        Some(&mut self.memory.unshared_mut()?[start..start + len])
    }

    // ---- views ----

    /// The same elements in another shape. Copies only if the tensor is a view whose elements are
    /// not contiguous.
    ///
    /// # Errors
    ///
    /// If the shape has another number of elements.
    pub fn reshape(&self, shape: impl Into<Shape>) -> Result<Self> {
        let shape = shape.into();
        if shape.elements() != self.len() {
            let rule = format!("{} elements cannot become {}", self.len(), shape.elements());
            return Err(Error::shapes("reshape", &self.shape, &shape, rule));
        }
        let Tensor { memory, offset, .. } = self.contiguous();
        Ok(Tensor { memory, shape, strides: shape.contiguous_strides(), offset })
    }

    /// A view with the last two axes exchanged.
    ///
    /// # Errors
    ///
    /// If there are fewer than two axes.
    pub fn transpose(&self) -> Result<Self> {
        let rank = self.rank();
        if rank < 2 {
            return Err(Error::shape("transpose", &self.shape, "two axes are needed"));
        }
        let mut transposed = self.clone();
        transposed.shape.axes_mut().swap(rank - 1, rank - 2);
        transposed.strides.axes_mut().swap(rank - 1, rank - 2);
        Ok(transposed)
    }

    /// A view with the axes permuted: axis i of the result is axis `order[i]` of the tensor.
    ///
    /// # Errors
    ///
    /// If `order` does not name every axis once.
    pub fn permute(&self, order: &[usize]) -> Result<Self> {
        let named_once =
            (0..self.rank()).all(|axis| order.iter().filter(|&&o| o == axis).count() == 1);
        if order.len() != self.rank() || !named_once {
            let rule =
                format!("the order {order:?} must name every axis from 0 to {} once", self.rank());
            return Err(Error::shape("permute", &self.shape, rule));
        }
        let mut permuted = self.clone();
        for (to, &from) in order.iter().enumerate() {
            permuted.shape.axes_mut()[to] = self.shape[from];
            permuted.strides.axes_mut()[to] = self.strides[from];
        }
        Ok(permuted)
    }

    /// A view of the part of the tensor where the index along `axis` is in `range`.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or the range exceeds its length.
    pub fn slice(&self, axis: usize, range: Range<usize>) -> Result<Self> {
        self.check_axis("slice", axis)?;
        if range.start > range.end || range.end > self.shape[axis] {
            let rule = format!("{range:?} does not lie in axis {axis}, 0..{}", self.shape[axis]);
            return Err(Error::shape("slice", &self.shape, rule));
        }
        let mut part = self.clone();
        part.offset += range.start * self.strides[axis];
        part.shape.axes_mut()[axis] = range.len();
        Ok(part)
    }

    /// A view repeated along new leading axes and axes of length 1, without copying.
    ///
    /// # Errors
    ///
    /// If the tensor does not broadcast to the shape.
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Result<Self> {
        let shape = shape.into();
        if Shape::broadcast("broadcast_to", &self.shape, &shape)? != shape {
            return Err(Error::shapes(
                "broadcast_to",
                &self.shape,
                &shape,
                "only new axes in front and axes of length 1 can be stretched",
            ));
        }
        let mut strides = shape;
        let new_axes = shape.len() - self.rank();
        for (axis, stride) in strides.axes_mut().iter_mut().enumerate() {
            *stride = match axis.checked_sub(new_axes) {
                Some(own) if self.shape[own] == shape[axis] => self.strides[own],
                _ => 0,
            };
        }
        Ok(Tensor { memory: self.memory.clone(), shape, strides, offset: self.offset })
    }

    pub(crate) fn check_axis(&self, op: &'static str, axis: usize) -> Result<()> {
        if axis < self.rank() {
            return Ok(());
        }
        let rule = format!("there is no axis {axis}; the axes are counted from 0");
        Err(Error::shape(op, &self.shape, rule))
    }
}

/// The next index in memory order; back to all zeros after the last.
pub(crate) fn advance(index: &mut [usize], shape: &[usize]) {
    for (i, &length) in index.iter_mut().zip(shape).rev() {
        *i += 1;
        if *i < length {
            return;
        }
        *i = 0;
    }
}

/// Equal shapes and equal elements, regardless of the memory layout.
impl<T: Float> PartialEq for Tensor<T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.contiguous().values() == other.contiguous().values()
    }
}

impl<T: Float> From<T> for Tensor<T> {
    fn from(value: T) -> Self {
        Tensor::scalar(value)
    }
}

impl<T: Float, const N: usize> From<[T; N]> for Tensor<T> {
    fn from(values: [T; N]) -> Self {
        Tensor::filled(Shape::from([N]), &mut |to| to.copy_from_slice(&values))
    }
}

impl<T: Float, const M: usize, const N: usize> From<[[T; N]; M]> for Tensor<T> {
    fn from(values: [[T; N]; M]) -> Self {
        Tensor::filled(Shape::from([M, N]), &mut |to| to.copy_from_slice(values.as_flattened()))
    }
}

impl<T: Float, const L: usize, const M: usize, const N: usize> From<[[[T; N]; M]; L]>
    for Tensor<T>
{
    fn from(values: [[[T; N]; M]; L]) -> Self {
        let flat = values.as_flattened().as_flattened();
        Tensor::filled(Shape::from([L, M, N]), &mut |to| to.copy_from_slice(flat))
    }
}
