//! Convolution over the last two axes, and its gradients.
//!
//! The elements in each window form a column of a matrix (im2col); its rows are the positions in
//! the window. The matrix kernels do the arithmetic: y = w·columns, dw = dy·columnsᵀ,
//! dcolumns = wᵀ·dy, separately for each image and each group. Images are divided among the
//! threads, for dw the input channels, but never a sum. So the bits do not depend on the number of
//! threads.

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::product::{Matrix, Start, product, product_with, worth_threads};
use crate::tensor::Tensor;
use crate::threads::Threads;
use crate::windows::{Plane, Windows};

/// The lengths of a convolution, after they have been checked.
struct Sizes {
    images: usize,
    groups: usize,
    /// Input and output channels of a group.
    input: usize,
    output: usize,
    plane: Plane,
}

impl Sizes {
    fn of(x: &[usize], weight: &[usize], windows: Windows<2>, groups: usize) -> Result<Self> {
        let refuse = |rule: &str| Err(Error::shapes("conv2d", x, weight, rule));
        let (&[images, channels, _, _], &[outputs, input, height, width]) = (x, weight) else {
            return refuse(
                "the first must be [images, channels, height, width], the second, the weight, \
                 [output channels, input channels of a group, height, width]",
            );
        };
        if groups == 0 || channels % groups != 0 || outputs % groups != 0 {
            return refuse(&format!(
                "{groups} groups must divide the {channels} input channels and the {outputs} \
                 output channels"
            ));
        }
        if channels / groups != input {
            return refuse(&format!(
                "the weight is for {input} input channels, but each of the {groups} groups has {}",
                channels / groups
            ));
        }
        let plane = Plane::of("conv2d", x, [height, width], windows)?;
        Ok(Sizes { images, groups, input, output: outputs / groups, plane })
    }

    /// Rows of a group's matrix of columns.
    fn rows(&self) -> usize {
        self.input * self.plane.window()
    }

    /// Elements of a group of an image of x, of y, of the columns, and of the weight.
    fn of_x(&self) -> usize {
        self.input * self.plane.len()
    }

    fn of_y(&self) -> usize {
        self.output * self.plane.count()
    }

    fn of_columns(&self) -> usize {
        self.rows() * self.plane.count()
    }

    fn of_weight(&self) -> usize {
        self.output * self.rows()
    }

    /// The columns of some channels of a group.
    fn columns<T: Float>(&self, x: &[T], columns: &mut [T]) {
        let planes = x.chunks_exact(self.plane.len());
        let stretch = self.plane.window() * self.plane.count();
        for (plane, columns) in planes.zip(columns.chunks_exact_mut(stretch)) {
            self.plane.columns(plane, columns);
        }
    }

    /// Calls `work` on each image's part of a result, on several threads if there are several
    /// images and it is worth waking them. With fewer images than threads, the threads that `work`
    /// receives divide a product.
    fn each_image<T: Float>(
        &self,
        result: &mut [T],
        work: impl Fn(usize, &mut [T], &Threads) + Sync,
    ) {
        let one = Threads::new(1);
        let products = [self.output * self.groups, self.rows(), self.plane.count()];
        let much = worth_threads([self.images * products[0], products[1], products[2]]);
        let threads = if much { Threads::all() } else { one.clone() };
        let parts = result.chunks_exact_mut(result.len() / self.images).enumerate();
        if self.images < threads.count() {
            parts.for_each(|(image, part)| work(image, part, &threads));
        } else {
            threads.for_each(parts, |(image, part)| work(image, part, &one));
        }
    }
}

