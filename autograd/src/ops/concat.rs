//! Concatenation along an axis.
//!
//! y   = [x₀, x₁, …]
//! dxᵢ = the part of dy at the positions of xᵢ
//!
//! shapes: equal but for the axis, where y has the sum of the lengths

use tensor::{Buffer, Float, Shape, Tensor};

use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::list::{ListCall, ListOp};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = \[x₀, x₁, …\], concatenated along an axis; dxᵢ is the part of dy at the positions of xᵢ.
///
/// ```
/// use autograd::{Tape, ops::Concat};
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let [a, b, c] = [1.0, 2.0, 3.0].map(|x| tape.parameter(Tensor::from([x])));
/// let y = tape.apply(Concat { axis: 0 }, [a, b, c])?;
/// assert_eq!(y.value().to_vec(), [1.0, 2.0, 3.0]);
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Concat {
    /// The axis of concatenation.
    pub axis: usize,
}

impl<T: Float, const N: usize> Op<T, N> for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>> {
        concat(self.axis, &inputs)
    }

    fn backward(&self, call: &Call<'_, T, N>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; N]> {
        let mut gradients = [const { None }; N];
        let mut start = 0;
        for (input, gradient) in gradients.iter_mut().enumerate() {
            let end = start + call.inputs[input].shape()[self.axis];
            *gradient = call.wanted(input, || Ok(dy.slice(self.axis, start..end)?))?;
            start = end;
        }
        Ok(gradients)
    }
}

/// The same for a list of inputs, whose number is known only at run time.
impl<T: Float> ListOp<T> for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
        Ok(vec![concat(self.axis, inputs)?])
    }

    fn backward(&self, call: &ListCall<'_, T>, dy: &[Tensor<T>]) -> Result<Vec<Option<Tensor<T>>>> {
        let mut start = 0;
        let gradient = |(input, x): (usize, &&Tensor<T>)| {
            let range = start..start + x.shape()[self.axis];
            start = range.end;
            call.wanted(input, || Ok(dy[0].slice(self.axis, range)?))
        };
        call.inputs.iter().enumerate().map(gradient).collect()
    }
}

/// Concatenates the parts along `axis`.
pub(super) fn concat<T: Float>(axis: usize, parts: &[&Tensor<T>]) -> Result<Tensor<T>> {
    let refuse = |rule| Err(Error::invalid("concat", rule));
    let Some(first) = parts.first().map(|part| part.shape()) else {
        return refuse(format!("axis {axis}: expected at least one input"));
    };
    let mut shape = first.to_vec();
    if let Some(length) = shape.get_mut(axis) {
        *length = 0;
    }
    for (input, part) in parts.iter().enumerate() {
        let lengths = part.shape();
        if axis >= lengths.len() {
            return refuse(format!("input {input} is {lengths:?} and has no axis {axis}"));
        }
        let fits = lengths.len() == first.len()
            && (0..first.len()).all(|a| a == axis || lengths[a] == first[a]);
        if !fits {
            return refuse(format!(
                "input {input} is {lengths:?}, input 0 is {first:?}: all lengths except that of \
                 axis {axis} must be equal"
            ));
        }
        shape[axis] += lengths[axis];
    }
    let inner: usize = shape[axis + 1..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    let parts: Vec<Tensor<T>> = parts.iter().map(|part| part.contiguous()).collect();
    let shape = Shape::from(&shape[..]);
    let mut values = Buffer::stale(shape.elements());
    let mut rest = &mut values[..];
    for index in 0..outer {
        for part in &parts {
            let run = part.shape()[axis] * inner;
            let (to, after) = rest.split_at_mut(run);
            to.copy_from_slice(&part.values()[index * run..][..run]);
            rest = after;
        }
    }
    Ok(Tensor::from_buffer(values, shape)?)
}

impl<T: Float> Var<'_, T> {
    /// Concatenates the inputs along `axis`.
    ///
    /// ```
    /// use autograd::{Tape, Var};
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let words: Vec<_> = (0..3).map(|i| tape.parameter(Tensor::full([2], i as f32))).collect();
    /// assert_eq!(Var::concat(0, &words)?.value().to_vec(), [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
    /// assert_eq!(Var::stack(0, &words)?.shape()[..], [3, 2]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no input, or the shapes differ in more than the length of `axis`.
    #[doc(alias = "cat")]
    #[doc(alias = "concatenate")]
    pub fn concat(axis: impl Axis, inputs: &[Self]) -> Result<Self> {
        let first = || inputs.first().map_or(Shape::from([]), |first| first.shape());
        let axis = axis.counted("concat", first)?;
        joined("concat", Concat { axis }, inputs)
    }
}

