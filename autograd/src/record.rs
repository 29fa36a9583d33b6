//! What a tape has recorded: the variables in order, and the calls that made them, by kind.
//!
//! An operation is a value of a type of its own. Instead of a box for each call there is a list for
//! each type of operation: recording appends to two lists, clearing keeps their memory, and the way
//! back finds a call by the number of its list and its place in it.

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
    /// The number of a type's list.
    lists: HashMap<TypeId, u32, BuildHasherDefault<IdHasher>>,
}

pub(crate) struct Node<T: Float> {
    pub(crate) value: Tensor<T>,
    /// For messages: the operation, `parameter` or `constant`.
    pub(crate) name: &'static str,
    pub(crate) origin: Origin,
    pub(crate) keeps_gradient: bool,
}

#[derive(Clone, Copy)]
pub(crate) enum Origin {
    /// Wants no gradient: data, or computed from such alone.
    Constant,
    /// Its gradient is what `backward` returns.
    Parameter,
    /// Computed from something that wants a gradient: the only output of the call, or the first.
    Result(CallId),
    /// Another output of the call whose first output is this node.
    Further(usize),
}

/// Where a call is recorded.
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

// Not derived: `T` need not be what makes it empty.
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

    /// The calls of one kind, and the number of their list.
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

    /// The number of the list of a type's calls, which `make` begins.
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

    /// Which of these nodes want a gradient.
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

    /// The operation that this node is an output of, and which one.
    pub(crate) fn operation(&self, node: usize) -> Option<(&dyn Any, usize)> {
        match self.nodes[node].origin {
            Origin::Result(call) => {
                Some((self.calls[call.list as usize].operation(call.place as usize), 0))
            }
            Origin::Further(first) => Some((self.operation(first)?.0, node - first)),
            Origin::Constant | Origin::Parameter => None,
        }
    }

    /// Takes the gradients of a call's outputs, of which `output` is the first, from `pending` and
    /// adds those of its inputs.
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

/// Where on the tape a call stands.
struct Step<'a, T: Float> {
    nodes: &'a [Node<T>],
    /// The first output.
    output: usize,
    outputs: usize,
}

/// The calls of one kind of operation.
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
        // An output that nothing came of has gradient zero.
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

// What follows is compiled once for all operations, or for all with as many inputs: each of them is a type, and code that
// is generic over it stands in the program hundreds of times.

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
    /// What an operation with one output is given.
    #[inline]
    fn call<const N: usize>(&self, inputs: &[usize; N]) -> Call<'_, T, N> {
        Call {
            inputs: values(self.nodes, inputs),
            output: &self.nodes[self.output].value,
            wanted: wanted(self.nodes, inputs),
        }
    }
}

/// An operation's result, or its error with its name. (Inlined: the result is hundreds of bytes, which a call moves.)
#[inline(always)]
pub(crate) fn within<V>(op: &'static str, result: Result<V>) -> Result<V> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(error.within(op)),
    }
}

/// Adds the gradients to what other uses of the variables have contributed.
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

/// What `op` answers, as it goes on: exactly the wanted gradients, each in its input's shape.
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

/// Makes each answer the wanted gradient, in its input's shape, or none.
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
                // Broadcasting repeats an element; what is said about each copy counts for the element.
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
