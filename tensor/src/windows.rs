//! Sliding windows over the last two axes: their positions, and the elements in them.

use crate::error::{Error, Result};
use crate::float::Float;

/// The geometry of sliding windows over the last `D` axes: the step from one window to the next
/// (`stride`), the positions beyond either end (`padding`), and the distance between the positions
/// in a window (`dilation`).
///
/// ```
/// use tensor::Windows;
///
/// let windows = Windows::default().stride([2, 2]).padding([1, 1]);
/// assert_eq!((windows.stride, windows.dilation), ([2, 2], [1, 1]));
/// assert_eq!(Windows::tiled([3]).stride, [3]); // side by side
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows<const D: usize> {
    /// Step from one window to the next; 1 by default.
    pub stride: [usize; D],
    /// Positions before the first and after the last element; 0 by default.
    pub padding: [usize; D],
    /// Distance from one position in a window to the next; 1 by default.
    pub dilation: [usize; D],
}

impl<const D: usize> Default for Windows<D> {
    fn default() -> Self {
        Windows { stride: [1; D], padding: [0; D], dilation: [1; D] }
    }
}

impl<const D: usize> Windows<D> {
    /// Non-overlapping windows of this size, as most pooling layers have: the stride is the size.
    pub fn tiled(size: [usize; D]) -> Self {
        Self::default().stride(size)
    }

    /// Sets the stride.
    #[must_use]
    pub fn stride(self, stride: [usize; D]) -> Self {
        Windows { stride, ..self }
    }

    /// Sets the padding at either end.
    #[must_use]
    pub fn padding(self, padding: [usize; D]) -> Self {
        Windows { padding, ..self }
    }

    /// Sets the dilation.
    #[must_use]
    pub fn dilation(self, dilation: [usize; D]) -> Self {
        Windows { dilation, ..self }
    }
}

impl Windows<1> {
    /// The same windows over two axes, the first of which has length 1.
    pub fn in_two_axes(self) -> Windows<2> {
        let ([stride], [padding], [dilation]) = (self.stride, self.padding, self.dilation);
        Windows { stride: [1, stride], padding: [0, padding], dilation: [1, dilation] }
    }
}

/// Windows of a size over planes of some lengths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    /// Of a plane.
    pub(crate) lengths: [usize; 2],
    /// Of a window.
    pub(crate) size: [usize; 2],
    /// How many windows there are along each axis.
    pub(crate) places: [usize; 2],
    windows: Windows<2>,
}

impl Plane {
    /// The windows of `size` over the last two axes of `shape`.
    pub(crate) fn of(
        op: &'static str,
        shape: &[usize],
        size: [usize; 2],
        windows: Windows<2>,
    ) -> Result<Self> {
        let Some((_, &lengths)) = shape.split_last_chunk() else {
            return Err(Error::shape(op, shape, "sliding windows need at least two axes"));
        };
        let Windows { stride, padding, dilation } = windows;
        let mut places = [0; 2];
        for axis in 0..2 {
            let (length, size) = (lengths[axis], size[axis]);
            if size == 0 || stride[axis] == 0 || dilation[axis] == 0 {
                let rule = format!(
                    "windows of {size} with the stride {} and the dilation {}: all must be at \
                     least 1",
                    stride[axis], dilation[axis]
                );
                return Err(Error::shape(op, shape, rule));
            }
            let extent =
                (size - 1).checked_mul(dilation[axis]).and_then(|steps| steps.checked_add(1));
            let padded = padding[axis].checked_mul(2).and_then(|pad| pad.checked_add(length));
            let room = padded.zip(extent).and_then(|(padded, extent)| padded.checked_sub(extent));
            let Some(room) = room else {
                let rule = format!(
                    "a window of {size} with the dilation {} does not fit into {length} elements \
                     with {} elements of padding at either end",
                    dilation[axis], padding[axis]
                );
                return Err(Error::shape(op, shape, rule));
            };
            places[axis] = room / stride[axis] + 1;
        }
        Ok(Plane { lengths, size, places, windows })
    }

    /// Elements of a plane.
    pub(crate) fn len(&self) -> usize {
        self.lengths[0] * self.lengths[1]
    }

