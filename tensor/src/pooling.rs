//! Max pooling and average pooling over the last two axes, and their gradients.

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::shape::Shape;
use crate::tensor::Tensor;
use crate::windows::{Plane, Run, Windows};

impl<T: Float> Tensor<T> {
    /// The maximum of each window over the last two axes, and its index in its plane (the last two
    /// axes, flattened); of equal elements, the first. Positions beyond the ends are ignored; a
    /// window without any element has −∞ and the index `usize::MAX`. A NaN is greater than every
    /// number. PyTorch's `max_pool2d`.
    ///
    /// # Errors
    ///
    /// If no window fits.
    pub fn max_pool2d(&self, size: [usize; 2], windows: Windows<2>) -> Result<(Self, Vec<usize>)> {
        let plane = Plane::of("max_pool2d", self.shape(), size, windows)?;
        let shape = pooled(self.shape(), &plane);
        let mut y = vec![T::neg_infinity(); shape.elements()];
        let mut indices = vec![usize::MAX; y.len()];
        if !(y.is_empty() || self.is_empty()) {
            let x = self.contiguous();
            let planes = x.values().chunks_exact(plane.len());
            let to = y.chunks_exact_mut(plane.count()).zip(indices.chunks_exact_mut(plane.count()));
            for (x, (y, indices)) in planes.zip(to) {
                for place in 0..plane.window() {
                    plane.each_row(plane.place(place), |Run { window, element, step, count }| {
                        let mut element = element;
                        for index in &mut indices[window..][..count] {
                            // Selects the index without a branch: the CPU cannot predict which is
                            // greater.
                            let best = if *index == usize::MAX { element } else { *index };
                            let (greatest, x) = (x[best], x[element]);
                            let is_greater = (x > greatest) | (x.is_nan() & !greatest.is_nan());
                            *index = if is_greater { element } else { best };
                            element += step;
                        }
                    });
                }
                for (y, &index) in y.iter_mut().zip(&*indices) {
                    if let Some(&x) = x.get(index) {
                        *y = x;
                    }
                }
            }
        }
        Ok((Tensor::from_vec(y, shape)?, indices))
    }

    /// The gradient dx of [`max_pool2d`](Tensor::max_pool2d) for an x of the shape `x`, where self
    /// is dy: each element is added to its plane at the index that the forward pass returned for
    /// it.
    ///
    /// # Errors
    ///
    /// If the shapes or the indices do not fit one another.
    pub fn max_pool2d_gradient(&self, x: impl Into<Shape>, indices: &[usize]) -> Result<Self> {
        let shape = x.into();
        let mut dx = Buffer::zeroed(shape.elements());
        if !(dx.is_empty() || self.is_empty()) {
            let outer = |shape: &[usize]| {
                shape.split_last_chunk::<2>().map(|(outer, _)| Shape::from(outer))
            };
            let fits = outer(&shape).is_some() && outer(&shape) == outer(self.shape());
            if !fits || indices.len() != self.len() {
                let rule = "all but the last two lengths must be equal, and one index there for \
                            each of the first";
                return Err(Error::shapes("max_pool2d", self.shape(), &shape, rule));
            }
            let planes: usize = shape[..shape.len() - 2].iter().product();
            let (from, to) = (self.len() / planes, dx.len() / planes);
            let dy = self.contiguous();
            let pairs = dy.values().chunks_exact(from).zip(indices.chunks_exact(from));
            for ((dy, indices), dx) in pairs.zip(dx.chunks_exact_mut(to)) {
                for (&dy, &index) in dy.iter().zip(indices) {
                    if let Some(dx) = dx.get_mut(index) {
                        *dx = *dx + dy;
                    }
                }
            }
        }
        Tensor::from_buffer(dx, shape)
    }

    /// The mean of each window over the last two axes. Positions beyond the ends are 0, and count
    /// as elements if `counts_padding`. PyTorch's `avg_pool2d`, with its `count_include_pad`. NaN
    /// for a window in which no position counts.
    ///
    /// # Errors
    ///
    /// If no window fits.
    pub fn avg_pool2d(
        &self,
        size: [usize; 2],
        windows: Windows<2>,
        counts_padding: bool,
    ) -> Result<Self> {
        let plane = Plane::of("avg_pool2d", self.shape(), size, windows)?;
        let shape = pooled(self.shape(), &plane);
        let mut y = Buffer::zeroed(shape.elements());
        if !(y.is_empty() || self.is_empty()) {
            let counts = counts::<T>(&plane, counts_padding);
            let x = self.contiguous();
            let planes = x.values().chunks_exact(plane.len());
            for (x, y) in planes.zip(y.chunks_exact_mut(plane.count())) {
                for place in 0..plane.window() {
                    plane.each_row(plane.place(place), |Run { window, element, step, count }| {
                        for k in 0..count {
                            y[window + k] = y[window + k] + x[element + k * step];
                        }
                    });
                }
                y.iter_mut().zip(&counts).for_each(|(y, &count)| *y = *y / count);
            }
        }
        Tensor::from_buffer(y, shape)
    }

