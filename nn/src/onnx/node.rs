//! A node of a graph with its input values, as an operator sees it.

use std::path::Path;

use autograd::{Tape, Var};
use tensor::Float;

use super::proto::{self, attribute};
use super::read::Value;
use crate::error::{Error, Result, quoted};

/// An operator applied to values on a tape.
pub(super) struct Node<'t, 'n, T: Float> {
    proto: &'n proto::Node,
    /// The path of the model, for messages.
    pub(super) path: &'n Path,
    pub(super) tape: &'t Tape<T>,
    /// The version of the operators.
    pub(super) opset: i64,
    /// `None` for an omitted input.
    inputs: Vec<Option<Value<Var<'t, T>>>>,
}

/// The bound above which not every integer is a `T`: larger numbers may differ from those in the
/// file.
fn exact<T: Float>() -> f64 {
    if size_of::<T>() == size_of::<f32>() { 2_f64.powi(24) } else { 2_f64.powi(53) }
}

/// The maximum number of elements that a node may create from few.
const MOST_ELEMENTS: usize = 1 << 28;

impl<'t, 'n, T: Float> Node<'t, 'n, T> {
    pub(super) fn new(
        proto: &'n proto::Node,
        path: &'n Path,
        tape: &'t Tape<T>,
        opset: i64,
        inputs: Vec<Option<Value<Var<'t, T>>>>,
    ) -> Self {
        Node { proto, path, tape, opset, inputs }
    }

