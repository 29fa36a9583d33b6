//! The sorted order of the elements along an axis.

use std::cmp::Ordering;

use crate::error::Result;
use crate::float::Float;
use crate::tensor::Tensor;

impl<T: Float> Tensor<T> {
    /// The indices that sort the elements along `axis`, ascending, or descending if `descending`.
    /// There is one list for every index of the other axes, in the order that
    /// [`gather`](Tensor::gather) takes: the last axis changes fastest.
    ///
    /// The sort is stable, and ±0 are equal. A NaN is greater than every number.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([[3.0, 1.0, 2.0], [0.0, f32::NAN, 0.0]]);
    /// assert_eq!(t.argsort(1, false)?, [1, 2, 0, 0, 2, 1]);
    /// # Ok::<(), tensor::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn argsort(&self, axis: usize, descending: bool) -> Result<Vec<usize>> {
        self.check_axis("argsort", axis)?;
        let length = self.shape()[axis];
        // Neighbors along the axis are `inner` apart; a block holds all of one outer index.
        let inner: usize = self.shape()[axis + 1..].iter().product();
        let mut indices = vec![0; self.len()];
        if indices.is_empty() {
            return Ok(indices);
        }
        let values = self.contiguous();
        let mut row: Vec<usize> = Vec::with_capacity(length);
        let blocks = indices.chunks_exact_mut(length * inner);
        for (to, block) in blocks.zip(values.values().chunks_exact(length * inner)) {
            for column in 0..inner {
                let element = |at: usize| block[at * inner + column];
                row.clear();
                row.extend(0..length);
                row.sort_by(|&a, &b| {
                    let order = compare(element(a), element(b));
                    if descending { order.reverse() } else { order }
                });
                for (at, &index) in row.iter().enumerate() {
                    to[at * inner + column] = index;
                }
            }
        }
        Ok(indices)
    }
}

/// The order of numbers, with all NaN equal and after them.
fn compare<T: Float>(a: T, b: T) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_by_the_order_is_sorted() {
        let t = Tensor::from_fn([3, 5, 4], |i| ((i[0] * 7 + i[1] * 11 + i[2] * 13) % 9) as f64);
        let view = t.permute(&[2, 0, 1]).unwrap().contiguous().permute(&[1, 2, 0]).unwrap();
        for axis in 0..3 {
            for descending in [false, true] {
                let order = t.argsort(axis, descending).unwrap();
                assert_eq!(view.argsort(axis, descending).unwrap(), order);
                let sorted = t.gather(axis, &order, t.shape()).unwrap();
                let places =
                    Tensor::from_vec(order.iter().map(|&at| at as f64).collect(), t.shape());
                let (places, length) = (places.unwrap(), t.shape()[axis]);
                let part = |t: &Tensor<f64>, at: usize| t.slice(axis, at..at + 1).unwrap().to_vec();
                for at in 1..length {
                    let pairs = part(&sorted, at - 1).into_iter().zip(part(&sorted, at));
                    let indices = part(&places, at - 1).into_iter().zip(part(&places, at));
                    for ((before, after), (first, second)) in pairs.zip(indices) {
                        let in_order = if descending { before > after } else { before < after };
                        assert!(in_order || (before == after && first < second));
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_and_no_axis() {
        assert_eq!(Tensor::<f32>::zeros([0, 3]).argsort(1, false), Ok(vec![]));
        assert_eq!(Tensor::<f32>::zeros([3, 0]).argsort(0, true), Ok(vec![]));
        assert!(Tensor::<f32>::zeros([3]).argsort(1, false).is_err());
        assert!(Tensor::scalar(1.0_f32).argsort(0, false).is_err());
    }
}
