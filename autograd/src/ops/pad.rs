//! Padding before and after, along any axes.
//!
//! y  = x, with elements before and after it along each axis: a number, or copies of elements of x
//! dx = dy at the positions of x, plus the sum of dy over the copies of each element
//!
//! shapes: y as x, each axis longer by the widths before and after

use tensor::{Float, Shape, Tensor};

use super::concat::concat;
use crate::error::{Error, Result};
use crate::op::{Call, Op};
use crate::var::Var;

/// The values of the padding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Padding<T> {
    /// This number everywhere.
    Constant(T),
    /// The nearest element: `aa[abc]cc`. PyTorch's `replicate`.
    Edge,
    /// The elements reflected at the last one: `cb[abc]ba`. PyTorch's `reflect`.
    Reflect,
    /// The elements from the other end: `bc[abc]ab`. PyTorch's `circular`.
    Wrap,
}

/// y = x, with padding before and after it; dx is the sum of dy at an element and at its copies.
///
/// The padding may be wider than x: `Reflect` and `Wrap` then repeat periodically.
#[derive(Clone, Debug)]
pub struct Pad<T> {
    /// The number of elements (before, after), for each axis of x from the first to the last.
    /// (PyTorch's `pad` starts with the last axis.)
    pub widths: Vec<(usize, usize)>,
    /// The values of the padding.
    pub with: Padding<T>,
}

impl<T: Float> Pad<T> {
    /// For each position along the padded axis, the index of its element; `length` is the axis's
    /// length without padding.
    fn copied(&self, length: usize, (before, after): (usize, usize)) -> Vec<usize> {
        let [n, before, after] = [length, before, after].map(|length| length as isize);
        let element = |at: isize| match self.with {
            Padding::Constant(_) | Padding::Edge => at.clamp(0, n - 1),
            Padding::Wrap => at.rem_euclid(n),
            // The period, to the far end and back, is 2(n − 1); that of a single element is 1.
            Padding::Reflect => {
                let there_and_back = (2 * (n - 1)).max(1);
                let at = at.rem_euclid(there_and_back);
                at.min(there_and_back - at) % n
            }
        };
        (-before..n + after).map(|at| element(at) as usize).collect()
    }

    /// The axes with padding, and their widths.
    fn padded(&self) -> impl DoubleEndedIterator<Item = (usize, (usize, usize))> {
        self.widths.iter().copied().enumerate().filter(|&(_, widths)| widths != (0, 0))
    }
}