    /// The gradient dx of [`avg_pool2d`](Tensor::avg_pool2d) for an x of the shape `x`, where self
    /// is dy: each element receives its part from every window that contains it.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit one another.
    pub fn avg_pool2d_gradient(
        &self,
        x: impl Into<Shape>,
        size: [usize; 2],
        windows: Windows<2>,
        counts_padding: bool,
    ) -> Result<Self> {
        let shape = x.into();
        let plane = Plane::of("avg_pool2d", &shape, size, windows)?;
        let expected = pooled(&shape, &plane);
        if *self.shape() != *expected {
            let rule =
                "the first, a gradient, must have the second's shape, that of what was pooled";
            return Err(Error::shapes("avg_pool2d", self.shape(), &expected, rule));
        }
        let mut dx = Buffer::zeroed(shape.elements());
        if !(dx.is_empty() || self.is_empty()) {
            let counts = counts::<T>(&plane, counts_padding);
            let dy = self.contiguous();
            let planes = dy.values().chunks_exact(plane.count());
            for (dy, dx) in planes.zip(dx.chunks_exact_mut(plane.len())) {
                let shares: Vec<T> =
                    dy.iter().zip(&counts).map(|(&dy, &count)| dy / count).collect();
                for place in 0..plane.window() {
                    plane.each_row(plane.place(place), |Run { window, element, step, count }| {
                        for k in 0..count {
                            dx[element + k * step] = dx[element + k * step] + shares[window + k];
                        }
                    });
                }
            }
        }
        Tensor::from_buffer(dx, shape)
    }
}

/// The output shape of windows over `shape`.
fn pooled(shape: &[usize], plane: &Plane) -> Shape {
    shape[..shape.len() - 2].iter().chain(&plane.places).copied().collect()
}

/// The divisor of each window's sum.
fn counts<T: Float>(plane: &Plane, counts_padding: bool) -> Vec<T> {
    if counts_padding {
        return vec![T::of(plane.window() as f64); plane.count()];
    }
    let mut counts = vec![0; plane.count()];
    for place in 0..plane.window() {
        plane.each_row(plane.place(place), |Run { window, count, .. }| {
            counts[window..][..count].iter_mut().for_each(|times| *times += 1);
        });
    }
    counts.into_iter().map(|count| T::of(f64::from(count))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_and_the_mean_of_four() {
        let x = Tensor::from([[1.0, 5.0, 2.0, 2.0], [3.0, 0.0, 2.0, f64::NAN]]);
        let (y, indices) = x.max_pool2d([2, 2], Windows::tiled([2, 2])).unwrap();
        assert_eq!((y.to_vec()[0], &indices[..]), (5.0, &[1, 7][..]));
        assert!(y.to_vec()[1].is_nan());
        let dx = Tensor::from([[10.0, 20.0]]).max_pool2d_gradient([2, 4], &indices).unwrap();
        assert_eq!(dx, Tensor::from([[0.0, 10.0, 0.0, 0.0], [0.0, 0.0, 0.0, 20.0]]));
        let mean = x.avg_pool2d([2, 2], Windows::default(), true).unwrap();
        assert_eq!(mean.to_vec()[..2], [2.25, 2.25]);
    }

    #[test]
    fn beyond_the_ends_nothing_is_greatest_and_may_count() {
        let x = Tensor::from([[-4.0, -8.0]]);
        let padded = Windows::default().padding([0, 1]);
        let (y, _) = x.max_pool2d([1, 2], padded).unwrap();
        assert_eq!(y, Tensor::from([[-4.0, -4.0, -8.0]]));
        let mean = |counts| x.avg_pool2d([1, 2], padded, counts).unwrap();
        assert_eq!(mean(true), Tensor::from([[-2.0, -6.0, -4.0]]));
        assert_eq!(mean(false), Tensor::from([[-4.0, -6.0, -8.0]]));
        // Windows over the positions before and after the only element.
        let around = Windows::default().padding([0, 1]).dilation([1, 2]);
        let (y, indices) = Tensor::from([[7.0]]).max_pool2d([1, 2], around).unwrap();
        assert_eq!((y.to_vec(), &indices[..]), (vec![f64::NEG_INFINITY], &[usize::MAX][..]));
        let dx = Tensor::from([[1.0]]).max_pool2d_gradient([1, 1], &indices).unwrap();
        assert_eq!(dx, Tensor::from([[0.0]]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let x = Tensor::<f32>::zeros([2, 3]);
        assert!(x.max_pool2d([3, 1], Windows::default()).is_err());
        assert!(x.avg_pool2d([1, 4], Windows::default(), true).is_err());
        assert!(x.avg_pool2d_gradient([2, 4], [1, 1], Windows::default(), true).is_err());
        assert!(x.max_pool2d_gradient([2, 4], &[0; 5]).is_err());
        assert!(x.max_pool2d_gradient([4], &[0; 6]).is_err());
        let none = Tensor::<f32>::zeros([0, 2, 2]);
        let (y, indices) = none.max_pool2d([2, 2], Windows::default()).unwrap();
        assert_eq!((y.shape(), indices.len()), (&[0, 1, 1][..], 0));
    }
}
