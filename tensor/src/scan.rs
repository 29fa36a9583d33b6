//! Cumulative sums along an axis.

use crate::error::Result;
use crate::float::Float;
use crate::tensor::Tensor;

impl<T: Float> Tensor<T> {
    /// The cumulative sums along `axis`: at each index the sum of the elements up to there, in the
    /// order of their index. With `reverse` they run from the last element to the first; with
    /// `exclusive` the element itself does not count, so that the first sum is 0.
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([1.0, 2.0, 3.0]);
    /// assert_eq!(t.cumsum(0, false, false)?, Tensor::from([1.0, 3.0, 6.0]));
    /// assert_eq!(t.cumsum(0, true, false)?, Tensor::from([6.0, 5.0, 3.0]));
    /// assert_eq!(t.cumsum(0, false, true)?, Tensor::from([0.0, 1.0, 3.0]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn cumsum(&self, axis: usize, reverse: bool, exclusive: bool) -> Result<Tensor<T>> {
        self.check_axis("cumsum", axis)?;
        let shape = self.shape();
        let length = shape[axis];
        // Neighbors along the axis are `inner` apart; a block holds all of one outer index.
        let inner: usize = shape[axis + 1..].iter().product();
        let from = self.contiguous();
        Ok(Tensor::filled(shape.into(), &mut |to| {
            if to.is_empty() {
                return;
            }
            let blocks = to.chunks_exact_mut(length * inner);
            for (to, from) in blocks.zip(from.values().chunks_exact(length * inner)) {
                let mut sums = vec![T::zero(); inner];
                for step in 0..length {
                    let at = inner * if reverse { length - 1 - step } else { step };
                    let (to, from) = (&mut to[at..][..inner], &from[at..][..inner]);
                    for ((to, &x), sum) in to.iter_mut().zip(from).zip(&mut sums) {
                        let before = *sum;
                        *sum = before + x;
                        *to = if exclusive { before } else { *sum };
                    }
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_run_along_every_axis_in_both_directions() {
        let t = Tensor::from_fn([2, 3, 4], |i| (100 * i[0] + 10 * i[1] + i[2]) as f64);
        let view = t.permute(&[2, 0, 1]).unwrap().contiguous().permute(&[1, 2, 0]).unwrap();
        for axis in 0..3 {
            for (reverse, exclusive) in [(false, false), (false, true), (true, false), (true, true)]
            {
                let expected = Tensor::from_fn([2, 3, 4], |index| {
                    let counts = |j: usize| match reverse {
                        _ if j == index[axis] => !exclusive,
                        true => j > index[axis],
                        false => j < index[axis],
                    };
                    let mut at = index.to_vec();
                    let terms = (0..t.shape()[axis]).filter(|&j| counts(j)).map(|j| {
                        at[axis] = j;
                        t.get(&at).unwrap()
                    });
                    terms.sum()
                });
                assert_eq!(t.cumsum(axis, reverse, exclusive).unwrap(), expected);
                assert_eq!(view.cumsum(axis, reverse, exclusive).unwrap(), expected);
            }
        }
        assert!(t.cumsum(3, false, false).is_err());
        assert_eq!(Tensor::<f32>::zeros([0, 2]).cumsum(1, false, false).unwrap().shape(), [0, 2]);
    }
}
