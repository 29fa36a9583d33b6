//! [`Row`]: one sample or prediction as an array; a batch of rows as one slice of numbers.

use tensor::Float;

/// An array of `T` with a compile-time length: a network's input or output for one sample.
///
/// Implemented for `[T; N]`. A batch is a slice of rows, which is one contiguous slice of numbers
/// without any copying.
pub trait Row<T: Float>: Copy + Send + Sync + 'static {
    /// Number of elements.
    const LEN: usize;

    /// Returns a row of zeros.
    fn zeroed() -> Self;

    /// Returns `count` rows of zeros. No row is put on the stack, regardless of its size.
    #[cfg(feature = "std")]
    fn zeroed_rows(count: usize) -> Vec<Self>;

    /// The elements.
    fn as_slice(&self) -> &[T];

    /// The elements, mutable.
    fn as_mut_slice(&mut self) -> &mut [T];

    /// All elements of a batch, row after row.
    fn flatten(rows: &[Self]) -> &[T];

    /// All elements of a batch, row after row, mutable.
    fn flatten_mut(rows: &mut [Self]) -> &mut [T];
}

impl<T: Float, const N: usize> Row<T> for [T; N] {
    const LEN: usize = N;

    fn zeroed() -> Self {
        [T::zero(); N]
    }

    #[cfg(feature = "std")]
    fn zeroed_rows(count: usize) -> Vec<Self> {
        let numbers = vec![T::zero(); N];
        let (row, _) = numbers.as_chunks::<N>();
        let mut rows = Vec::with_capacity(count);
        (0..count).for_each(|_| rows.extend_from_slice(row));
        rows
    }

    fn as_slice(&self) -> &[T] {
        self
    }

    fn as_mut_slice(&mut self) -> &mut [T] {
        self
    }

    fn flatten(rows: &[Self]) -> &[T] {
        rows.as_flattened()
    }

    fn flatten_mut(rows: &mut [Self]) -> &mut [T] {
        rows.as_flattened_mut()
    }
}
