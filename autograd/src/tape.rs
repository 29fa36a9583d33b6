//! The tape: a record of the computation in order, and the backward pass over it.
//!
//! Nodes are numbered in the order of recording, so that every node's inputs have smaller numbers
//! than the node itself. Descending numbers are therefore a reverse topological order. The backward
//! pass starts with dy at the output, asks each node's operation for the gradients of its inputs,
//! and adds them up.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use tensor::{Float, Shape, Tensor};

use crate::error::{Error, Result};
use crate::gradients::Gradients;
use crate::list::ListOp;
use crate::op::{NoGradOp, Op};
use crate::record::{Node, Origin, Record, within};
use crate::recycled::{Container, Recycled};
use crate::section::Section;
use crate::trace::Trace;
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
/// The record grows until the tape is dropped or [cleared](Tape::clear). A training loop therefore
/// creates a tape for each step, or clears one; either way the next step reuses the memory.
pub struct Tape<T: Float> {
    record: RefCell<Recycled<Record<T>>>,
    records: bool,
    /// Every operation, on a tape for export.
    trace: Option<Trace>,
    /// Distinguishes the gradients of different tapes.
    id: u64,
}

impl<T: Float> Tape<T> {
    /// Creates an empty tape.
    pub fn new() -> Self {
        Tape { record: RefCell::default(), records: true, trace: None, id: next_id() }
    }

    /// Creates a tape that computes values but records no operations: for inference with the same
    /// code. Its [parameters](Tape::parameter) are constants.
    pub fn no_grad() -> Self {
        Tape { records: false, ..Tape::new() }
    }

