//! One sample or one prediction as an array, and a batch of them as one slice of numbers.

use tensor::Float;

/// An array of `T` whose length the compiler knows: a network's input or output for one sample.
///
/// Implemented for `[T; N]`. A batch is a slice of rows, which is one contiguous slice of numbers
/// without any copying.
pub trait Row<T: Float>: Copy + Send + Sync + 'static {
    /// How many numbers.
    const LEN: usize;

    /// All zero.
    fn zeroed() -> Self;

    /// So many rows, all zero. A row of any size does not go over the stack.
    #[cfg(feature = "std")]
    fn zeroed_rows(count: usize) -> Vec<Self>;

    /// The numbers.
    fn as_slice(&self) -> &[T];

    /// The numbers, to be changed.
    fn as_mut_slice(&mut self) -> &mut [T];

    /// All numbers of a batch, row after row.
    fn flatten(rows: &[Self]) -> &[T];

    /// All numbers of a batch, row after row, to be changed.
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
