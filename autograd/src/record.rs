//! The record of a tape: the variables in order, and the calls that produced them, by type.
//!
//! Each operation has its own type. Instead of a box for each call there is a list for each type of
//! operation. Recording appends to two lists, clearing retains their memory, and the backward pass
//! finds a call by the number of its list and its index in it.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use tensor::{Float, Tensor};

use crate::error::{Error, Result};
use crate::list::{ListCall, ListOp};
use crate::op::{Call, Op};
use crate::recycled::Container;

pub(crate) struct Record<T: Float> {
    pub(crate) nodes: Vec<Node<T>>,
    /// One `Vec` of calls for each type of operation.
    calls: Vec<Box<dyn Calls<T>>>,
    /// The index of each type's list in `calls`.
    lists: HashMap<TypeId, u32, BuildHasherDefault<IdHasher>>,
}

pub(crate) struct Node<T: Float> {
    pub(crate) value: Tensor<T>,
    /// The operation, `parameter` or `constant`: for messages.
    pub(crate) name: &'static str,
    pub(crate) origin: Origin,
    pub(crate) keeps_gradient: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// Requires no gradient: data, or computed from constants only.
    Constant,
    /// Requires a gradient, which `backward` returns.
    Parameter,
    /// Computed from a node that requires a gradient: the only output of the call, or the first.
    Result(CallId),
    /// Another output of the call whose first output is this node.
    Further(usize),
}

/// The position of a recorded call.
#[derive(Clone, Copy)]
pub(crate) struct CallId {
    list: u32,
    place: u32,
    outputs: u32,
}

impl<T: Float> Node<T> {
    pub(crate) fn wants_gradient(&self) -> bool {
        !matches!(self.origin, Origin::Constant)
    }
}

// Not derived: that would require `T: Default`.
impl<T: Float> Default for Record<T> {
    fn default() -> Self {
        Record { nodes: Vec::new(), calls: Vec::new(), lists: HashMap::default() }
    }
}

impl<T: Float> Container for Record<T> {
    fn empty(&mut self) {
        self.nodes.clear();
        self.calls.iter_mut().for_each(|calls| calls.clear());
    }
}

impl<T: Float> Record<T> {
    pub(crate) fn remember<O: Op<T, N>, const N: usize>(
        &mut self,
        op: O,
        inputs: [usize; N],
    ) -> Origin {
        let (list, calls) = self.list::<Application<O, N>>();
        calls.push(Application { op, inputs });
        Origin::Result(CallId { list, place: (calls.len() - 1) as u32, outputs: 1 })
    }

    pub(crate) fn remember_list<O: ListOp<T>>(
        &mut self,
        op: O,
        inputs: Vec<usize>,
        outputs: usize,
    ) -> Origin {
        let (list, calls) = self.list::<ListApplication<O>>();
        calls.push(ListApplication { op, inputs });
        let place = (calls.len() - 1) as u32;
        Origin::Result(CallId { list, place, outputs: outputs as u32 })
    }

    /// The calls of one type, and the index of their list.
    fn list<C: 'static>(&mut self) -> (u32, &mut Vec<C>)
    where
        Vec<C>: Calls<T>,
    {
        let list = self.list_of(TypeId::of::<C>(), || Box::new(Vec::<C>::new()));
        let calls: &mut dyn Any = &mut *self.calls[list as usize];
        match calls.downcast_mut() {
            Some(calls) => (list, calls),
            None => unreachable!("each list is found by the type of its calls"),
        }
    }

    /// The index of the list for a type's calls; `make` creates the list at the first call.
    fn list_of(&mut self, id: TypeId, make: fn() -> Box<dyn Calls<T>>) -> u32 {
        *self.lists.entry(id).or_insert_with(|| {
            self.calls.push(make());
            (self.calls.len() - 1) as u32
        })
    }

    /// The values of these nodes.
    pub(crate) fn values<const N: usize>(&self, nodes: &[usize; N]) -> [&Tensor<T>; N] {
        values(&self.nodes, nodes)
    }

    /// Which of these nodes require a gradient.
    pub(crate) fn wanted<const N: usize>(&self, nodes: &[usize; N]) -> [bool; N] {
        wanted(&self.nodes, nodes)
    }