impl<T: Float> Tensor<T> {
    /// The 2D convolution (cross-correlation): y\[n, o, i, j\] = Σ w\[o, c, p, q\]·x\[n, c, i·s +
    /// p·d − padding, j·s + q·d − padding\], for x `[images, channels, height, width]` and the
    /// weight `[output channels, channels/groups, height, width]`. x is 0 beyond its ends. With
    /// groups, each group of output channels reads only its own group of input channels. PyTorch's
    /// `conv2d`.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit one another, the groups do not divide the channels, or no window
    /// fits.
    ///
    /// ```
    /// use tensor::{Tensor, Windows};
    ///
    /// let x = Tensor::from([[1.0, 2.0, 4.0, 8.0]]).reshape([1, 1, 1, 4])?;
    /// let difference = Tensor::from([-1.0, 1.0]).reshape([1, 1, 1, 2])?;
    /// let y = x.conv2d(&difference, Windows::default(), 1)?;
    /// assert_eq!(y.reshape([3])?, Tensor::from([1.0, 2.0, 4.0]));
    /// # Ok::<(), tensor::Error>(())
    /// ```
    pub fn conv2d(&self, weight: &Self, windows: Windows<2>, groups: usize) -> Result<Self> {
        let sizes = Sizes::of(self.shape(), weight.shape(), windows, groups)?;
        let [height, width] = sizes.plane.places;
        let shape = [sizes.images, sizes.groups * sizes.output, height, width];
        let elements = sizes.images * sizes.groups * sizes.of_y();
        if elements == 0 || self.is_empty() {
            return Tensor::from_buffer(Buffer::zeroed(elements), shape);
        }
        let mut y = Buffer::stale(elements);
        let (x, weight) = (self.contiguous(), weight.contiguous());
        let count = sizes.plane.count();
        sizes.each_image(&mut y, |image, y, threads| {
            let identity = sizes.plane.is_identity();
            let mut memory = Buffer::stale(if identity { 0 } else { sizes.of_columns() });
            let x = &x.values()[image * groups * sizes.of_x()..];
            let weights = weight.values().chunks_exact(sizes.of_weight());
            let groups = x.chunks_exact(sizes.of_x()).zip(weights);
            for ((x, weight), y) in groups.zip(y.chunks_exact_mut(sizes.of_y())) {
                let columns = if identity {
                    x
                } else {
                    sizes.columns(x, &mut memory);
                    &memory[..]
                };
                let columns = Matrix::new(columns, sizes.rows(), count);
                let weight = Matrix::new(weight, sizes.output, sizes.rows());
                product_with(threads, weight, columns, Start::Zero, y);
            }
        });
        Tensor::from_buffer(y, shape)
    }

    /// The gradient dx of [`conv2d`](Tensor::conv2d) for an x of the shape `x`, where self is dy:
    /// for each element the sum of dy·w over the windows that contain it. Also PyTorch's
    /// `conv_transpose2d`.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit one another.
    pub fn conv2d_input_gradient(
        &self,
        x: [usize; 4],
        weight: &Self,
        windows: Windows<2>,
        groups: usize,
    ) -> Result<Self> {
        let sizes = self.sizes_of_gradient(x, weight.shape(), windows, groups)?;
        let mut dx = Buffer::zeroed(sizes.images * sizes.groups * sizes.of_x());
        if dx.is_empty() || self.is_empty() {
            return Tensor::from_buffer(dx, x);
        }
        let (dy, weight) = (self.contiguous(), weight.contiguous());
        let count = sizes.plane.count();
        sizes.each_image(&mut dx, |image, dx, threads| {
            let identity = sizes.plane.is_identity();
            let mut memory = Buffer::stale(if identity { 0 } else { sizes.of_columns() });
            let dy = &dy.values()[image * groups * sizes.of_y()..];
            let weights = weight.values().chunks_exact(sizes.of_weight());
            let groups = dy.chunks_exact(sizes.of_y()).zip(weights);
            for ((dy, weight), dx) in groups.zip(dx.chunks_exact_mut(sizes.of_x())) {
                let weight = Matrix::new(weight, sizes.output, sizes.rows()).transposed();
                let dy = Matrix::new(dy, sizes.output, count);
                if identity {
                    product_with(threads, weight, dy, Start::Zero, dx);
                    continue;
                }
                product_with(threads, weight, dy, Start::Zero, &mut memory);
                let stretch = sizes.plane.window() * count;
                let planes = dx.chunks_exact_mut(sizes.plane.len());
                for (plane, columns) in planes.zip(memory.chunks_exact(stretch)) {
                    sizes.plane.add_columns(columns, plane);
                }
            }
        });
        Tensor::from_buffer(dx, x)
    }