    /// Positions in a window.
    pub(crate) fn window(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Windows over a plane.
    pub(crate) fn count(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Whether each window is one element, in order.
    pub(crate) fn is_identity(&self) -> bool {
        self.size == [1, 1] && self.windows.stride == [1, 1] && self.windows.padding == [0, 0]
    }

    /// Along an axis: the windows (from, to) whose position `at` is an element, and the first such
    /// element.
    fn span(&self, axis: usize, at: usize) -> (usize, usize, usize) {
        let Windows { stride, padding, dilation } = self.windows;
        let (stride, padding, offset) = (stride[axis], padding[axis], at * dilation[axis]);
        let from = padding.saturating_sub(offset).div_ceil(stride);
        let end = (self.lengths[axis] + padding).saturating_sub(offset).div_ceil(stride);
        let (from, to) = (from.min(self.places[axis]), end.min(self.places[axis]));
        if from >= to { (from, from, 0) } else { (from, to, from * stride + offset - padding) }
    }

    /// Calls `f` on each row of windows with its run of elements, for one position in the window:
    /// the first window, the first element, the distance of the elements, and their number.
    pub(crate) fn each_row(&self, [i, j]: [usize; 2], mut f: impl FnMut(Run)) {
        let (top, bottom, mut row) = self.span(0, i);
        let (from, to, column) = self.span(1, j);
        for window_row in top..bottom {
            f(Run {
                window: window_row * self.places[1] + from,
                element: row * self.lengths[1] + column,
                step: self.windows.stride[1],
                count: to - from,
            });
            row += self.windows.stride[0];
        }
    }

    /// The element of each window at each of its positions (im2col), a row for each position; 0
    /// beyond the ends.
    pub(crate) fn columns<T: Float>(&self, plane: &[T], columns: &mut [T]) {
        let rows = columns.chunks_exact_mut(self.count());
        for (place, to) in rows.enumerate() {
            to.fill(T::zero());
            self.each_row(self.place(place), |Run { window, element, step, count }| {
                let to = &mut to[window..][..count];
                if count == 0 {
                } else if step == 1 {
                    to.copy_from_slice(&plane[element..][..count]);
                } else {
                    let from = plane[element..].iter().step_by(step);
                    to.iter_mut().zip(from).for_each(|(to, &from)| *to = from);
                }
            });
        }
    }

    /// Adds the rows of [`columns`](Plane::columns) back to their elements (col2im).
    pub(crate) fn add_columns<T: Float>(&self, columns: &[T], plane: &mut [T]) {
        let rows = columns.chunks_exact(self.count());
        for (place, from) in rows.enumerate() {
            self.each_row(self.place(place), |Run { window, element, step, count }| {
                if count > 0 {
                    let to = plane[element..].iter_mut().step_by(step);
                    to.zip(&from[window..][..count]).for_each(|(to, &from)| *to = *to + from);
                }
            });
        }
    }

    /// Row and column of a position in the window.
    pub(crate) fn place(&self, place: usize) -> [usize; 2] {
        [place / self.size[1], place % self.size[1]]
    }
}

/// Neighboring windows and their elements at one position.
pub(crate) struct Run {
    pub(crate) window: usize,
    pub(crate) element: usize,
    pub(crate) step: usize,
    pub(crate) count: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_what_the_indices_say() {
        for lengths in [[1, 1], [3, 5], [4, 7]] {
            for size in [[1, 1], [2, 3], [3, 2]] {
                for stride in [[1, 1], [2, 3]] {
                    for padding in [[0, 0], [1, 2], [4, 5]] {
                        for dilation in [[1, 1], [2, 3]] {
                            let windows = Windows { stride, padding, dilation };
                            let Ok(plane) = Plane::of("test", &lengths, size, windows) else {
                                continue;
                            };
                            let elements: Vec<f64> = (1..=plane.len()).map(|i| i as f64).collect();
                            let mut columns = vec![f64::NAN; plane.window() * plane.count()];
                            plane.columns(&elements, &mut columns);
                            let mut at = columns.iter();
                            let mut times = vec![0.0; plane.len()];
                            for i in 0..size[0] {
                                for j in 0..size[1] {
                                    for y in 0..plane.places[0] {
                                        for x in 0..plane.places[1] {
                                            let inside = |k: usize, at: usize, axis: usize| {
                                                let place = k * stride[axis] + at * dilation[axis];
                                                let place = place.checked_sub(padding[axis]);
                                                place.filter(|&place| place < lengths[axis])
                                            };
                                            let element = inside(y, i, 0).zip(inside(x, j, 1));
                                            let element = element.map(|(r, c)| r * lengths[1] + c);
                                            let expected = element.map_or(0.0, |at| elements[at]);
                                            assert_eq!(*at.next().unwrap(), expected, "{plane:?}");
                                            element.into_iter().for_each(|at| times[at] += 1.0);
                                        }
                                    }
                                }
                            }
                            let mut sums = vec![0.0; plane.len()];
                            plane.add_columns(&columns, &mut sums);
                            let expected = elements.iter().zip(times).map(|(x, n)| x * n);
                            assert!(sums.into_iter().eq(expected), "{plane:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let of =
            |size, windows| Plane::of("pool", &[2, 3, 4], size, windows).unwrap_err().to_string();
        assert_eq!(
            of([4, 1], Windows::default()),
            "pool: [2, 3, 4]: a window of 4 with the dilation 1 does not fit into 3 elements with \
             0 elements of padding at either end"
        );
        assert_eq!(
            of([1, 1], Windows::default().stride([1, 0])),
            "pool: [2, 3, 4]: windows of 1 with the stride 0 and the dilation 1: all must be at \
             least 1"
        );
        let huge = Windows::default().padding([usize::MAX, 0]);
        assert!(Plane::of("pool", &[2, 3, 4], [1, 1], huge).is_err());
        assert!(Plane::of("pool", &[4], [1, 1], Windows::default()).is_err());
    }
}