    /// The inputs of the call that this node is an output of.
    pub(crate) fn inputs(&self, node: usize) -> &[usize] {
        match self.nodes[node].origin {
            Origin::Result(call) => self.calls[call.list as usize].inputs(call.place as usize),
            Origin::Further(first) => self.inputs(first),
            Origin::Constant | Origin::Parameter => &[],
        }
    }

    /// The operation that this node is an output of, and the index of the output.
    pub(crate) fn operation(&self, node: usize) -> Option<(&dyn Any, usize)> {
        match self.nodes[node].origin {
            Origin::Result(call) => {
                Some((self.calls[call.list as usize].operation(call.place as usize), 0))
            }
            Origin::Further(first) => Some((self.operation(first)?.0, node - first)),
            Origin::Constant | Origin::Parameter => None,
        }
    }

    /// Takes the gradients of a call's outputs from `pending` and adds those of its inputs.
    /// `output` is the first output.
    pub(crate) fn backward(
        &self,
        call: CallId,
        output: usize,
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()> {
        let end = (output + call.outputs as usize).min(pending.len());
        let (before, of_outputs) = pending[..end].split_at_mut(output);
        if of_outputs.iter().all(Option::is_none) {
            return Ok(());
        }
        let calls = &self.calls[call.list as usize];
        let step = Step { nodes: &self.nodes, output, outputs: call.outputs as usize };
        calls.backward(call.place as usize, &step, of_outputs, before)?;
        of_outputs.fill(None);
        Ok(())
    }
}

/// The position of a call on the tape.
struct Step<'a, T: Float> {
    nodes: &'a [Node<T>],
    /// The first output.
    output: usize,
    outputs: usize,
}

/// The calls of one type of operation.
trait Calls<T: Float>: Any {
    fn inputs(&self, place: usize) -> &[usize];

    fn operation(&self, place: usize) -> &dyn Any;

    /// Adds the gradients of the inputs, given those of the outputs, to `pending`.
    fn backward(
        &self,
        place: usize,
        step: &Step<'_, T>,
        of_outputs: &[Option<Tensor<T>>],
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()>;

    fn clear(&mut self);
}

/// An operation and the nodes it was applied to.
struct Application<O, const N: usize> {
    op: O,
    inputs: [usize; N],
}

impl<T: Float, O: Op<T, N>, const N: usize> Calls<T> for Vec<Application<O, N>> {
    fn inputs(&self, place: usize) -> &[usize] {
        &self[place].inputs
    }

    fn operation(&self, place: usize) -> &dyn Any {
        &self[place].op
    }

    fn backward(
        &self,
        place: usize,
        step: &Step<'_, T>,
        of_outputs: &[Option<Tensor<T>>],
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()> {
        let Application { op, inputs } = &self[place];
        let [Some(dy), ..] = of_outputs else { return Ok(()) };
        let mut gradients = checked_backward(op, &step.call(inputs), dy)?;
        add(pending, inputs, &mut gradients);
        Ok(())
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }
}

struct ListApplication<O> {
    op: O,
    inputs: Vec<usize>,
}

impl<T: Float, O: ListOp<T>> Calls<T> for Vec<ListApplication<O>> {
    fn inputs(&self, place: usize) -> &[usize] {
        &self[place].inputs
    }

    fn operation(&self, place: usize) -> &dyn Any {
        &self[place].op
    }

    fn backward(
        &self,
        place: usize,
        step: &Step<'_, T>,
        of_outputs: &[Option<Tensor<T>>],
        pending: &mut [Option<Tensor<T>>],
    ) -> Result<()> {
        let ListApplication { op, inputs } = &self[place];
        let values: Vec<_> = inputs.iter().map(|&node| &step.nodes[node].value).collect();
        let wanted: Vec<_> = inputs.iter().map(|&node| step.nodes[node].wants_gradient()).collect();
        let outputs = step.nodes[step.output..][..step.outputs].iter().map(|node| &node.value);
        let outputs: Vec<_> = outputs.collect();
        let call = ListCall { inputs: &values, outputs: &outputs, wanted: &wanted };
        // An output that the result does not depend on has gradient zero.
        let dy = outputs.iter().enumerate().map(|(at, output)| match of_outputs.get(at) {
            Some(Some(dy)) => Ok(dy.clone()),
            _ => Tensor::zeros([]).broadcast_to(output.shape()),
        });
        let dy = dy.collect::<tensor::Result<Vec<_>>>()?;
        let name = op.name();
        let mut gradients = within(name, op.backward(&call, &dy))?;
        gradients.resize(inputs.len(), None);
        check(name, &wanted, &values, &mut gradients)?;
        add(pending, inputs, &mut gradients);
        Ok(())
    }

