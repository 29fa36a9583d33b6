//! The tape: what was computed, in order, and the walk back over it.
//!
//! Nodes are numbered as they are recorded, so every node's inputs have smaller numbers than
//! itself, and going through the numbers downwards is the reverse of an order of evaluation. That
//! is the whole algorithm: start with dy at the output, ask each node's operation for the gradients
//! of its inputs, add them up.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use tensor::{Float, Shape, Tensor};

use crate::error::{Error, Result};
use crate::gradients::Gradients;
use crate::op::{Call, NoGradOp, Op};
use crate::var::Var;

/// Records operations on variables, so that they can be differentiated.
///
/// ```
/// use autograd::Tape;
/// use tensor::Tensor;
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::scalar(3.0));
/// let y = x * x + x; // x² + x
/// let gradients = y.backward()?;
/// assert_eq!(gradients.of(x)?.item()?, 7.0); // 2x + 1
/// # Ok::<(), autograd::Error>(())
/// ```
///
/// Everything recorded stays until the tape is dropped or [cleared](Tape::clear), so a training
/// loop makes a tape for each step, or clears one: the memory is used again for the next.
pub struct Tape<T: Float> {
    nodes: RefCell<Vec<Node<T>>>,
    records: bool,
    /// Tells the variables and gradients of different tapes apart.
    id: u64,
}

struct Node<T: Float> {
    value: Tensor<T>,
    /// For messages: the operation, `parameter` or `constant`.
    name: &'static str,
    origin: Origin<T>,
}

enum Origin<T: Float> {
    /// Wants no gradient: data, or computed from such alone.
    Constant,
    /// Its gradient is what `backward` returns.
    Parameter,
    /// Computed from something that wants a gradient.
    Result { call: Box<dyn Recorded<T>>, keeps_gradient: bool },
}

impl<T: Float> Node<T> {
    fn wants_gradient(&self) -> bool {
        !matches!(self.origin, Origin::Constant)
    }
}

impl<T: Float> Tape<T> {
    /// An empty tape.
    pub fn new() -> Self {
        Tape { nodes: RefCell::default(), records: true, id: next_id() }
    }

    /// A tape that computes values and records nothing for gradients: for inference by the same
    /// code. Its [parameters](Tape::parameter) are constants.
    pub fn no_grad() -> Self {
        Tape { records: false, ..Tape::new() }
    }