    /// Creates a tape that records every operation for [`visit`](Tape::visit), and no gradients:
    /// for exporting a computation to another format.
    ///
    /// A tape for training records only what a gradient flows through. This one records comparisons
    /// and operations on constants, too, and the mask of a [`select`](Var::select). Nothing on it
    /// requires a gradient, so that a comparison accepts every variable.
    /// [`recompute`](Tape::recompute) records the operations of its function.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::tracing();
    /// let x = tape.parameter(Tensor::from([-4.0, 9.0]));
    /// let zero = tape.constant(Tensor::scalar(0.0));
    /// let y = x.greater(zero)?.select(x, zero)?;
    /// let mut calls = Vec::new();
    /// tape.visit(|step| calls.push((step.name, step.inputs.to_vec(), step.mask)));
    /// assert_eq!(calls[2..], [("greater", vec![0, 1], None), ("select", vec![0, 1], Some(2))]);
    /// assert_eq!(y.value().to_vec(), [0.0, 9.0]);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    pub fn tracing() -> Self {
        Tape { trace: Some(Trace::default()), ..Tape::no_grad() }
    }

    /// Records a variable that requires a gradient: a weight, or an input to differentiate by.
    pub fn parameter(&self, value: Tensor<T>) -> Var<'_, T> {
        let origin = if self.records { Origin::Parameter } else { Origin::Constant };
        self.push(&mut self.record.borrow_mut().nodes, value, "parameter", origin)
    }

    /// Records a variable that requires no gradient: data. The backward pass skips it.
    pub fn constant(&self, value: Tensor<T>) -> Var<'_, T> {
        self.push(&mut self.record.borrow_mut().nodes, value, "constant", Origin::Constant)
    }

    /// Applies `op` to `inputs`, and records it if any of them requires a gradient.
    ///
    /// Built-in and custom operations both go through this method; the operators and methods of
    /// [`Var`] call it.
    ///
    /// # Errors
    ///
    /// If the operation refuses the inputs, or one of them is on another tape.
    pub fn apply<O: Op<T, N>, const N: usize>(
        &self,
        mut op: O,
        inputs: [Var<'_, T>; N],
    ) -> Result<Var<'_, T>> {
        let name = op.name();
        let nodes = self.own(name, inputs)?;
        let value = op.forward(self.record.borrow().values(&nodes));
        let value = within(name, value)?;
        let mut record = self.record.borrow_mut();
        let wants_gradient = record.wanted(&nodes).contains(&true);
        let origin = if wants_gradient {
            record.remember(op, nodes)
        } else {
            self.trace(record.nodes.len(), 1, op, &nodes);
            Origin::Constant
        };
        Ok(self.push(&mut record.nodes, value, name, origin))
    }

    /// Applies an operation with any number of inputs and outputs, and records it if any input
    /// requires a gradient.
    ///
    /// # Errors
    ///
    /// As [`Tape::apply`].
    pub fn apply_list<'t, O: ListOp<T>>(
        &'t self,
        mut op: O,
        inputs: &[Var<'t, T>],
    ) -> Result<Vec<Var<'t, T>>> {
        let name = op.name();
        if let Some(input) = inputs.iter().position(|input| !std::ptr::eq(input.tape(), self)) {
            return Err(Error::OtherTape { op: name, input });
        }
        let nodes: Vec<usize> = inputs.iter().map(|input| input.node()).collect();
        let record = self.record.borrow();
        let values: Vec<_> = nodes.iter().map(|&node| &record.nodes[node].value).collect();
        let outputs = op.forward(&values);
        let wants_gradient = nodes.iter().any(|&node| record.nodes[node].wants_gradient());
        drop(record);
        let outputs = within(name, outputs)?;
        let mut record = self.record.borrow_mut();
        let first = record.nodes.len();
        let mut origin = Origin::Constant;
        if wants_gradient {
            origin = record.remember_list(op, nodes, outputs.len());
        } else {
            self.trace(first, outputs.len(), op, &nodes);
        }
        let outputs = outputs.into_iter().map(|value| {
            let output = self.push(&mut record.nodes, value, name, origin);
            if wants_gradient {
                origin = Origin::Further(first);
            }
            output
        });
        Ok(outputs.collect())
    }

    /// Computes f(`inputs`) and stores only the inputs and the result (gradient checkpointing).
    ///
    /// The backward pass computes f once more, and frees its intermediate results before the next
    /// operation. This saves memory and costs a second evaluation of f. All variables that f uses
    /// must be among `inputs`, and f must return the same values both times.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::from([0.5, -0.5]));
    /// let y = tape.recompute(|[x]| x.exp()?.tanh()?.square(), [x])?;
    /// assert_eq!(tape.len(), 2); // x and y
    /// assert!(y.sum()?.backward()?.get(x).is_some());
    /// # Ok::<(), autograd::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of f, and as [`Tape::apply`].
    pub fn recompute<F, const N: usize>(&self, f: F, inputs: [Var<'_, T>; N]) -> Result<Var<'_, T>>
    where
        F: for<'t> Fn([Var<'t, T>; N]) -> Result<Var<'t, T>> + 'static,
    {
        if self.trace.is_some() {
            self.own("section", inputs)?;
            let y = f(inputs)?;
            return Ok(Var::new(self, y.node()));
        }
        self.apply(Section::new(f), inputs)
    }

    /// Applies an operation that has no gradient; the result is a constant.
    ///
    /// # Errors
    ///
    /// If an input requires a gradient, which would be lost here unnoticed. Call [`Var::detach`] on
    /// the input to stop its gradient deliberately. Otherwise as [`Tape::apply`].
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
        let value = op.forward(self.record.borrow().values(&nodes));
        let value = within(name, value)?;
        let mut record = self.record.borrow_mut();
        self.trace(record.nodes.len(), 1, op, &nodes);
        Ok(self.push(&mut record.nodes, value, name, Origin::Constant))
    }

    /// Calls `see` for every variable, in order, with the operation and the inputs that it was
    /// computed from: for exporting the computation to another format. A tape created by
    /// [`Tape::tracing`] knows them for all results, any other tape for those that require a
    /// gradient.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    ///
    /// let tape = Tape::new();
    /// let x = tape.parameter(Tensor::scalar(3.0));
    /// let y = (x * x).exp()?;
    /// let mut calls = Vec::new();
    /// tape.visit(|step| calls.push((step.name, step.inputs.to_vec())));
    /// assert_eq!(calls, [("parameter", vec![]), ("mul", vec![0, 0]), ("exp", vec![1])]);
    /// assert_eq!(y.number(), 2);
    /// # Ok::<(), autograd::Error>(())
    /// ```
    pub fn visit(&self, mut see: impl FnMut(Recorded<'_, T>)) {
        let record = self.record.borrow();
        let traced = self.trace.as_ref().map(Trace::calls);
        for (number, node) in record.nodes.iter().enumerate() {
            let (name, value, inputs) = (node.name, &node.value, record.inputs(number));
            let none =
                Recorded { number, name, value, inputs, mask: None, operation: None, output: 0 };
            let call = traced.as_ref().and_then(|calls| calls.get(&number));
            see(match (call, record.operation(number)) {
                (Some(call), _) => Recorded {
                    inputs: &call.inputs,
                    mask: call.mask,
                    operation: Some(&*call.operation),
                    output: call.output,
                    ..none
                },
                (None, Some((operation, output))) => {
                    Recorded { operation: Some(operation), output, ..none }
                }
                (None, None) => none,
            });
        }
    }

    /// Empties the tape and retains its memory for the next recording. No variable can outlive this
    /// call: variables borrow the tape.
    pub fn clear(&mut self) {
        self.record.get_mut().empty();
        if let Some(trace) = &mut self.trace {
            *trace = Trace::default();
        }
        self.id = next_id();
    }

    /// Returns the number of variables on the tape, including results.
    pub fn len(&self) -> usize {
        self.record.borrow().nodes.len()
    }

    /// Whether the tape is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn push(
        &self,
        nodes: &mut Vec<Node<T>>,
        value: Tensor<T>,
        name: &'static str,
        origin: Origin,
    ) -> Var<'_, T> {
        nodes.push(Node { value, name, origin, keeps_gradient: false });
        Var::new(self, nodes.len() - 1)
    }

    /// Records an operation whose outputs are the nodes from `first` on, on a tape for export.
    #[inline]
    fn trace<O: 'static>(&self, first: usize, outputs: usize, op: O, inputs: &[usize]) {
        if let Some(trace) = &self.trace {
            trace.add(first, outputs, Rc::new(op), inputs);
        }
    }

    /// Records which variable is the mask of the `select` whose result is `y`, on a tape for
    /// export.
    pub(crate) fn trace_mask(&self, y: usize, mask: Var<'_, T>) {
        if let Some(trace) = &self.trace
            && std::ptr::eq(mask.tape(), self)
        {
            trace.mask(y, mask.node());
        }
    }

    /// Whether this is a tape for export.
    pub(crate) fn is_tracing(&self) -> bool {
        self.trace.is_some()
    }

    /// Returns the nodes of `inputs`, if they are all on this tape.
    #[inline]
    fn own<const N: usize>(&self, op: &'static str, inputs: [Var<'_, T>; N]) -> Result<[usize; N]> {
        match inputs.iter().position(|input| !std::ptr::eq(input.tape(), self)) {
            Some(input) => Err(Error::OtherTape { op, input }),
            None => Ok(inputs.map(|input| input.node())),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn value(&self, node: usize) -> Tensor<T> {
        self.record.borrow().nodes[node].value.clone()
    }

    pub(crate) fn shape(&self, node: usize) -> Shape {
        self.record.borrow().nodes[node].value.shape().into()
    }

    /// `parameter`, `constant` or the name of an operation.
    pub(crate) fn origin(&self, node: usize) -> &'static str {
        self.record.borrow().nodes[node].name
    }

    pub(crate) fn wants_gradient(&self, node: usize) -> bool {
        self.record.borrow().nodes[node].wants_gradient()
    }

    pub(crate) fn keep_gradient(&self, node: usize) {
        self.record.borrow_mut().nodes[node].keeps_gradient = true;
    }

    /// Why `backward` returned no gradient for this node of this tape.
    pub(crate) fn reason_for_none(&self, node: usize) -> &'static str {
        let node = &self.record.borrow().nodes[node];
        match node.origin {
            Origin::Constant => "it is a constant; record it with `tape.parameter` instead",
            Origin::Result(_) | Origin::Further(_) if !node.keeps_gradient => {
                "it is an intermediate result, whose gradient is not retained; call \
                `keep_gradient()` on it before `backward`"
            }
            _ => {
                "the differentiated value does not depend on it, or its gradient was taken already"
            }
        }
    }

    /// The gradients of Σ dy ∘ (value of `start`) with respect to parameters and to the
    /// intermediate results with `keep_gradient`.
    pub(crate) fn backward(&self, start: Var<'_, T>, dy: Tensor<T>) -> Result<Gradients<T>> {
        let refuse = |reason: String| Err(Error::Start { variable: start.describe(), reason });
        if !self.records {
            return refuse(
                "the tape was created by `Tape::no_grad` or `Tape::tracing` and records no \
                gradients; use `Tape::new`"
                    .into(),
            );
        }
        if !start.wants_gradient() {
            return refuse(
                "it depends on no parameter; record the variables to differentiate by with \
                `tape.parameter`"
                    .into(),
            );
        }
        if dy.shape() != &start.shape()[..] {
            let found = dy.shape();
            return refuse(format!("dy has shape {found:?}; expected the shape of the variable"));
        }
        let record = self.record.borrow();
        let mut pending = Recycled::<Vec<Option<Tensor<T>>>>::default();
        pending.resize_with(start.node() + 1, || None);
        pending[start.node()] = Some(dy);
        let mut kept = Recycled::<Vec<_>>::default();
        for number in (0..=start.node()).rev() {
            // All uses of this variable have larger numbers, so its gradient is complete.
            let node = &record.nodes[number];
            let origin = node.origin;
            // Operations may return views; the caller of `backward` gets contiguous gradients.
            if let Some(dy) = &pending[number]
                && (node.keeps_gradient || matches!(origin, Origin::Parameter))
            {
                kept.push((number, dy.contiguous()));
            }
            match origin {
                Origin::Result(call) => record.backward(call, number, &mut pending)?,
                // Handled at the call's first output, when all of them are complete.
                Origin::Further(_) => {}
                Origin::Constant | Origin::Parameter => pending[number] = None,
            }
        }
        Ok(Gradients::new(self.id, kept))
    }
}

/// A variable of a tape and its origin: the argument that [`Tape::visit`] passes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Recorded<'a, T: Float> {
    /// Its number on the tape.
    pub number: usize,
    /// `parameter`, `constant` or the name of an operation.
    pub name: &'static str,
    /// Its value.
    pub value: &'a Tensor<T>,
    /// The numbers of the operation's inputs; empty if the operation was not recorded.
    pub inputs: &'a [usize],
    /// The number of the mask, if the operation is a `select`. It is not one of the inputs, since
    /// it has no gradient, and only a tape created by [`Tape::tracing`] knows it.
    pub mask: Option<usize>,
    /// The operation with its settings, a value of its type. `None` for a constant or a parameter,
    /// and if the operation is not recorded: the variable requires no gradient, and the tape was
    /// not created by [`Tape::tracing`].
    pub operation: Option<&'a dyn Any>,
    /// The index of this variable among the operation's outputs.
    pub output: usize,
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
        let mut result = Ok(());
        self.visit(|step| {
            result = result.and_then(|()| {
                write!(f, "{}: {}", step.number, step.name)?;
                if step.operation.is_some() {
                    write!(f, "{:?}", step.inputs)?;
                }
                writeln!(f, " {:?}", step.value.shape())
            });
        });
        result
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
