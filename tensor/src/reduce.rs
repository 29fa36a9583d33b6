//! Sums and extremes over all elements or along axes.
//!
//! The order of additions is fixed by the shape alone. Along the last axes (and over a whole
//! tensor) a sum has sixteen partial sums: element i belongs to partial sum i mod 16. These are
//! then added in pairs. The result is the same on every instruction set, and more accurate than
//! sequential addition. Along any other axes the terms are added in the order of their index.

use crate::error::{Error, Result};
use crate::float::Float;
use crate::shape::Shape;
use crate::simd::vectorize;
use crate::tensor::Tensor;

impl<T: Float> Tensor<T> {
    /// The sum of all elements.
    pub fn sum(&self) -> T {
        sum(self.contiguous().values())
    }

    /// The mean of all elements; NaN if there are none.
    pub fn mean(&self) -> T {
        self.sum() / T::of(self.len() as f64)
    }

    /// The sum along `axes`, which are removed, or retained with length 1 if `keep`. An empty sum
    /// is 0.
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let t = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(t.sum_axes(&[0], false)?, Tensor::from([4.0, 6.0]));
    /// assert_eq!(t.sum_axes(&[1], true)?, Tensor::from([[3.0], [7.0]]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn sum_axes(&self, axes: &[usize], keep: bool) -> Result<Tensor<T>> {
        self.reduce("sum", axes, keep, T::zero(), |a, b| a + b, sum)
    }

    /// The mean along `axes`; see [`Tensor::sum_axes`].
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice.
    pub fn mean_axes(&self, axes: &[usize], keep: bool) -> Result<Tensor<T>> {
        let sum = self.reduce("mean", axes, keep, T::zero(), |a, b| a + b, sum)?;
        let count: usize = axes.iter().map(|&axis| self.shape()[axis]).product();
        Ok(sum / T::of(count as f64))
    }

    /// The product along `axes`; see [`Tensor::sum_axes`]. An empty product is 1.
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice.
    pub fn prod_axes(&self, axes: &[usize], keep: bool) -> Result<Tensor<T>> {
        let all = |row: &[T]| row.iter().fold(T::one(), |product, &x| product * x);
        self.reduce("prod", axes, keep, T::one(), |a, b| a * b, all)
    }

    /// The largest element along `axes`; NaN if any element is NaN.
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice, or there are no elements along the axes.
    pub fn max_axes(&self, axes: &[usize], keep: bool) -> Result<Tensor<T>> {
        self.check_some("max", axes)?;
        self.max_axes_or(axes, keep, T::neg_infinity())
    }

    /// [`Tensor::max_axes`], but `least` where there are no elements or none is larger.
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice.
    pub fn max_axes_or(&self, axes: &[usize], keep: bool, least: T) -> Result<Tensor<T>> {
        let larger = |a: T, b: T| if b > a || b.is_nan() { b } else { a };
        let all = |row: &[T]| row.iter().fold(least, |max, &x| larger(max, x));
        self.reduce("max", axes, keep, least, larger, all)
    }

    /// The smallest element along `axes`; NaN if any element is NaN.
    ///
    /// # Errors
    ///
    /// If an axis does not exist or is named twice, or there are no elements along the axes.
    pub fn min_axes(&self, axes: &[usize], keep: bool) -> Result<Tensor<T>> {
        self.check_some("min", axes)?;
        let smaller = |a: T, b: T| if b < a || b.is_nan() { b } else { a };
        let all = |row: &[T]| row.iter().fold(T::infinity(), |min, &x| smaller(min, x));
        self.reduce("min", axes, keep, T::infinity(), smaller, all)
    }

    /// The index of the first largest element along `axis`, for every index of the other axes, in
    /// memory order. A NaN is never the largest.
    ///
    /// ```
    /// use tensor::Tensor;
    /// assert_eq!(Tensor::from([f32::NAN, 1.0, 2.0]).argmax(0)?, [2]);
    /// # Ok::<(), tensor::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such axis, its length is 0, or for some index of the other axes all elements
    /// along it are NaN.
    pub fn argmax(&self, axis: usize) -> Result<Vec<usize>> {
        self.check_axis("argmax", axis)?;
        self.check_some("argmax", &[axis])?;
        let rows = self.permute(&kept_then(self.rank(), &[axis]))?.contiguous();
        let first_largest = |row: &[T]| {
            let better = |best: usize, i: usize| if row[i] > row[best] { i } else { best };
            let numbers = (0..row.len()).filter(|&i| !row[i].is_nan());
            numbers.reduce(better).ok_or_else(|| {
                let rule = format!(
                    "along axis {axis} there are only NaN, of which none is the largest or the \
                     smallest"
                );
                Error::shape("argmax", self.shape(), rule)
            })
        };
        rows.values().chunks_exact(self.shape()[axis]).map(first_largest).collect()
    }

    /// Returns an error if an axis has no elements.
    fn check_some(&self, op: &'static str, axes: &[usize]) -> Result<()> {
        match axes.iter().find(|&&axis| self.shape().get(axis) == Some(&0)) {
            Some(axis) => {
                Err(Error::shape(op, self.shape(), format!("axis {axis} has no elements")))
            }
            None => Ok(()),
        }
    }

    /// Sums a tensor that was broadcast from `shape` back to `shape`: the gradient of broadcasting.
    ///
    /// # Errors
    ///
    /// If `shape` does not broadcast to this tensor's shape.
    pub fn sum_to(&self, shape: impl Into<Shape>) -> Result<Tensor<T>> {
        let shape = shape.into();
        let new_axes = self.rank().checked_sub(shape.len());
        let fits = new_axes.is_some_and(|new| {
            let pairs = shape.iter().zip(&self.shape()[new..]);
            pairs.into_iter().all(|(&to, &from)| to == from || to == 1)
        });
        let Some(new_axes) = new_axes.filter(|_| fits) else {
            let rule = "the second does not broadcast to the first";
            return Err(Error::shapes("sum_to", self.shape(), &shape, rule));
        };
        let stretched = |&axis: &usize| {
            axis < new_axes || (shape[axis - new_axes] == 1 && self.shape()[axis] != 1)
        };
        let axes: Shape = (0..self.rank()).filter(stretched).collect();
        if axes.is_empty() {
            return Ok(self.clone());
        }
        self.sum_axes(&axes, false)?.reshape(shape)
    }

    /// Reduces along trailing axes by `all` of each slice of memory, else by `two` in the order of
    /// the index.
    fn reduce(
        &self,
        op: &'static str,
        axes: &[usize],
        keep: bool,
        empty: T,
        two: impl Fn(T, T) -> T,
        all: impl Fn(&[T]) -> T,
    ) -> Result<Tensor<T>> {
        for (i, &axis) in axes.iter().enumerate() {
            self.check_axis(op, axis)?;
            if axes[..i].contains(&axis) {
                let rule = format!("axis {axis} is named twice");
                return Err(Error::shape(op, self.shape(), rule));
            }
        }
        // Lists of axes are as short as shapes, which need no allocation.
        let kept: Shape = (0..self.rank()).filter(|axis| !axes.contains(axis)).collect();
        let lengths: Shape = kept.iter().map(|&axis| self.shape()[axis]).collect();
        let result_len: usize = lengths.iter().product();
        let reduced_len: usize = axes.iter().map(|&axis| self.shape()[axis]).product();
        let trailing = axes.iter().all(|&axis| axis >= kept.len());

        let result = Tensor::filled(Shape::from([result_len]), &mut |to| {
            to.fill(empty);
            if result_len == 0 || reduced_len == 0 {
                return;
            }
            if trailing {
                let rows = self.contiguous();
                for (to, row) in to.iter_mut().zip(rows.values().chunks_exact(reduced_len)) {
                    *to = all(row);
                }
                return;
            }
            let reduced = (0..self.rank()).filter(|axis| axes.contains(axis));
            let order: Shape = reduced.chain(kept.iter().copied()).collect();
            let Ok(columns) = self.permute(&order) else {
                unreachable!("the order names every axis once")
            };
            let columns = columns.contiguous();
            vectorize(|| {
                for row in columns.values().chunks_exact(result_len) {
                    for (to, &x) in to.iter_mut().zip(row) {
                        *to = two(*to, x);
                    }
                }
            });
        });
        if keep {
            let mut shape = Shape::from(self.shape());
            axes.iter().for_each(|&axis| shape.axes_mut()[axis] = 1);
            result.reshape(shape)
        } else {
            result.reshape(&lengths[..])
        }
    }
}

