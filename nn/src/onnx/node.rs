//! A node of a graph with the values that go into it: what an operator sees.

use std::path::Path;

use autograd::{Tape, Var};
use tensor::Float;

use super::proto::{self, attribute};
use super::read::Value;
use crate::error::{Error, Result, quoted};

/// An operator applied to values on a tape.
pub(super) struct Node<'t, 'n, T: Float> {
    proto: &'n proto::Node,
    /// Of the model, for messages.
    pub(super) path: &'n Path,
    pub(super) tape: &'t Tape<T>,
    /// The version of the operators.
    pub(super) opset: i64,
    /// `None` where an input was left out.
    inputs: Vec<Option<Value<Var<'t, T>>>>,
}

/// The first whole number above which there is one that is no `T`: from there on, none is sure to be what the file has.
fn exact<T: Float>() -> f64 {
    if size_of::<T>() == size_of::<f32>() { 2_f64.powi(24) } else { 2_f64.powi(53) }
}

/// More elements than that a node does not make of few ones.
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

    /// The number of outputs that are asked for.
    pub(super) fn outputs(&self) -> usize {
        self.proto.output.len()
    }

    /// An input that must be there.
    pub(super) fn input(&self, number: usize) -> Result<Var<'t, T>> {
        self.given(number).ok_or_else(|| self.wrong(&format!("input {number}"), "none", "one"))
    }

    /// An input that may have been left out.
    pub(super) fn given(&self, number: usize) -> Option<Var<'t, T>> {
        self.inputs.get(number).copied().flatten().map(|value| value.of)
    }

    /// All inputs that are there.
    pub(super) fn all(&self) -> impl Iterator<Item = Var<'t, T>> {
        self.inputs.iter().flatten().map(|value| value.of)
    }

    /// Whether all inputs are whole numbers, and there are some.
    pub(super) fn is_whole(&self) -> bool {
        let mut inputs = self.inputs.iter().flatten().peekable();
        inputs.peek().is_some() && inputs.all(|value| value.whole)
    }

    /// The whole numbers that an input is, in one row; `None` if it was left out.
    pub(super) fn integers(&self, number: usize) -> Result<Option<Vec<i64>>> {
        let Some(input) = self.given(number) else { return Ok(None) };
        let whole = |x: T| {
            let x = x.as_f64();
            // Above, only what stands for the end of everything is sure to be meant.
            let is_exact = x.fract() == 0.0 && (x.abs() < exact::<T>() || x.abs() >= 9e18);
            is_exact.then_some(x as i64).ok_or_else(|| {
                self.wrong(
                    &format!("input {number}"),
                    &x.to_string(),
                    &format!("whole numbers below {}, or the largest that there are", exact::<T>()),
                )
            })
        };
        input.value().to_vec().into_iter().map(whole).collect::<Result<_>>().map(Some)
    }

    /// Whole numbers that must be there.
    pub(super) fn whole(&self, number: usize) -> Result<Vec<i64>> {
        self.input(number)?;
        Ok(self.integers(number)?.unwrap_or_default())
    }

    /// Whole numbers that must be there and not be negative.
    pub(super) fn indices(&self, number: usize) -> Result<Vec<usize>> {
        self.counts(&format!("input {number}"), &self.whole(number)?)
    }

    /// The same of any numbers.
    pub(super) fn counts(&self, what: &str, numbers: &[i64]) -> Result<Vec<usize>> {
        let count = |&number: &i64| {
            usize::try_from(number)
                .map_err(|_| self.wrong(what, &number.to_string(), "no negative number"))
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
        // Files from before there were types have none.
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

    /// A setting that is a number.
    pub(super) fn number(&self, name: &str, default: f64) -> Result<f64> {
        let found = self.attribute(name, attribute::FLOAT, "a number")?;
        Ok(found.and_then(|found| found.f).map_or(default, f64::from))
    }

    /// A setting that is a number, if it is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.proto.attribute.iter().any(|one| one.name.as_deref() == Some(name))
    }

    /// A setting that is a whole number.
    pub(super) fn integer(&self, name: &str, default: i64) -> Result<i64> {
        let found = self.attribute(name, attribute::INT, "a whole number")?;
        Ok(found.and_then(|found| found.i).unwrap_or(default))
    }

    /// A setting that is yes or no.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool> {
        Ok(self.integer(name, i64::from(default))? != 0)
    }

    /// A setting that is a text.
    pub(super) fn word(&self, name: &str) -> Result<Option<&'n str>> {
        let found = self.attribute(name, attribute::STRING, "a text")?;
        let Some(bytes) = found.and_then(|found| found.s.as_ref()) else { return Ok(None) };
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(self.wrong(&format!("attribute {}", quoted(name)), "bytes", "a text")),
        }
    }

    /// A setting that is a list of whole numbers, if it is there.
    pub(super) fn list(&self, name: &str) -> Result<Option<&'n [i64]>> {
        let found = self.attribute(name, attribute::INTS, "whole numbers")?;
        Ok(found.map(|found| &found.ints[..]))
    }

    /// A setting that is a list of numbers, if it is there.
    pub(super) fn floats(&self, name: &str) -> Result<Option<&'n [f32]>> {
        let found = self.attribute(name, attribute::FLOATS, "numbers")?;
        Ok(found.map(|found| &found.floats[..]))
    }

    /// A setting that is a list of numbers that are not negative; empty if it is not there.
    pub(super) fn lengths(&self, name: &str) -> Result<Vec<usize>> {
        let list = self.list(name)?.unwrap_or_default();
        self.counts(&format!("attribute {}", quoted(name)), list)
    }

    /// A setting that is a tensor, if it is there.
    pub(super) fn tensor(&self, name: &str) -> Result<Option<&'n proto::Tensor>> {
        let found = self.attribute(name, attribute::TENSOR, "a tensor")?;
        Ok(found.and_then(|found| found.t.as_ref()))
    }

    /// The whole numbers that are an input or, in older versions, an attribute.
    pub(super) fn list_or_input(&self, name: &str, number: usize) -> Result<Option<Vec<i64>>> {
        match self.list(name)? {
            Some(list) => Ok(Some(list.to_vec())),
            None => self.integers(number),
        }
    }

    /// The axis of the first input that ONNX means by `axis`, which it may count from the end.
    pub(super) fn axis(&self, axis: i64) -> Result<usize> {
        self.place("axis", axis, self.input(0)?.shape().len())
    }

    /// A place among `length`, which may be counted from the end.
    pub(super) fn place(&self, what: &str, number: i64, length: usize) -> Result<usize> {
        let place = if number < 0 { number.saturating_add(length as i64) } else { number };
        let place = usize::try_from(place).ok().filter(|&place| place < length);
        place.ok_or_else(|| {
            let expected = format!("from -{length} to {}", length as i64 - 1);
            self.wrong(what, &number.to_string(), &expected)
        })
    }

    /// A shape that memory has room for.
    pub(super) fn shape(&self, shape: &[usize]) -> Result<tensor::Shape> {
        let all = shape.iter().try_fold(1_usize, |all, &length| all.checked_mul(length));
        let most = tensor::MOST_AXES;
        if shape.len() <= most && all.is_some_and(|all| all <= MOST_ELEMENTS) {
            return Ok(shape.into());
        }
        let expected = format!("at most {most} axes and {MOST_ELEMENTS} elements");
        Err(self.wrong("shape", &format!("{shape:?}"), &expected))
    }

    /// Something of the node is not as it must be.
    pub(super) fn wrong(&self, what: &str, found: &str, expected: &str) -> Error {
        Error::value(
            format!("{what} of {}", called(self.proto)),
            found,
            expected,
            "check the model by `onnx.checker`; if it is right, this operator is not known in this form",
        )
    }

    /// An error of an operation, with the node.
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

/// A node as messages name it.
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