    /// The gradient dw of [`conv2d`](Tensor::conv2d) of `x` with a weight of the shape `weight`,
    /// where self is dy: the sum over images and windows of dy times the elements in the window.
    ///
    /// # Errors
    ///
    /// If the shapes do not fit one another.
    pub fn conv2d_weight_gradient(
        &self,
        x: &Self,
        weight: [usize; 4],
        windows: Windows<2>,
        groups: usize,
    ) -> Result<Self> {
        let sizes = self.sizes_of_gradient(x.shape(), &weight, windows, groups)?;
        let (window, count) = (sizes.plane.window(), sizes.plane.count());
        // For each input channel, the matrix [positions in the window, output channels of its
        // group].
        let of_channel = window * sizes.output;
        let mut dw = Buffer::zeroed(groups * sizes.input * of_channel);
        if !(dw.is_empty() || self.is_empty() || x.is_empty()) {
            let (dy, x) = (self.contiguous(), x.contiguous());
            let much = worth_threads([groups * sizes.rows(), sizes.images * count, sizes.output]);
            let threads = if much { Threads::all() } else { Threads::new(1) };
            // No more groups of channels than threads: the taller a product, the faster.
            let channels = sizes.input.div_ceil(threads.count());
            let parts = dw.chunks_exact_mut(sizes.input * of_channel).enumerate();
            let parts = parts.flat_map(|(group, dw)| {
                dw.chunks_mut(channels * of_channel).enumerate().map(move |part| (group, part))
            });
            threads.for_each(parts, |(group, (part, dw))| {
                let channels_here = dw.len() / of_channel;
                let rows = channels_here * window;
                let mut columns = Buffer::stale(rows * count);
                for image in 0..sizes.images {
                    let at = image * groups + group;
                    let x = &x.values()[at * sizes.of_x()..][..sizes.of_x()];
                    let x = &x[part * channels * sizes.plane.len()..];
                    sizes.columns(&x[..channels_here * sizes.plane.len()], &mut columns);
                    let dy = &dy.values()[at * sizes.of_y()..][..sizes.of_y()];
                    let dy = Matrix::new(dy, sizes.output, count).transposed();
                    let start = if image == 0 { Start::Zero } else { Start::Accumulate };
                    product(Matrix::new(&columns, rows, count), dy, start, dw, None);
                }
            });
        }
        let by_channel = [groups, sizes.input, window, sizes.output];
        Tensor::from_buffer(dw, by_channel)?.permute(&[0, 3, 1, 2])?.reshape(weight)
    }