    /// A variable that wants a gradient: a weight, or an input to differentiate by.
    pub fn parameter(&self, value: Tensor<T>) -> Var<'_, T> {
        let origin = if self.records { Origin::Parameter } else { Origin::Constant };
        self.push(value, "parameter", origin)
    }

    /// A variable that wants no gradient: data. Nothing is computed towards it on the way back.
    pub fn constant(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push(value, "constant", Origin::Constant)
    }

    /// The value of `op` at `inputs`, recorded if any of them wants a gradient.
    ///
    /// This is the one entry for built-in operations and those of your own; the operators and
    /// methods of [`Var`] call it.
    ///
    /// # Errors
    ///
    /// If the operation refuses the inputs, or one of them lives on another tape.
    pub fn apply<O: Op<T, N>, const N: usize>(
        &self,
        mut op: O,
        inputs: [Var<'_, T>; N],
    ) -> Result<Var<'_, T>> {
        let name = op.name();
        let nodes = self.own(name, inputs)?;
        let values = nodes.map(|node| self.value(node));
        let value = op.forward(values.each_ref()).map_err(|error| error.within(name))?;
        let origin = if nodes.into_iter().any(|node| self.wants_gradient(node)) {
            Origin::Result {
                call: Box::new(Application { op, inputs: nodes }),
                keeps_gradient: false,
            }
        } else {
            Origin::Constant
        };
        Ok(self.push(value, name, origin))
    }

    /// The value of an operation that has no gradient, as a constant.
    ///
    /// # Errors
    ///
    /// If an input wants a gradient, which would end here unnoticed. [`Var::detach`] says that it
    /// shall. Otherwise as [`Tape::apply`].
    pub fn apply_without_gradient<O: NoGradOp<T, N>, const N: usize>(
        &self,
        mut op: O,
        inputs: [Var<'_, T>; N],
    ) -> Result<Var<'_, T>> {
        let name = op.name();
        let nodes = self.own(name, inputs)?;
        if let Some(input) = nodes.iter().position(|&node| self.wants_gradient(node)) {
            let shape = inputs[input].shape().to_vec();
            return Err(Error::NotDifferentiable { op: name, input, shape });
        }
        let values = nodes.map(|node| self.value(node));
        let value = op.forward(values.each_ref()).map_err(|error| error.within(name))?;
        Ok(self.push(value, name, Origin::Constant))
    }

    /// Forgets everything recorded, and keeps the memory for what comes next. No variable can
    /// outlive this: they borrow the tape.
    pub fn clear(&mut self) {
        self.nodes.get_mut().clear();
        self.id = next_id();
    }

    /// The number of variables on the tape, results included.
    pub fn len(&self) -> usize {
        self.nodes.borrow().len()
    }

    /// Is nothing on the tape?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push(&self, value: Tensor<T>, name: &'static str, origin: Origin<T>) -> Var<'_, T> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node { value, name, origin });
        Var::new(self, nodes.len() - 1)
    }

    /// The nodes of `inputs`, if they are all on this tape.
    fn own<const N: usize>(&self, op: &'static str, inputs: [Var<'_, T>; N]) -> Result<[usize; N]> {
        match inputs.iter().position(|input| input.tape().id != self.id) {
            Some(input) => Err(Error::OtherTape { op, input }),
            None => Ok(inputs.map(|input| input.node())),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn value(&self, node: usize) -> Tensor<T> {
        self.nodes.borrow()[node].value.clone()
    }

    pub(crate) fn shape(&self, node: usize) -> Shape {
        self.nodes.borrow()[node].value.shape().into()
    }

    /// `parameter`, `constant` or the name of an operation.
    pub(crate) fn origin(&self, node: usize) -> &'static str {
        self.nodes.borrow()[node].name
    }

    pub(crate) fn wants_gradient(&self, node: usize) -> bool {
        self.nodes.borrow()[node].wants_gradient()
    }

    pub(crate) fn keep_gradient(&self, node: usize) {
        if let Origin::Result { keeps_gradient, .. } = &mut self.nodes.borrow_mut()[node].origin {
            *keeps_gradient = true;
        }
    }

    /// Why `backward` returned no gradient for this node of this tape.
    pub(crate) fn reason_for_none(&self, node: usize) -> &'static str {
        match self.nodes.borrow()[node].origin {
            Origin::Constant => {
                "it is a constant; record what shall have a gradient with `tape.parameter`"
            }
            Origin::Result { keeps_gradient: false, .. } => {
                "it is an intermediate result, whose gradient is not kept; call `keep_gradient()` \
                on it before `backward`"
            }
            _ => "what was differentiated does not depend on it, or it was taken already",
        }
    }

    /// The gradients of Σ dy ∘ (value of `start`) with respect to what has one.
    pub(crate) fn backward(&self, start: Var<'_, T>, dy: Tensor<T>) -> Result<Gradients<T>> {
        let refuse = |reason: String| Err(Error::Start { variable: start.describe(), reason });
        if !self.records {
            return refuse(
                "the tape was made by `Tape::no_grad` and has recorded nothing; use `Tape::new`"
                    .into(),
            );
        }
        if !start.wants_gradient() {
            return refuse(
                "nothing it was computed from wants a gradient; record what shall have one by \
                `tape.parameter`"
                    .into(),
            );
        }
        if dy.shape() != &start.shape()[..] {
            let found = dy.shape();
            return refuse(format!("dy is {found:?}; it must have the shape of the variable"));
        }
        let nodes = &*self.nodes.borrow();
        let mut pending: Vec<Option<Tensor<T>>> = vec![None; start.node() + 1];
        pending[start.node()] = Some(dy);
        let mut kept = Vec::new();
        for number in (0..=start.node()).rev() {
            // All uses of this variable have larger numbers, so its gradient is complete.
            let Some(dy) = pending[number].take() else { continue };
            let keep = match &nodes[number].origin {
                Origin::Constant => false,
                Origin::Parameter => true,
                Origin::Result { call, keeps_gradient } => {
                    call.backward(nodes, number, &dy, &mut pending)?;
                    *keeps_gradient
                }
            };
            if keep {
                // Operations may answer views; whoever asks for a gradient wants its values.
                kept.push((number, dy.contiguous()));
            }
        }
        Ok(Gradients::new(self.id, kept))
    }
}

