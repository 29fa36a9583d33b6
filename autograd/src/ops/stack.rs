//! Stacking of tensors of equal shape along a new axis.
//!
//! y   = [x₀, x₁, …], element i along the new axis being xᵢ
//! dxᵢ = dy at i along that axis
//!
//! shapes: the inputs are equal; y has their number as the length of the new axis

use tensor::{Float, MOST_AXES, Shape, Tensor};

use super::concat::{concat, joined};
use super::reshape::with_one_more;
use crate::axis::Axis;
use crate::error::{Error, Result};
use crate::list::{ListCall, ListOp};
use crate::op::{Call, Op};
use crate::var::Var;

/// y = \[x₀, x₁, …\] along a new axis; dxᵢ is dy at i along it.
///
/// ```
/// use autograd::{Tape, ops::Stack};
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let [a, b] = [[1.0, 2.0], [3.0, 4.0]].map(|x| tape.parameter(Tensor::from(x)));
/// let y = tape.apply(Stack { axis: 1 }, [a, b])?;
/// assert_eq!(y.value(), Tensor::from([[1.0, 3.0], [2.0, 4.0]]));
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    /// The position of the new axis in the output, from 0 to the inputs' number of axes.
    pub axis: usize,
}

impl<T: Float, const N: usize> Op<T, N> for Stack {
    fn name(&self) -> &'static str {
        "stack"
    }

    fn forward(&mut self, inputs: [&Tensor<T>; N]) -> Result<Tensor<T>> {
        stack(self.axis, &inputs)
    }

    fn backward(&self, call: &Call<'_, T, N>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; N]> {
        let mut gradients = [const { None }; N];
        for (input, gradient) in gradients.iter_mut().enumerate() {
            let shape = call.inputs[input].shape();
            *gradient = call
                .wanted(input, || Ok(dy.slice(self.axis, input..input + 1)?.reshape(shape)?))?;
        }
        Ok(gradients)
    }
}

/// The same for a list of inputs, whose number is known only at run time.
impl<T: Float> ListOp<T> for Stack {
    fn name(&self) -> &'static str {
        "stack"
    }

    fn forward(&mut self, inputs: &[&Tensor<T>]) -> Result<Vec<Tensor<T>>> {
        Ok(vec![stack(self.axis, inputs)?])
    }

    fn backward(&self, call: &ListCall<'_, T>, dy: &[Tensor<T>]) -> Result<Vec<Option<Tensor<T>>>> {
        let gradient = |(input, x): (usize, &&Tensor<T>)| {
            call.wanted(input, || {
                Ok(dy[0].slice(self.axis, input..input + 1)?.reshape(x.shape())?)
            })
        };
        call.inputs.iter().enumerate().map(gradient).collect()
    }
}

/// Stacks the parts along a new axis.
pub(super) fn stack<T: Float>(axis: usize, parts: &[&Tensor<T>]) -> Result<Tensor<T>> {
    let refuse = |rule| Err(Error::invalid("stack", rule));
    let Some(first) = parts.first().map(|part| part.shape()) else {
        return refuse("expected at least one input".into());
    };
    if axis > first.len() {
        return refuse(format!(
            "a new axis {axis} for inputs {first:?}: its position must be in 0..={}",
            first.len()
        ));
    }
    if let Some(input) = parts.iter().position(|part| part.shape() != first) {
        let other = parts[input].shape();
        return refuse(format!(
            "input {input} is {other:?}, input 0 is {first:?}: the shapes must be equal"
        ));
    }
    if first.len() == MOST_AXES {
        return refuse(format!("{first:?} has {MOST_AXES} axes already, the maximum"));
    }
    let mut shape = first.to_vec();
    shape.insert(axis, 1);
    let shape = Shape::from(&shape[..]);
    let parts = parts.iter().map(|part| part.reshape(shape)).collect::<Result<Vec<_>, _>>()?;
    concat(axis, &parts.iter().collect::<Vec<_>>())
}

impl<T: Float> Var<'_, T> {
    /// Stacks the inputs, all of one shape, along a new axis, which becomes axis number `axis`.
    ///
    /// # Errors
    ///
    /// If there is no input, the shapes differ, or `axis` is more than the inputs' number of axes.
    pub fn stack(axis: impl Axis, inputs: &[Self]) -> Result<Self> {
        let first = || inputs.first().map_or(Shape::from([]), |first| with_one_more(first.shape()));
        let axis = axis.counted("stack", first)?;
        joined("stack", Stack { axis }, inputs)
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use crate::gradcheck::normal;
    vec![
        grad_case!(Stack { axis: 0 }, [normal([2, 3]), normal([2, 3])]),
        grad_case!(Stack { axis: 1 }, [[2, 3], [2, 3], [2, 3]]).named("in the middle"),
        grad_case!(Stack { axis: 2 }, [[2, 3], [2, 3]]).named("behind"),
        grad_case!(Stack { axis: 0 }, [normal([]), normal([])]).named("of scalars"),
        crate::gradcheck::GradCase::list(|| Stack { axis: 1 }, [[2, 3], [2, 3], [2, 3]])
            .named("a list"),
    ]
}

#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::compared;
    vec![compared!("stack", |given| {
        let op = Stack { axis: given.whole("axis") };
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
    fn two_rows_make_a_matrix_or_two_columns() {
        let tape = Tape::new();
        let [a, b] = [[1.0, 2.0], [3.0, 4.0]].map(|x| tape.parameter(Tensor::from(x)));
        let rows = tape.apply(Stack { axis: 0 }, [a, b]).unwrap();
        assert_eq!(rows.value(), Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let columns = tape.apply(Stack { axis: 1 }, [a, b]).unwrap();
        assert_eq!(columns.value(), Tensor::from([[1.0, 3.0], [2.0, 4.0]]));
        let gradients = columns.backward_with(Tensor::from([[5.0, 6.0], [7.0, 8.0]])).unwrap();
        assert_eq!(*gradients.of(a).unwrap(), Tensor::from([5.0, 7.0]));
        assert_eq!(*gradients.of(b).unwrap(), Tensor::from([6.0, 8.0]));
    }

    #[test]
    fn as_many_as_there_are() {
        let tape = Tape::new();
        let parts: Vec<_> = (0..4).map(|i| tape.parameter(Tensor::scalar(i as f64))).collect();
        let y = Var::stack(0, &parts).unwrap();
        assert_eq!(y.value(), Tensor::from([0.0, 1.0, 2.0, 3.0]));
        let gradients = y.backward_with(y.value()).unwrap();
        assert_eq!(*gradients.of(parts[3]).unwrap(), Tensor::scalar(3.0));
        assert!(Var::<f64>::stack(0, &[]).is_err());
    }

    #[test]
    fn the_shapes_must_be_equal() {
        let tape = Tape::new();
        let [a, b] = [[2, 3], [2, 4]].map(|shape| tape.parameter(Tensor::<f32>::zeros(shape)));
        assert_eq!(
            tape.apply(Stack { axis: 0 }, [a, b]).unwrap_err().to_string(),
            "stack: input 1 is [2, 4], input 0 is [2, 3]: the shapes must be equal"
        );
        assert_eq!(
            tape.apply(Stack { axis: 3 }, [a, a]).unwrap_err().to_string(),
            "stack: a new axis 3 for inputs [2, 3]: its position must be in 0..=2"
        );
        assert!(tape.apply(Stack { axis: 0 }, []).is_err());
    }
}
