//! The shape of a tensor, and the broadcasting rule.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use crate::error::{Error, Result};

/// The most axes a tensor can have.
pub const MOST_AXES: usize = 8;

/// The lengths of a tensor's axes, outermost first; no axes for a scalar. At most [`MOST_AXES`].
///
/// Functions that take a shape accept anything that converts to one: `[2, 3]`, `&[2, 3]`, a slice.
///
/// ```
/// use tensor::Shape;
/// assert_eq!(Shape::from([2, 3]).elements(), 6);
/// assert_eq!(Shape::from([]).elements(), 1);
/// ```
#[derive(Clone, Copy, Eq)]
pub struct Shape {
    axes: [usize; MOST_AXES],
    rank: usize,
}

impl Shape {
    /// Number of elements: the product of the lengths, 1 for a scalar.
    ///
    /// # Panics
    ///
    /// If it is more than a `usize` can hold.
    #[inline]
    #[track_caller]
    pub fn elements(&self) -> usize {
        if self.contains(&0) {
            return 0; // regardless of the other lengths
        }
        match self.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis)) {
            Some(elements) => elements,
            None => panic!("shape: {self:?} has more elements than memory has bytes"),
        }
    }

    /// Distances between neighbors along each axis when the last axis is contiguous (row-major).
    #[inline]
    pub(crate) fn contiguous_strides(&self) -> Shape {
        let mut strides = *self;
        let mut step = 1;
        for axis in (0..self.rank).rev() {
            strides.axes[axis] = step;
            // Too large a step is that of a tensor without elements.
            step = step.wrapping_mul(self.axes[axis]);
        }
        strides
    }

    #[inline]
    pub(crate) fn axes_mut(&mut self) -> &mut [usize] {
        &mut self.axes[..self.rank]
    }

    /// The shape that `left` and `right` both broadcast to.
    ///
    /// The shapes are aligned at the last axis. Two lengths fit if they are equal or one of them is
    /// 1, which is then repeated; missing axes count as 1.
    pub(crate) fn broadcast(op: &'static str, left: &[usize], right: &[usize]) -> Result<Shape> {
        let rank = left.len().max(right.len());
        let mut shape = Shape::from(&[1; MOST_AXES][..rank]);
        for (from_end, length) in shape.axes_mut().iter_mut().rev().enumerate() {
            let at = |axes: &[usize]| match axes.len().checked_sub(from_end + 1) {
                Some(axis) => axes[axis],
                None => 1,
            };
            *length = match (at(left), at(right)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                (a, b) => {
                    return Err(Error::shapes(
                        op,
                        left,
                        right,
                        format!(
                            "they do not broadcast: counted from the last axis, axis {from_end} \
                             has the lengths {a} and {b}, which must be equal, or one of them 1"
                        ),
                    ));
                }
            };
        }
        Ok(shape)
    }
}

// Every operation compares shapes: a loop over the few axes costs less than the call to compare
// memory that a derived implementation compiles to.
impl PartialEq for Shape {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self[..].hash(state);
    }
}

impl Deref for Shape {
    type Target = [usize];

    #[inline]
    fn deref(&self) -> &[usize] {
        &self.axes[..self.rank]
    }
}

impl From<&[usize]> for Shape {
    /// # Panics
    ///
    /// If there are more than [`MOST_AXES`] axes.
    #[inline]
    #[track_caller]
    fn from(axes: &[usize]) -> Self {
        assert!(axes.len() <= MOST_AXES, "shape: {axes:?} has more than {MOST_AXES} axes");
        let mut shape = Shape { axes: [0; MOST_AXES], rank: axes.len() };
        shape.axes[..axes.len()].copy_from_slice(axes);
        shape
    }
}

impl FromIterator<usize> for Shape {
    /// # Panics
    ///
    /// If there are more than [`MOST_AXES`] axes.
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = usize>>(axes: I) -> Self {
        let mut shape = Shape { axes: [0; MOST_AXES], rank: 0 };
        for axis in axes {
            assert!(shape.rank < MOST_AXES, "shape: there are more than {MOST_AXES} axes");
            shape.axes[shape.rank] = axis;
            shape.rank += 1;
        }
        shape
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[inline]
    #[track_caller]
    fn from(axes: [usize; N]) -> Self {
        Shape::from(&axes[..])
    }
}

impl<const N: usize> From<&[usize; N]> for Shape {
    #[inline]
    #[track_caller]
    fn from(axes: &[usize; N]) -> Self {
        Shape::from(&axes[..])
    }
}

impl From<&Shape> for Shape {
    #[inline]
    fn from(shape: &Shape) -> Self {
        *shape
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_aligns_at_the_last_axis() {
        let broadcast =
            |a: &[usize], b: &[usize]| Shape::broadcast("add", a, b).map(|s| s.to_vec());
        assert_eq!(broadcast(&[2, 3], &[3]), Ok(vec![2, 3]));
        assert_eq!(broadcast(&[2, 1], &[1, 4]), Ok(vec![2, 4]));
        assert_eq!(broadcast(&[], &[5]), Ok(vec![5]));
        assert_eq!(broadcast(&[0, 3], &[1, 3]), Ok(vec![0, 3]));
        assert!(broadcast(&[2, 3], &[2]).is_err());
    }

    #[test]
    fn strides_of_a_contiguous_shape() {
        assert_eq!(&Shape::from([2, 3, 4]).contiguous_strides()[..], &[12, 4, 1]);
        assert_eq!(&Shape::from([]).contiguous_strides()[..], &[0_usize; 0]);
    }

    #[test]
    #[should_panic(expected = "has more than 8 axes")]
    fn nine_axes_are_too_many() {
        let _ = Shape::from([1; 9]);
    }
}
