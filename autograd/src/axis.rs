//! Axes counted from either end, and shapes with one inferred length.

use std::fmt::Debug;

use tensor::{MOST_AXES, Shape};

use crate::error::{Error, Result};

/// An axis of a tensor: 0, 1, … from the first one, or −1, −2, … from the last, as in PyTorch and
/// NumPy.
///
/// A `usize` or a signed integer. A literal such as `1` or `-1` is a signed integer.
///
/// ```
/// use autograd::Tape;
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
/// assert_eq!(x.sum_axes(&[-1], false)?.value(), Tensor::from([3.0, 7.0]));
/// assert_eq!(
///     x.softmax(-3).unwrap_err().to_string(),
///     "softmax: [2, 2]: there is no axis -3; the axes are counted from 0, or from the end by -1, \
///      -2, …"
/// );
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait Axis: Copy + Debug {
    /// Returns the axis counted from 0, in a tensor of this shape.
    ///
    /// # Errors
    ///
    /// If it is negative and the tensor has fewer axes. (The operation itself refuses a positive
    /// axis that is too large.)
    fn counted(self, op: &'static str, shape: impl FnOnce() -> Shape) -> Result<usize>;
}

impl Axis for usize {
    #[inline]
    fn counted(self, _: &'static str, _: impl FnOnce() -> Shape) -> Result<usize> {
        Ok(self)
    }
}

macro_rules! signed {
    ($($Integer:ident)*) => {
        $(
            impl Axis for $Integer {
                #[inline]
                fn counted(self, op: &'static str, shape: impl FnOnce() -> Shape) -> Result<usize> {
                    match usize::try_from(self) {
                        Ok(axis) => Ok(axis),
                        Err(_) => from_end(op, self as i128, &shape()),
                    }
                }
            }
        )*
    };
}

signed!(i32 i64 isize);

fn from_end(op: &'static str, axis: i128, shape: &Shape) -> Result<usize> {
    usize::try_from(axis + shape.len() as i128).map_err(|_| {
        let rule = format!(
            "{shape:?}: there is no axis {axis}; the axes are counted from 0, or from the end by \
             -1, -2, …"
        );
        Error::invalid(op, rule)
    })
}

/// Returns several axes, counted from 0.
pub(crate) fn all_counted<A: Axis>(
    axes: &[A],
    op: &'static str,
    shape: impl Fn() -> Shape,
) -> Result<Shape> {
    if axes.len() > MOST_AXES {
        let rule = format!("{axes:?} are {} axes; a tensor has at most {MOST_AXES}", axes.len());
        return Err(Error::invalid(op, rule));
    }
    let mut counted = [0; MOST_AXES];
    for (counted, &axis) in counted.iter_mut().zip(axes) {
        *counted = axis.counted(op, &shape)?;
    }
    Ok(Shape::from(&counted[..axes.len()]))
}

/// The lengths of a shape. One of them may be −1; it is inferred from the number of elements.
///
/// A [`Shape`], or an array or a slice of integers.
///
/// ```
/// use autograd::Tape;
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::<f32>::zeros([4, 6]));
/// assert_eq!(x.reshape([2, -1])?.shape()[..], [2, 12]);
/// assert_eq!(
///     x.reshape([5, -1]).unwrap_err().to_string(),
///     "reshape: [4, 6] to [5, -1]: the other lengths do not divide the 24 elements"
/// );
/// # Ok::<(), autograd::Error>(())
/// ```
pub trait Lengths {
    /// Returns the shape, for a tensor of the shape that `from` returns.
    ///
    /// # Errors
    ///
    /// If a length is negative but not −1, two are −1, or the other lengths do not divide the
    /// number of elements.
    fn shape(self, from: impl FnOnce() -> Shape) -> Result<Shape>;
}

impl Lengths for Shape {
    #[inline]
    fn shape(self, _: impl FnOnce() -> Shape) -> Result<Shape> {
        Ok(self)
    }
}

