//! Sorting along an axis, and the greatest elements.
//!
//! Comparisons determine the order; they have no gradient. `gather` reorders the elements, and
//! returns their gradients to the original positions.

use tensor::Float;

use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::var::Var;

impl<T: Float> Var<'_, T> {
    /// Returns the elements along `axis` in ascending order, or in descending order if
    /// `descending`, and their original indices along the axis, the last axis changing fastest, as
    /// [`gather`](Var::gather) takes them.
    ///
    /// The sort is stable. A NaN is greater than every number, as in PyTorch and NumPy.
    ///
    /// ```
    /// # use autograd::Tape;
    /// # use tensor::Tensor;
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([3.0, 1.0, 2.0]));
    /// let (sorted, indices) = x.sort(0, false)?;
    /// assert_eq!((sorted.value().to_vec(), indices), (vec![1.0, 2.0, 3.0], vec![1, 2, 0]));
    /// let gradients = sorted.backward_with(Tensor::from([10.0, 20.0, 30.0]))?;
    /// assert_eq!(gradients.of(x)?.to_vec(), [30.0, 10.0, 20.0]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such axis.
    pub fn sort(self, axis: impl Axis, descending: bool) -> Result<(Self, Vec<usize>)> {
        let axis = self.axis("sort", axis)?;
        let indices =
            self.value().argsort(axis, descending).map_err(|e| Error::from(e).within("sort"))?;
        Ok((self.gather(axis, &indices, self.shape())?, indices))
    }

    /// Returns the `k` greatest elements along `axis`, the greatest first, and their original
    /// indices along the axis, as [`sort`](Var::sort) does. Of equals, the first are taken.
    ///
    /// # Errors
    ///
    /// If there is no such axis, or it has fewer than `k` elements.
    #[doc(alias = "top_k")]
    pub fn topk(self, k: usize, axis: impl Axis) -> Result<(Self, Vec<usize>)> {
        let axis = self.axis("topk", axis)?;
        let mut shape = self.shape().to_vec();
        let Some(length) = shape.get_mut(axis).filter(|length| k <= **length) else {
            let rule = format!(
                "the {k} greatest of {shape:?} along axis {axis}: the axis must exist, with at \
                 least as many elements"
            );
            return Err(Error::invalid("topk", rule));
        };
        let length = std::mem::replace(length, k);
        let order = self.value().argsort(axis, true)?;
        // The first k slices of each run along the axis.
        let inner: usize = shape[axis + 1..].iter().product();
        let indices: Vec<usize> = match length * inner {
            0 => Vec::new(),
            block => order.chunks(block).flat_map(|block| &block[..k * inner]).copied().collect(),
        };
        Ok((self.gather(axis, &indices, &shape[..])?, indices))
    }
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<crate::ops::pytorch::Comparison> {
    use crate::ops::pytorch::compared;
    vec![
        compared!("sort", |given| {
            let sorted = given.x(0).sort(given.whole("axis"), given.case.flag("descending", false));
            sorted.map(|(values, _)| values)
        }),
        compared!("topk", |given| {
            given.x(0).topk(given.whole("k"), given.whole("axis")).map(|(values, _)| values)
        }),
    ]
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::Tape;

    #[test]
    fn nan_is_the_greatest_and_the_first_of_equals_comes_first() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[2.0, f64::NAN, 1.0, 2.0], [0.0, -0.0, 5.0, -5.0]]));
        let (_, up) = x.sort(1, false).unwrap();
        assert_eq!(up, [2, 0, 3, 1, 3, 0, 1, 2]);
        let (_, down) = x.sort(-1, true).unwrap();
        assert_eq!(down, [1, 0, 3, 2, 2, 0, 1, 3]);
        let (best, indices) = x.topk(2, -1).unwrap();
        assert_eq!(indices, [1, 0, 2, 0]);
        let gradients = best.sum().unwrap().backward().unwrap();
        let expected = Tensor::from([[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0]]);
        assert_eq!(*gradients.of(x).unwrap(), expected);
        assert_eq!(
            x.topk(5, 1).unwrap_err().to_string(),
            "topk: the 5 greatest of [2, 4] along axis 1: the axis must exist, with at least as \
             many elements"
        );
        assert_eq!(
            x.sort(2, true).unwrap_err().to_string(),
            "sort: [2, 4]: there is no axis 2; the axes are counted from 0"
        );
        assert!(x.topk(1, 2).is_err());
    }
}