/// The only output of `op` for a list of inputs.
pub(super) fn joined<'t, T: Float>(
    name: &'static str,
    op: impl ListOp<T>,
    inputs: &[Var<'t, T>],
) -> Result<Var<'t, T>> {
    let Some(first) = inputs.first() else {
        return Err(Error::invalid(name, "no inputs; expected at least one"));
    };
    let outputs = first.tape().apply_list(op, inputs)?;
    Ok(outputs[0])
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::{GradCase, normal};
    vec![
        grad_case!(Concat { axis: 0 }, [normal([2, 3]), normal([1, 3])]),
        grad_case!(Concat { axis: 1 }, [[2, 1, 2], [2, 3, 2], [2, 2, 2]])
            .named("three in the middle"),
        GradCase::list(|| Concat { axis: 1 }, [[2, 1, 2], [2, 3, 2], [2, 2, 2]]).named("a list"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("concat", |given| {
        let op = Concat { axis: given.whole("axis") };
        match given.inputs[..] {
            [a, b] => given.tape.apply(op, [a, b]),
            [a, b, c] => given.tape.apply(op, [a, b, c]),
            _ => panic!("{}: two or three inputs", given.case.name),
        }
    })]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Tape, Var};

    #[test]
    fn columns_stand_side_by_side() {
        let tape = Tape::new();
        let a = tape.parameter(Tensor::from([[1.0], [2.0]]));
        let b = tape.parameter(Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
        let y = tape.apply(Concat { axis: 1 }, [a, b]).unwrap();
        assert_eq!(y.value(), Tensor::from([[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]));
        let gradients = y.backward_with(y.value()).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), a.value());
        assert_eq!(*gradients.of(b).unwrap(), b.value());
    }

    #[test]
    fn as_many_as_there_are() {
        let tape = Tape::new();
        let parts: Vec<_> = (0..5).map(|i| tape.parameter(Tensor::full([2], i as f64))).collect();
        for count in 1..=5 {
            let y = Var::concat(0, &parts[..count]).unwrap();
            let expected = Tensor::from_fn([2 * count], |i| (i[0] / 2) as f64);
            assert_eq!(y.value(), expected);
            let gradients = y.backward_with(expected).unwrap();
            assert_eq!(*gradients.of(parts[count - 1]).unwrap(), parts[count - 1].value());
        }
        assert_eq!(
            Var::<f64>::concat(0, &[]).unwrap_err().to_string(),
            "concat: no inputs; expected at least one"
        );
    }

    #[test]
    fn other_lengths_must_be_equal() {
        let tape = Tape::new();
        let [a, b] = [[2, 3], [2, 4]].map(|shape| tape.parameter(Tensor::<f32>::zeros(shape)));
        assert_eq!(
            tape.apply(Concat { axis: 0 }, [a, b]).unwrap_err().to_string(),
            "concat: input 1 is [2, 4], input 0 is [2, 3]: all lengths except that of axis 0 must \
            be equal"
        );
        assert!(tape.apply(Concat { axis: 2 }, [a]).is_err());
        assert!(tape.apply(Concat { axis: 0 }, []).is_err());
    }
}