impl<T: Float> Op<T, 1> for Pad<T> {
    fn name(&self) -> &'static str {
        "pad"
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let refuse = |rule| Err(Error::invalid("pad", rule));
        if self.widths.len() != x.rank() {
            return refuse(format!(
                "{} widths for {:?}: expected one (before, after) for each axis",
                self.widths.len(),
                x.shape()
            ));
        }
        let mut y = x.clone();
        for (axis, (before, after)) in self.padded() {
            y = match self.with {
                Padding::Constant(value) => {
                    let [before, after] = [before, after].map(|length| {
                        let mut shape = y.shape().to_vec();
                        shape[axis] = length;
                        Tensor::full(Shape::from(&shape[..]), value)
                    });
                    concat(axis, &[&before, &y, &after])?
                }
                _ if x.shape()[axis] == 0 => {
                    return refuse(format!(
                        "{:?} has no element along axis {axis} to copy",
                        x.shape()
                    ));
                }
                _ => y.index_select(axis, &self.copied(x.shape()[axis], (before, after)))?,
            };
        }
        Ok(y)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        let [x] = call.inputs;
        Ok([call.wanted(0, || {
            let mut dx = dy.clone();
            for (axis, (before, after)) in self.padded().rev() {
                let length = x.shape()[axis];
                dx = if let Padding::Constant(_) = self.with {
                    dx.slice(axis, before..before + length)?
                } else {
                    let mut shape = dx.shape().to_vec();
                    shape[axis] = length;
                    let zeros = Tensor::zeros(Shape::from(&shape[..]));
                    zeros.index_add(axis, &self.copied(length, (before, after)), &dx)?
                };
            }
            Ok(dx)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// Adds `widths[i]` = (before, after) elements along axis i, for every axis.
    ///
    /// ```
    /// use autograd::{Tape, ops::Padding};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([[1.0, 2.0]]));
    /// let y = x.pad(&[(0, 1), (1, 0)], Padding::Constant(0.0))?;
    /// assert_eq!(y.value(), Tensor::from([[0.0, 1.0, 2.0], [0.0, 0.0, 0.0]]));
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is not one pair of widths for each axis, or there are no elements to copy.
    pub fn pad(self, widths: &[(usize, usize)], with: Padding<T>) -> Result<Self> {
        self.tape().apply(Pad { widths: widths.to_vec(), with }, [self])
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    fn op<T: Float>(widths: &[(usize, usize)], with: Padding<T>) -> Pad<T> {
        Pad { widths: widths.to_vec(), with }
    }
    vec![
        grad_case!(op(&[(1, 0), (2, 1)], Padding::Constant(Float::of(0.5))), [normal([2, 3])]),
        grad_case!(op(&[(0, 0), (2, 0)], Padding::Edge), [normal([2, 3])]).named("edge"),
        grad_case!(op(&[(1, 1), (2, 3)], Padding::Reflect), [normal([2, 3])]).named("reflect"),
        grad_case!(op(&[(1, 0), (2, 4)], Padding::Wrap), [normal([2, 3])]).named("wrap"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("pad", |given| {
        let widths = given.case.indices("widths");
        let (widths, _) = widths.as_chunks::<2>();
        let widths: Vec<(usize, usize)> =
            widths.iter().map(|&[before, after]| (before, after)).collect();
        let with = match given.case.word("mode") {
            Some("edge") => Padding::Edge,
            Some("reflect") => Padding::Reflect,
            Some("wrap") => Padding::Wrap,
            _ => Padding::Constant(given.number("value")),
        };
        given.x(0).pad(&widths, with)
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn every_padding_of_three_elements() {
        for (with, expected, dx) in [
            (Padding::Constant(9.0), [9.0, 9.0, 1.0, 2.0, 3.0, 9.0], [4.0, 8.0, 16.0]),
            (Padding::Edge, [1.0, 1.0, 1.0, 2.0, 3.0, 3.0], [7.0, 8.0, 48.0]),
            (Padding::Reflect, [3.0, 2.0, 1.0, 2.0, 3.0, 2.0], [4.0, 42.0, 17.0]),
            (Padding::Wrap, [2.0, 3.0, 1.0, 2.0, 3.0, 1.0], [36.0, 9.0, 18.0]),
        ] {
            let tape = Tape::new();
            let x = tape.parameter(Tensor::from([1.0, 2.0, 3.0]));
            let y = x.pad(&[(2, 1)], with).unwrap();
            assert_eq!(y.value(), Tensor::from(expected), "{with:?}");
            let dy = Tensor::from([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
            let gradients = y.backward_with(dy).unwrap();
            assert_eq!(*gradients.of(x).unwrap(), Tensor::from(dx), "{with:?}");
        }
    }

    #[test]
    fn a_single_element_is_its_own_mirror_image() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([7.0]));
        let y = x.pad(&[(2, 1)], Padding::Reflect).unwrap();
        assert_eq!(y.value(), Tensor::from([7.0; 4]));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::<f32>::zeros([0, 3]));
        assert_eq!(
            x.pad(&[(1, 1)], Padding::Edge).unwrap_err().to_string(),
            "pad: 1 widths for [0, 3]: expected one (before, after) for each axis"
        );
        assert_eq!(
            x.pad(&[(1, 1), (0, 0)], Padding::Edge).unwrap_err().to_string(),
            "pad: [0, 3] has no element along axis 0 to copy"
        );
        let y = x.pad(&[(1, 1), (0, 0)], Padding::Constant(1.0)).unwrap();
        assert_eq!(y.value(), Tensor::ones([2, 3]));
    }
}