    fn clear(&mut self) {
        Vec::clear(self);
    }
}

// The functions below are compiled once for all operations, or once for each number of inputs. Code
// that is generic over the operation's type is compiled hundreds of times.

#[inline]
fn values<'a, T: Float, const N: usize>(
    nodes: &'a [Node<T>],
    at: &[usize; N],
) -> [&'a Tensor<T>; N] {
    at.each_ref().map(|&node| &nodes[node].value)
}

#[inline]
fn wanted<T: Float, const N: usize>(nodes: &[Node<T>], at: &[usize; N]) -> [bool; N] {
    at.each_ref().map(|&node| nodes[node].wants_gradient())
}

impl<T: Float> Step<'_, T> {
    /// The argument of `backward` for an operation with one output.
    #[inline]
    fn call<const N: usize>(&self, inputs: &[usize; N]) -> Call<'_, T, N> {
        Call {
            inputs: values(self.nodes, inputs),
            output: &self.nodes[self.output].value,
            wanted: wanted(self.nodes, inputs),
        }
    }
}

/// Adds the operation's name to an error. (Inlined: the result is hundreds of bytes, which a call
/// would move.)
#[inline(always)]
pub(crate) fn within<V>(op: &'static str, result: Result<V>) -> Result<V> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(error.within(op)),
    }
}

/// Adds the gradients to those from other uses of the variables.
#[inline]
fn add<T: Float>(
    pending: &mut [Option<Tensor<T>>],
    nodes: &[usize],
    gradients: &mut [Option<Tensor<T>>],
) {
    for (&node, gradient) in nodes.iter().zip(gradients) {
        match (&mut pending[node], gradient) {
            (_, None) => {}
            // Both have the variable's shape.
            (Some(sum), Some(gradient)) => *sum += gradient,
            (sum, gradient) => *sum = gradient.take(),
        }
    }
}

/// Runs `backward` of `op`: returns exactly the required gradients, each in its input's shape.
#[inline]
pub(crate) fn checked_backward<T: Float, O: Op<T, N>, const N: usize>(
    op: &O,
    call: &Call<'_, T, N>,
    dy: &Tensor<T>,
) -> Result<[Option<Tensor<T>>; N]> {
    let name = op.name();
    let mut gradients = within(name, op.backward(call, dy))?;
    check(name, &call.wanted, &call.inputs, &mut gradients)?;
    Ok(gradients)
}

/// Drops gradients that are not required, and sums the others to their inputs' shapes.
///
/// Fails if a required gradient is missing, or if its shape does not match.
#[inline]
fn check<T: Float>(
    op: &'static str,
    wanted: &[bool],
    values: &[&Tensor<T>],
    gradients: &mut [Option<Tensor<T>>],
) -> Result<()> {
    for (input, gradient) in gradients.iter_mut().enumerate() {
        let shape = values[input].shape();
        match gradient {
            _ if !wanted[input] => *gradient = None,
            None => return Err(Error::GradientMissing { op, input }),
            // (A loop over a few axes; comparing slices is a call.)
            Some(gradient) if gradient.shape().iter().eq(shape) => {}
            Some(stretched) => {
                // Broadcasting repeats an element, so that its gradient is the sum over the copies.
                let sum = stretched.sum_to(shape).map_err(|_| Error::GradientShape {
                    op,
                    input,
                    found: stretched.shape().to_vec(),
                    expected: shape.to_vec(),
                })?;
                *gradient = Some(sum);
            }
        }
    }
    Ok(())
}

/// A `TypeId` is a hash already.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