    /// The operator.
    pub(super) fn op(&self) -> &'n str {
        self.proto.op_type.as_deref().unwrap_or_default()
    }

    /// The number of outputs.
    pub(super) fn outputs(&self) -> usize {
        self.proto.output.len()
    }

    /// A required input.
    pub(super) fn input(&self, number: usize) -> Result<Var<'t, T>> {
        self.given(number).ok_or_else(|| self.wrong(&format!("input {number}"), "none", "one"))
    }

    /// An optional input.
    pub(super) fn given(&self, number: usize) -> Option<Var<'t, T>> {
        self.inputs.get(number).copied().flatten().map(|value| value.of)
    }

    /// All inputs that are present.
    pub(super) fn all(&self) -> impl Iterator<Item = Var<'t, T>> {
        self.inputs.iter().flatten().map(|value| value.of)
    }

    /// Whether there are inputs and all are integers.
    pub(super) fn is_whole(&self) -> bool {
        let mut inputs = self.inputs.iter().flatten().peekable();
        inputs.peek().is_some() && inputs.all(|value| value.whole)
    }

    /// The integers of an input, flattened; `None` if it is omitted.
    pub(super) fn integers(&self, number: usize) -> Result<Option<Vec<i64>>> {
        let Some(input) = self.given(number) else { return Ok(None) };
        let whole = |x: T| {
            let x = x.as_f64();
            // Above the bound, only a value that means "to the end" is unambiguous.
            let is_exact = x.fract() == 0.0 && (x.abs() < exact::<T>() || x.abs() >= 9e18);
            is_exact.then_some(x as i64).ok_or_else(|| {
                self.wrong(
                    &format!("input {number}"),
                    &x.to_string(),
                    &format!("integers below {}, or the largest of their type", exact::<T>()),
                )
            })
        };
        input.value().to_vec().into_iter().map(whole).collect::<Result<_>>().map(Some)
    }

    /// The integers of a required input.
    pub(super) fn whole(&self, number: usize) -> Result<Vec<i64>> {
        self.input(number)?;
        Ok(self.integers(number)?.unwrap_or_default())
    }

    /// The non-negative integers of a required input.
    pub(super) fn indices(&self, number: usize) -> Result<Vec<usize>> {
        self.counts(&format!("input {number}"), &self.whole(number)?)
    }

    /// Checks that integers are not negative.
    pub(super) fn counts(&self, what: &str, numbers: &[i64]) -> Result<Vec<usize>> {
        let count = |&number: &i64| {
            usize::try_from(number)
                .map_err(|_| self.wrong(what, &number.to_string(), "a number from 0"))
        };
        numbers.iter().map(count).collect()
    }

    fn attribute(
        &self,
        name: &str,
        kind: i32,
        called: &str,
    ) -> Result<Option<&'n proto::Attribute>> {
        let all = &self.proto.attribute;
        let Some(found) = all.iter().find(|one| one.name.as_deref() == Some(name)) else {
            return Ok(None);
        };
        // Files from before attributes had types have none.
        match found.r#type {
            None | Some(0) => Ok(Some(found)),
            Some(other) if other == kind => Ok(Some(found)),
            Some(other) => Err(self.wrong(
                &format!("attribute {}", quoted(name)),
                &format!("type {other}"),
                called,
            )),
        }
    }

    /// A float attribute.
    pub(super) fn number(&self, name: &str, default: f64) -> Result<f64> {
        let found = self.attribute(name, attribute::FLOAT, "a number")?;
        Ok(found.and_then(|found| found.f).map_or(default, f64::from))
    }

    /// Whether the attribute is present.
    pub(super) fn has(&self, name: &str) -> bool {
        self.proto.attribute.iter().any(|one| one.name.as_deref() == Some(name))
    }

    /// An integer attribute.
    pub(super) fn integer(&self, name: &str, default: i64) -> Result<i64> {
        let found = self.attribute(name, attribute::INT, "an integer")?;
        Ok(found.and_then(|found| found.i).unwrap_or(default))
    }

    /// A boolean attribute.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool> {
        Ok(self.integer(name, i64::from(default))? != 0)
    }

    /// A string attribute.
    pub(super) fn word(&self, name: &str) -> Result<Option<&'n str>> {
        let found = self.attribute(name, attribute::STRING, "a text")?;
        let Some(bytes) = found.and_then(|found| found.s.as_ref()) else { return Ok(None) };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(self.wrong(&format!("attribute {}", quoted(name)), "bytes", "a text")),
        }
    }

    /// An integer-list attribute, if present.
    pub(super) fn list(&self, name: &str) -> Result<Option<&'n [i64]>> {
        let found = self.attribute(name, attribute::INTS, "integers")?;
        Ok(found.map(|found| &found.ints[..]))
    }

    /// A float-list attribute, if present.
    pub(super) fn floats(&self, name: &str) -> Result<Option<&'n [f32]>> {
        let found = self.attribute(name, attribute::FLOATS, "numbers")?;
        Ok(found.map(|found| &found.floats[..]))
    }

    /// A list attribute of non-negative integers; empty if absent.
    pub(super) fn lengths(&self, name: &str) -> Result<Vec<usize>> {
        let list = self.list(name)?.unwrap_or_default();
        self.counts(&format!("attribute {}", quoted(name)), list)
    }

    /// A tensor attribute, if present.
    pub(super) fn tensor(&self, name: &str) -> Result<Option<&'n proto::Tensor>> {
        let found = self.attribute(name, attribute::TENSOR, "a tensor")?;
        Ok(found.and_then(|found| found.t.as_ref()))
    }

    /// Integers from an input or, in older versions, an attribute.
    pub(super) fn list_or_input(&self, name: &str, number: usize) -> Result<Option<Vec<i64>>> {
        match self.list(name)? {
            Some(list) => Ok(Some(list.to_vec())),
            None => self.integers(number),
        }
    }

    /// The axis of the first input for ONNX's `axis`, which may be negative.
    pub(super) fn axis(&self, axis: i64) -> Result<usize> {
        self.place("axis", axis, self.input(0)?.shape().len())
    }

    /// The index in a list of `length`; negative numbers count from the end.
    pub(super) fn place(&self, what: &str, number: i64, length: usize) -> Result<usize> {
        let place = if number < 0 { number.saturating_add(length as i64) } else { number };
        let place = usize::try_from(place).ok().filter(|&place| place < length);
        place.ok_or_else(|| {
            let expected = format!("from -{length} to {}", length as i64 - 1);
            self.wrong(what, &number.to_string(), &expected)
        })
    }

    /// Rejects a shape that is too large for memory.
    pub(super) fn shape(&self, shape: &[usize]) -> Result<tensor::Shape> {
        let all = shape.iter().try_fold(1_usize, |all, &length| all.checked_mul(length));
        let most = tensor::MOST_AXES;
        if shape.len() <= most && all.is_some_and(|all| all <= MOST_ELEMENTS) {
            return Ok(shape.into());
        }
        let expected = format!("at most {most} axes and {MOST_ELEMENTS} elements");
        Err(self.wrong("shape", &format!("{shape:?}"), &expected))
    }

    /// An error in the node.
    pub(super) fn wrong(&self, what: &str, found: &str, expected: &str) -> Error {
        Error::value(
            format!("{what} of {}", called(self.proto)),
            found,
            expected,
            "check the model by `onnx.checker`; if it is valid, this form of the operator is not \
             supported",
        )
    }

    /// An error of an operation, with the node's name.
    pub(super) fn refused(&self, error: &Error) -> Error {
        match error {
            Error::Value { .. } | Error::File { .. } => error.clone(),
            error => Error::value(
                called(self.proto),
                error.to_string(),
                "inputs that the operator takes",
                "check the model and the shapes of its inputs",
            ),
        }
    }
}

/// The name of a node in messages.
pub(super) fn called(node: &proto::Node) -> String {
    let op = node.op_type.as_deref().unwrap_or_default();
    match node.name.as_deref().unwrap_or_default() {
        "" => {
            let output = node.output.first().map_or("", |output| output);
            format!("the node that gives {} ({op})", quoted(output))
        }
        name => format!("node {} ({op})", quoted(name)),
    }
}