impl Lengths for &Shape {
    #[inline]
    fn shape(self, _: impl FnOnce() -> Shape) -> Result<Shape> {
        Ok(*self)
    }
}

impl<L: Copy + Debug + TryInto<i64>> Lengths for &[L] {
    fn shape(self, from: impl FnOnce() -> Shape) -> Result<Shape> {
        let mut lengths = [0; MOST_AXES];
        let refuse = |rule: String| Err(Error::invalid("reshape", rule));
        if self.len() > MOST_AXES {
            return refuse(format!("{self:?} has more than {MOST_AXES} axes"));
        }
        for (to, &length) in lengths.iter_mut().zip(self) {
            // A length beyond i64 exceeds every memory; the reshape itself fails.
            *to = length.try_into().unwrap_or(i64::MAX);
        }
        let lengths = &lengths[..self.len()];
        if lengths.iter().all(|&length| length >= 0) {
            return Ok(lengths.iter().map(|&length| length as usize).collect());
        }
        open(lengths, &from())
    }
}

/// The shape with the length for −1 filled in.
#[cold]
fn open(lengths: &[i64], from: &Shape) -> Result<Shape> {
    let refuse =
        |rule: &str| Err(Error::invalid("reshape", format!("{from:?} to {lengths:?}: {rule}")));
    if lengths.iter().any(|&length| length < -1) || lengths.iter().filter(|&&l| l < 0).count() > 1 {
        return refuse("lengths must not be negative, except for one that may be -1");
    }
    let known = lengths.iter().filter(|&&length| length >= 0);
    let known = known.fold(1_usize, |product, &length| product.saturating_mul(length as usize));
    let elements = from.elements();
    if known == 0 {
        return refuse("with a length of 0 the -1 is ambiguous; write the length explicitly");
    }
    if !elements.is_multiple_of(known) {
        return refuse(&format!("the other lengths do not divide the {elements} elements"));
    }
    let length = |&length: &i64| usize::try_from(length).unwrap_or(elements / known);
    Ok(lengths.iter().map(length).collect())
}

impl<L: Copy + Debug + TryInto<i64>, const N: usize> Lengths for [L; N] {
    #[inline]
    fn shape(self, from: impl FnOnce() -> Shape) -> Result<Shape> {
        self[..].shape(from)
    }
}

impl<L: Copy + Debug + TryInto<i64>, const N: usize> Lengths for &[L; N] {
    #[inline]
    fn shape(self, from: impl FnOnce() -> Shape) -> Result<Shape> {
        self[..].shape(from)
    }
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use crate::{Result, Tape, Var};