    /// The sizes of the convolution whose dy is self.
    fn sizes_of_gradient(
        &self,
        x: impl AsRef<[usize]>,
        weight: &[usize],
        windows: Windows<2>,
        groups: usize,
    ) -> Result<Sizes> {
        let sizes = Sizes::of(x.as_ref(), weight, windows, groups)?;
        let [height, width] = sizes.plane.places;
        let expected = [sizes.images, sizes.groups * sizes.output, height, width];
        if *self.shape() != expected {
            let rule =
                "the first, a gradient, must have the second's shape, that of the convolution";
            return Err(Error::shapes("conv2d", self.shape(), &expected, rule));
        }
        Ok(sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The sums exactly as in the formula.
    fn plain(x: &Tensor<f64>, w: &Tensor<f64>, windows: Windows<2>, groups: usize) -> Tensor<f64> {
        let plane = Plane::of("plain", x.shape(), [w.shape()[2], w.shape()[3]], windows).unwrap();
        let outputs = w.shape()[0];
        let shape = [x.shape()[0], outputs, plane.places[0], plane.places[1]];
        Tensor::from_fn(shape, |at| {
            let mut sum = 0.0;
            for channel in 0..w.shape()[1] {
                for p in 0..w.shape()[2] {
                    for q in 0..w.shape()[3] {
                        let place = |axis: usize, at: usize, p: usize| {
                            (at * windows.stride[axis] + p * windows.dilation[axis])
                                .checked_sub(windows.padding[axis])
                        };
                        let (Some(i), Some(j)) = (place(0, at[2], p), place(1, at[3], q)) else {
                            continue;
                        };
                        let group = at[1] / (outputs / groups);
                        let from = [at[0], group * w.shape()[1] + channel, i, j];
                        if let Some(x) = x.get(&from) {
                            sum += x * w.get(&[at[1], channel, p, q]).unwrap();
                        }
                    }
                }
            }
            sum
        })
    }

    fn near(a: &Tensor<f64>, b: &Tensor<f64>) -> bool {
        let difference = a.zip(b, |a, b| (a - b).abs()).unwrap();
        a.shape() == b.shape() && difference.to_vec().iter().all(|&d| d < 1e-11)
    }

    #[test]
    fn convolutions_and_their_gradients_are_the_plain_sums() {
        let draw =
            |shape: [usize; 4], stream| Tensor::normal(shape, 0.0, 1.0, Random::new(1, stream));
        let windows = Windows::<2>::default();
        for (x, w, windows, groups) in [
            ([2, 3, 5, 7], [4, 3, 3, 2], windows, 1),
            ([1, 4, 6, 5], [6, 2, 2, 3], windows.stride([2, 1]).padding([1, 2]), 2),
            ([3, 2, 7, 6], [2, 1, 3, 3], windows.dilation([2, 1]).padding([2, 0]), 2),
            ([2, 3, 4, 4], [5, 3, 1, 1], windows, 1),
            ([2, 4, 4, 4], [4, 2, 1, 1], windows.stride([2, 3]), 2),
            ([4, 4, 14, 14], [16, 4, 5, 5], windows.padding([2, 2]), 1), // worth threads
            ([1, 16, 16, 16], [32, 16, 3, 3], windows.padding([1, 1]), 1), // one image
            ([0, 3, 5, 7], [4, 3, 3, 2], windows, 1),
            ([2, 0, 5, 7], [4, 0, 3, 2], windows, 1),
            ([2, 3, 5, 7], [0, 3, 3, 2], windows, 1),
        ] {
            let (x, w) = (draw(x, 1), draw(w, 2));
            let y = x.conv2d(&w, windows, groups).unwrap();
            assert!(near(&y, &plain(&x, &w, windows, groups)), "{x:?} {w:?} {windows:?}");
            // y is linear in x and in w: Σ dy·y = Σ dx·x = Σ dw·w, also where x or w is another
            // one.
            let dy = Tensor::normal(y.shape(), 0.0, 1.0, Random::new(1, 3));
            let sizes = |t: &Tensor<f64>| <[usize; 4]>::try_from(t.shape()).unwrap();
            let dx = dy.conv2d_input_gradient(sizes(&x), &w, windows, groups).unwrap();
            let dw = dy.conv2d_weight_gradient(&x, sizes(&w), windows, groups).unwrap();
            for stream in 4..7 {
                let (x2, w2) = (draw(sizes(&x), stream), draw(sizes(&w), stream + 10));
                let along = |a: &Tensor<f64>, b: &Tensor<f64>| (a * b).sum();
                let expected = along(&dy, &plain(&x2, &w, windows, groups));
                assert!((along(&dx, &x2) - expected).abs() < 1e-9, "dx of {x:?} {w:?} {windows:?}");
                let expected = along(&dy, &plain(&x, &w2, windows, groups));
                assert!((along(&dw, &w2) - expected).abs() < 1e-9, "dw of {x:?} {w:?} {windows:?}");
            }
        }
    }

    #[test]
    fn an_image_has_the_same_bits_alone_and_among_others() {
        let draw = |shape: [usize; 4], stream| {
            Tensor::<f32>::normal(shape, 0.0, 1.0, Random::new(1, stream))
        };
        let (x, w) = (draw([6, 8, 20, 20], 1), draw([16, 8, 5, 5], 2));
        let (windows, shape) = (Windows::default().padding([2, 2]), [6, 16, 20, 20]);
        let y = x.conv2d(&w, windows, 1).unwrap();
        let dy = draw(shape, 3);
        let dx = dy.conv2d_input_gradient([6, 8, 20, 20], &w, windows, 1).unwrap();
        for image in 0..6 {
            let one = |t: &Tensor<f32>| t.slice(0, image..image + 1).unwrap();
            assert_eq!(one(&x).conv2d(&w, windows, 1).unwrap(), one(&y));
            let alone = one(&dy).conv2d_input_gradient([1, 8, 20, 20], &w, windows, 1).unwrap();
            assert_eq!(alone, one(&dx));
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let zeros = |shape: &[usize]| Tensor::<f32>::zeros(shape);
        let message = |x: &[usize], w: &[usize], groups| {
            zeros(x).conv2d(&zeros(w), Windows::default(), groups).unwrap_err().to_string()
        };
        for (x, w, groups, says) in [
            (&[3, 5, 5][..], &[4, 3, 3, 3][..], 1, "the first must be [images, channels"),
            (
                &[1, 3, 5, 5],
                &[4, 2, 3, 3],
                1,
                "for 2 input channels, but each of the 1 groups has 3",
            ),
            (&[1, 3, 5, 5], &[4, 1, 3, 3], 2, "2 groups must divide the 3 input channels"),
            (
                &[1, 4, 5, 5],
                &[3, 2, 3, 3],
                2,
                "2 groups must divide the 4 input channels and the 3",
            ),
            (&[1, 4, 5, 5], &[3, 2, 3, 3], 0, "0 groups must divide"),
            (&[1, 4, 5, 5], &[3, 4, 6, 3], 1, "a window of 6"),
        ] {
            let message = message(x, w, groups);
            assert!(message.starts_with("conv2d: ") && message.contains(says), "{message}");
        }
        let wrong = zeros(&[1, 3, 2, 3]);
        let message = wrong
            .conv2d_input_gradient([1, 4, 5, 5], &zeros(&[3, 4, 3, 3]), Windows::default(), 1)
            .unwrap_err()
            .to_string();
        assert!(message.contains("must have the second's shape"), "{message}");
    }
}