/// All other axes, then `axes`.
fn kept_then(rank: usize, axes: &[usize]) -> Shape {
    (0..rank).filter(|axis| !axes.contains(axis)).chain(axes.iter().copied()).collect()
}

/// Sixteen partial sums, added in pairs.
fn sum<T: Float>(values: &[T]) -> T {
    const LANES: usize = 16;
    let mut lanes = [T::zero(); LANES];
    vectorize(|| {
        let (whole, rest) = values.as_chunks::<LANES>();
        for chunk in whole {
            for lane in 0..LANES {
                lanes[lane] = lanes[lane] + chunk[lane];
            }
        }
        for (lane, &x) in lanes.iter_mut().zip(rest) {
            *lane = *lane + x;
        }
    });
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = lanes[lane] + lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_along_every_choice_of_axes() {
        let t = Tensor::from_fn([2, 3, 4], |i| (100 * i[0] + 10 * i[1] + i[2]) as f64);
        for bits in 0..8_usize {
            let axes: Vec<usize> = (0..3).filter(|axis| bits >> axis & 1 == 1).collect();
            let sum = t.sum_axes(&axes, true).unwrap();
            for i in 0..sum.shape()[0] {
                for j in 0..sum.shape()[1] {
                    for k in 0..sum.shape()[2] {
                        let range = |axis: usize, at: usize| {
                            if axes.contains(&axis) { 0..t.shape()[axis] } else { at..at + 1 }
                        };
                        let mut expected = 0.0;
                        for a in range(0, i) {
                            for b in range(1, j) {
                                for c in range(2, k) {
                                    expected += t.get(&[a, b, c]).unwrap();
                                }
                            }
                        }
                        assert_eq!(sum.get(&[i, j, k]), Some(expected), "{axes:?}");
                    }
                }
            }
            // The layout does not matter.
            let view = t.permute(&[2, 0, 1]).unwrap().contiguous().permute(&[1, 2, 0]).unwrap();
            assert_eq!(view.sum_axes(&axes, true).unwrap(), sum);
        }
    }

    #[test]
    fn products_along_axes() {
        let t = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        assert_eq!(t.prod_axes(&[0], false).unwrap(), Tensor::from([4.0, 10.0, 18.0]));
        assert_eq!(t.prod_axes(&[1], true).unwrap(), Tensor::from([[6.0], [120.0]]));
        assert_eq!(t.prod_axes(&[1, 0], false).unwrap(), Tensor::scalar(720.0));
    }

    #[test]
    fn empty_reductions() {
        let t = Tensor::<f32>::zeros([0, 3]);
        assert_eq!(t.sum(), 0.0);
        assert_eq!(t.prod_axes(&[0], false).unwrap(), Tensor::ones([3]));
        assert_eq!(t.sum_axes(&[0], false).unwrap(), Tensor::zeros([3]));
        for extreme in [t.max_axes(&[0], false), t.min_axes(&[0, 1], true)] {
            let says = extreme.unwrap_err().to_string();
            assert!(says.ends_with(": [0, 3]: axis 0 has no elements"), "{says}");
        }
        assert_eq!(t.max_axes(&[1], false).unwrap().shape(), [0]);
        assert_eq!(t.max_axes_or(&[0], false, -1.0).unwrap(), Tensor::full([3], -1.0));
        assert_eq!(t.sum_axes(&[1], false).unwrap().shape(), [0]);
        assert!(t.argmax(0).is_err());
    }

    #[test]
    fn extremes_do_not_swallow_nan() {
        let t = Tensor::from([[1.0, f64::NAN, 3.0], [1.0, 2.0, 0.5]]);
        for (axes, nans) in [([1], vec![true, false]), ([0], vec![false, true, false])] {
            for extreme in [t.max_axes(&axes, false).unwrap(), t.min_axes(&axes, false).unwrap()] {
                let found: Vec<bool> = extreme.to_vec().iter().map(|x| x.is_nan()).collect();
                assert_eq!(found, nans);
            }
        }
        assert_eq!(t.argmax(1).unwrap(), [2, 1]);
        assert_eq!(Tensor::from([f32::NAN, 1.0, 2.0]).argmax(0).unwrap(), [2]);
        assert_eq!(Tensor::from([f32::NAN, f32::NEG_INFINITY]).argmax(0).unwrap(), [1]);
        let says = Tensor::from([[1.0], [f32::NAN]]).argmax(1).unwrap_err().to_string();
        assert!(says.starts_with("argmax: [2, 1]: along axis 1 there are only NaN"), "{says}");
    }

    #[test]
    fn sum_to_undoes_broadcasting() {
        let t = Tensor::from([[1.0], [2.0]]).broadcast_to([3, 2, 4]).unwrap();
        assert_eq!(t.sum_to([2, 1]).unwrap(), Tensor::from([[12.0], [24.0]]));
        assert_eq!(t.sum_to([]).unwrap(), Tensor::scalar(36.0));
        assert_eq!(t.sum_to([3, 2, 4]).unwrap(), t);
        assert!(t.sum_to([2, 3]).is_err() && t.sum_to([1, 3, 2, 4]).is_err());
    }
}
