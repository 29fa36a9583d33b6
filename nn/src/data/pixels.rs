//! Images that are stored as bytes.

use std::fmt;
use std::slice;

use tensor::Float;
use tensor::simd::vectorize;
use tensor::threads::Threads;

use super::source::{ahead, gather, in_parts};
use super::{Dataset, Source};
use crate::labels::Labels;

/// Images as bytes for a network of floats: byte / 255, from 0 to 1, computed while a batch is
/// gathered.
///
/// This takes a quarter of the memory of `f32` and gives the same bits. [`Dataset::pixels`] creates
/// it.
///
/// ```
/// use nn::data::{Class, Dataset};
/// use nn::prelude::*;
/// use nn::{Show, fit};
///
/// network! { struct Tiny(dense(4 -> 2, softmax)); }
///
/// let images: Dataset<[u8; 4], _> =
///     Dataset::new(vec![[0, 255, 0, 255], [255, 0, 255, 0]], Class::<2>::from_labels(&[0, 1])?)?;
/// let images = images.pixels();
/// let mut tiny = Tiny::init(1);
/// fit(&mut tiny, &images).epochs(100).learning_rate(0.05).show(Show::Nothing).run()?;
/// assert_eq!(tiny.evaluate(&images)?.accuracy, Some(1.0));
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Pixels<const N: usize, Y> {
    bytes: Dataset<[u8; N], Y>,
}

impl<const N: usize, Y> Dataset<[u8; N], Y> {
    /// The same rows for a network that takes numbers from 0 to 1.
    pub fn pixels(self) -> Pixels<N, Y> {
        Pixels { bytes: self }
    }
}

impl<const N: usize, Y> Pixels<N, Y> {
    /// The data set of bytes.
    pub fn bytes(&self) -> &Dataset<[u8; N], Y> {
        &self.bytes
    }

    /// Returns the data set of bytes, for example to split or change it.
    pub fn into_bytes(self) -> Dataset<[u8; N], Y> {
        self.bytes
    }
}

impl<T: Float, const N: usize, Y: Copy + Send + Sync> Source<[T; N], Y> for Pixels<N, Y> {
    fn len(&self) -> usize {
        self.bytes.len()
    }

    fn class_names(&self) -> Option<&Labels> {
        self.bytes.class_names()
    }

    fn fill(
        &self,
        rows: &[usize],
        inputs: &mut Vec<[T; N]>,
        targets: &mut Vec<Y>,
        threads: &Threads,
    ) {
        inputs.truncate(rows.len());
        if inputs.len() < rows.len() {
            *inputs = <[T; N] as crate::row::Row<T>>::zeroed_rows(rows.len());
        }
        in_parts::<[u8; N], [T; N]>(rows, inputs, threads, |rows, into| {
            for (into, bytes) in into.iter_mut().zip(ahead(self.bytes.inputs(), rows)) {
                scale(bytes.as_flattened(), slice::from_mut(into).as_flattened_mut());
            }
        });
        gather(self.bytes.targets(), rows, targets, threads);
    }
}

/// byte / 255, rounded like the division.
fn scale<T: Float>(bytes: &[u8], into: &mut [T]) {
    let (most, share) = (T::of(255.0), T::of(1.0 / 255.0));
    vectorize(|| {
        for (x, &byte) in into.iter_mut().zip(bytes) {
            let byte = T::of(f64::from(byte));
            // Adds the error of the product (Markstein 1990): a division would take longer than the
            // copy.
            let near = byte * share;
            *x = (-near).mul_add(most, byte).mul_add(share, near);
        }
    });
}

/// Prints the number of rows.
impl<const N: usize, Y> fmt::Debug for Pixels<N, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pixels").field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Minibatch;

    fn every_byte_is_divided<T: Float>() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut into = vec![T::zero(); 256];
        scale(&bytes, &mut into);
        for (byte, x) in bytes.into_iter().zip(into) {
            assert_eq!(x, T::of(f64::from(byte)) / T::of(255.0), "{byte}");
        }
    }

    #[test]
    fn every_byte_is_the_quotient_to_the_last_bit() {
        every_byte_is_divided::<f32>();
        every_byte_is_divided::<f64>();
    }

    #[test]
    fn a_batch_is_that_of_the_numbers() {
        let bytes: Vec<[u8; 300]> =
            (0..40).map(|row| std::array::from_fn(|i| (row * 7 + i * 3) as u8)).collect();
        let numbers = bytes.iter().map(|row| row.map(|byte| f32::from(byte) / 255.0)).collect();
        let targets: Vec<usize> = (0..40).collect();
        let numbers = Dataset::new(numbers, targets.clone()).unwrap();
        let pixels = Dataset::new(bytes, targets).unwrap().pixels();
        let rows: Vec<usize> = (0..400).map(|i| (i * 13) % 40).collect();
        for threads in [1, 2, 3].map(Threads::new) {
            let (mut a, mut b) = (Minibatch::new(), Minibatch::new());
            for rows in [&rows[..], &rows[..3], &rows[..50], &[]] {
                a.gather_with(&threads, &numbers, rows);
                b.gather_with(&threads, &pixels, rows);
                assert_eq!((a.inputs(), a.targets()), (b.inputs(), b.targets()));
            }
        }
    }
}