    #[test]
    fn every_method_counts_from_either_end() -> Result<()> {
        let tape = Tape::new();
        let values = Tensor::from_fn([2, 3, 4], |i| (i[0] * 20 + i[1] * 5 + i[2] * i[2]) as f64);
        let x = tape.constant(values);
        let same = |a: Var<'_, f64>, b: Var<'_, f64>| {
            assert_eq!(a.value(), b.value());
            assert!(a.shape() == b.shape());
        };
        for axis in 0..3_usize {
            let back = axis as i32 - 3;
            same(x.softmax(axis)?, x.softmax(back)?);
            same(x.log_softmax(axis)?, x.log_softmax(back)?);
            same(x.cumsum(axis)?, x.cumsum(back)?);
            same(x.cumprod(axis)?, x.cumprod(back)?);
            same(x.argmax(axis, false)?, x.argmax(back, false)?);
            same(x.argmin(axis, true)?, x.argmin(back, true)?);
            same(x.index_select(axis, &[1])?, x.index_select(back, &[1])?);
            same(x.slice(axis, 1..2)?, x.slice(back, 1..2)?);
            let (shape, at) = ([1, 1, 1], [1]);
            same(x.gather(axis, &at, shape)?, x.gather(back, &at, shape)?);
            let one = tape.constant(Tensor::ones(shape));
            same(x.scatter_add(axis, &at, one)?, x.scatter_add(back, &at, one)?);
            same(x.cosine_similarity(x, axis, 1e-8)?, x.cosine_similarity(x, back, 1e-8)?);
            same(Var::concat(axis, &[x, x])?, Var::concat(back, &[x, x])?);
            same(x.flip(&[axis])?, x.flip(&[back])?);
            same(x.sum_axes(&[axis], true)?, x.sum_axes(&[back], true)?);
            same(x.mean_axes(&[axis], true)?, x.mean_axes(&[back], true)?);
            same(x.max_axes(&[axis], false)?, x.max_axes(&[back], false)?);
            same(x.min_axes(&[axis], false)?, x.min_axes(&[back], false)?);
            same(x.prod_axes(&[axis], false)?, x.prod_axes(&[back], false)?);
            same(x.variance_axes(&[axis], true, 1)?, x.variance_axes(&[back], true, 1)?);
            same(x.std_axes(&[axis], true, 1)?, x.std_axes(&[back], true, 1)?);
            same(x.norm_axes(&[axis], true, 2.0)?, x.norm_axes(&[back], true, 2.0)?);
            same(x.logsumexp_axes(&[axis], true)?, x.logsumexp_axes(&[back], true)?);
            same(x.standardize(&[axis], 1e-5)?, x.standardize(&[back], 1e-5)?);
            let length = x.shape()[axis];
            same(x.split(axis, &[1, length - 1])?[1], x.split(back, &[1, length - 1])?[1]);
        }
        // A new axis has one more possible position.
        for axis in 0..4_usize {
            let back = axis as i32 - 4;
            same(x.unsqueeze(axis)?, x.unsqueeze(back)?);
            same(Var::stack(axis, &[x, x])?, Var::stack(back, &[x, x])?);
        }
        same(x.unsqueeze(0)?.squeeze(0)?, x.unsqueeze(0)?.squeeze(-4)?);
        same(x.permute(&[2, 0, 1])?, x.permute(&[-1, 0, -2])?);
        Ok(())
    }

    #[test]
    fn what_is_not_there_is_named() {
        let tape = Tape::new();
        let x = tape.constant(Tensor::<f32>::zeros([2, 3]));
        let message = |result: Result<Var<'_, f32>>| result.unwrap_err().to_string();
        for wrong in [
            x.sum_axes(&[-3], false),
            x.unsqueeze(-4),
            x.squeeze(-3),
            x.cumsum(i64::MIN),
            x.sum_axes(&[0; 9], false),
            x.sum_axes(&[1, -1], false),
            Var::concat(-1, &[]),
            Var::stack(-4, &[x]),
        ] {
            let message = message(wrong);
            assert!(message.contains("ax") || message.contains("no inputs"), "{message}");
        }
        for (wrong, says) in [
            (
                x.reshape([-1, -1]),
                "to [-1, -1]: lengths must not be negative, except for one that may be -1",
            ),
            (x.reshape([-2, 3]), "to [-2, 3]: lengths must not be negative"),
            (x.reshape([0, -1]), "to [0, -1]: with a length of 0 the -1 is ambiguous"),
            (x.reshape([4, -1]), "to [4, -1]: the other lengths do not divide the 6 elements"),
            (x.reshape([1; 9]), "has more than 8 axes"),
            (x.reshape([4_usize, 2]), "6 elements cannot become 8"),
        ] {
            let message = message(wrong);
            assert!(message.contains(says), "{message}");
        }
        assert_eq!(x.reshape([3, -1, 1]).unwrap().shape()[..], [3, 2, 1]);
        assert_eq!(x.reshape(&[-1][..]).unwrap().shape()[..], [6]);
        let none = tape.constant(Tensor::<f32>::zeros([0, 3]));
        assert_eq!(none.reshape([3, -1]).unwrap().shape()[..], [3, 0]);
    }
}