impl<T: Float> Default for Tape<T> {
    fn default() -> Self {
        Tape::new()
    }
}

impl<T: Float> fmt::Debug for Tape<T> {
    /// One line for each variable: its number, the operation and the inputs it came from, its
    /// shape.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, node) in self.nodes.borrow().iter().enumerate() {
            write!(f, "{number}: {}", node.name)?;
            if let Origin::Result { call, .. } = &node.origin {
                write!(f, "{:?}", call.inputs())?;
            }
            writeln!(f, " {:?}", node.value.shape())?;
        }
        Ok(())
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An operation and the nodes it was applied to, whatever their number.
trait Recorded<T: Float> {
    fn inputs(&self) -> &[usize];

    /// Adds the gradients of the inputs to `pending`.
    fn backward(
        &self,
        nodes: &[Node<T>],
        output: usize,
        dy: &Tensor<T>,
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()>;
}

struct Application<O, const N: usize> {
    op: O,
    inputs: [usize; N],
}

impl<T: Float, O: Op<T, N>, const N: usize> Recorded<T> for Application<O, N> {
    fn inputs(&self) -> &[usize] {
        &self.inputs
    }

    fn backward(
        &self,
        nodes: &[Node<T>],
        output: usize,
        dy: &Tensor<T>,
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()> {
        let call = Call {
            inputs: self.inputs.map(|node| &nodes[node].value),
            output: &nodes[output].value,
            wanted: self.inputs.map(|node| nodes[node].wants_gradient()),
        };
        let gradients = checked_backward(&self.op, &call, dy)?;
        for (&node, gradient) in self.inputs.iter().zip(gradients) {
            let Some(gradient) = gradient else { continue };
            let sum = &mut pending[node];
            *sum = Some(match sum.take() {
                None => gradient,
                Some(before) => before.zip(&gradient, |a, b| a + b)?,
            });
        }
        Ok(())
    }
}

/// What `op` answers, as it goes on: exactly the wanted gradients, each in its input's shape.
pub(crate) fn checked_backward<T: Float, O: Op<T, N>, const N: usize>(
    op: &O,
    call: &Call<'_, T, N>,
    dy: &Tensor<T>,
) -> Result<[Option<Tensor<T>>; N]> {
    let name = op.name();
    let mut gradients = op.backward(call, dy).map_err(|error| error.within(name))?;
    for (input, gradient) in gradients.iter_mut().enumerate() {
        *gradient = match gradient.take() {
            _ if !call.wanted[input] => None,
            None => return Err(Error::GradientMissing { op: name, input }),
            Some(gradient) => {
                let shape = call.inputs[input].shape();
                // Broadcasting repeats an element; what is said about each copy counts for the
                // element.
                Some(gradient.sum_to(shape).map_err(|_| Error::GradientShape {
                    op: name,
                    input,
                    found: gradient.shape().to_vec(),
                    expected: shape.to_vec(),
                })?)
            }
        };
    }
    Ok(gradients)
}
