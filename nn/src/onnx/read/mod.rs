//! From an ONNX file to a graph that runs on a tape.

mod chain;
mod tensors;
mod train;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use autograd::{Tape, Var};
use prost::Message as _;
use tensor::{Float, Tensor};

use super::node::{Node, called};
use super::operators;
use super::proto;
use crate::error::{Error, Result, quoted};
pub(super) use tensors::{is_whole, read as tensor};

/// A value of a graph, and whether the file has it as integers or booleans: a tape has only floats.
#[derive(Clone, Copy)]
pub(super) struct Value<V> {
    pub(super) of: V,
    pub(super) whole: bool,
}

/// A model read from an ONNX file: a graph of operators that runs on a tape, which computes
/// gradients.
///
/// ```
/// use nn::onnx::{Onnx as _, OnnxModel, OnnxOptions};
/// use nn::prelude::*;
/// use nn::tensor::Tensor;
///
/// network! { struct Line(dense(2 -> 3, tanh), dense(1)); }
///
/// let path = std::env::temp_dir().join("nn-doc-line.onnx");
/// let line = Line::<f32>::init(1);
/// line.save_onnx(&path, &OnnxOptions::new())?;
///
/// let model: OnnxModel = OnnxModel::read(&path)?;
/// assert_eq!(model.inputs()[0].name(), "input");
/// let y = model.run(&[Tensor::from([[0.5, -1.0]])])?;
/// assert!((y[0].to_vec()[0] - line.predict(&[0.5, -1.0])[0]).abs() < 1e-6);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), nn::Error>(())
/// ```
///
/// All numbers are converted to type `T`, integers and booleans included. This is exact for indices
/// and shapes below 16777216 in `f32`; a larger one is an error where it is used. Weights may be
/// stored in a file next to the model, as PyTorch writes them. Not supported are models with
/// functions of their own, with branches (`If`, `Loop`), with strings, and with operators of other
/// domains, except two of `ai.onnx.ml` that scikit-learn uses for its scaler and labels.
#[derive(Clone)]
pub struct OnnxModel<T: Float = f32> {
    path: PathBuf,
    opset: i64,
    nodes: Vec<proto::Node>,
    constants: Vec<(String, Value<Tensor<T>>)>,
    inputs: Vec<OnnxPort>,
    outputs: Vec<OnnxPort>,
    metadata: Vec<(String, String)>,
}

/// An input or an output of an [`OnnxModel`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnnxPort {
    name: String,
    shape: Option<Vec<Option<usize>>>,
    is_whole: bool,
}

impl OnnxPort {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its shape, if the file contains it: `None` for a length that may vary, such as the batch.
    pub fn shape(&self) -> Option<&[Option<usize>]> {
        self.shape.as_deref()
    }
}

/// The versions of ONNX's operators that are read.
const OPSETS: std::ops::RangeInclusive<i64> = 7..=26;

const ELSEWHERE: &str = "export the model with ONNX's own operators, or run it by ONNX Runtime";

impl<T: Float> OnnxModel<T> {
    /// Reads the model in the file at `path`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is not an ONNX file, or has an unsupported operator; the message
    /// names the node. If a node reads a value that no earlier node produces.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = fs::read(path).map_err(|error| Error::io("read", path, error))?;
        Self::parse(path, &bytes)
    }

    /// Parses the bytes of the file at `path`.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self> {
        let wrong = |field: &str, found: String, expected: &str, advice: &str| {
            Error::file(path, field, found, expected, advice)
        };
        let model = proto::Model::decode(bytes).map_err(|error| {
            let advice =
                "the file is truncated, damaged or not an ONNX file; download it or write it again";
            wrong("messages", error.to_string(), "those of an ONNX model", advice)
        })?;
        let Some(graph) = model.graph else {
            let advice = "the file is damaged or not an ONNX file; download it or write it again";
            return Err(wrong("graph", "none".into(), "one", advice));
        };
        if let Some(function) = model.functions.first() {
            let found = quoted(function.name.as_deref().unwrap_or_default());
            let advice = "have the exporter write functions out as nodes (`inline` in onnx's \
                          Python package)";
            return Err(wrong("functions of its own", found, "none", advice));
        }
        let opset = opset(path, &model.opset_import)?;
        let named = |name: &Option<String>| name.clone().unwrap_or_default();
        let mut constants = Vec::with_capacity(graph.initializer.len());
        for tensor in &graph.initializer {
            let name = named(&tensor.name);
            constants.push((
                name.clone(),
                tensors::read(path, &format!("tensor {}", quoted(&name)), tensor)?,
            ));
        }
        let known: BTreeSet<&str> = constants.iter().map(|(name, _)| &name[..]).collect();
        if known.len() < constants.len() {
            let advice = "the file is damaged; download it or write it again";
            return Err(wrong("names of the constants", "one twice".into(), "each once", advice));
        }
        // Old files list the constants among the inputs, too.
        let inputs =
            graph.input.iter().filter(|input| !known.contains(input.name.as_deref().unwrap_or("")));
        let inputs = inputs.map(|input| port(path, "input", input)).collect::<Result<Vec<_>>>()?;
        let outputs = graph.output.iter().map(|output| port(path, "output", output));
        let outputs = outputs.collect::<Result<Vec<_>>>()?;
        check_nodes(
            path,
            &graph.node,
            known.into_iter().chain(inputs.iter().map(OnnxPort::name)),
            &outputs,
        )?;
        let metadata = model.metadata_props.iter();
        Ok(OnnxModel {
            path: path.to_path_buf(),
            opset,
            nodes: graph.node,
            constants,
            inputs,
            outputs,
            metadata: metadata.map(|entry| (named(&entry.key), named(&entry.value))).collect(),
        })
    }

    /// The inputs of the model.
    pub fn inputs(&self) -> &[OnnxPort] {
        &self.inputs
    }

    /// The outputs of the model.
    pub fn outputs(&self) -> &[OnnxPort] {
        &self.outputs
    }

    /// The text in the file's metadata under this key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(other, _)| other == key).map(|(_, text)| &text[..])
    }

    /// The float tensors that are constants of the graph, by name: mostly weights and biases.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &Tensor<T>)> {
        self.constants
            .iter()
            .filter(|(_, value)| !value.whole)
            .map(|(name, value)| (&name[..], &value.of))
    }

    /// The outputs for these inputs, one for each of [`inputs`](OnnxModel::inputs), in their order.
    ///
    /// # Errors
    ///
    /// If the number of inputs differs, one has another shape than in the file, or a node rejects
    /// its inputs; the message names the node.
    pub fn run(&self, inputs: &[Tensor<T>]) -> Result<Vec<Tensor<T>>> {
        let tape = Tape::no_grad();
        let inputs: Vec<_> = inputs.iter().map(|input| tape.constant(input.clone())).collect();
        let outputs = self.record(&tape, &[], &inputs)?;
        Ok(outputs.into_iter().map(|output| output.value()).collect())
    }

    /// The same on a tape, for gradients with respect to the inputs and to `parameters`: variables
    /// that replace constants of the graph, each with the name of one of
    /// [`parameters`](OnnxModel::parameters).
    ///
    /// # Errors
    ///
    /// As [`run`](OnnxModel::run). If there is no parameter of this name, or it has another shape.
    pub fn record<'t>(
        &self,
        tape: &'t Tape<T>,
        parameters: &[(&str, Var<'t, T>)],
        inputs: &[Var<'t, T>],
    ) -> Result<Vec<Var<'t, T>>> {
        let mut values: HashMap<&str, Value<Var<'t, T>>> = HashMap::new();
        for &(name, variable) in parameters {
            let Some((_, tensor)) = self.parameters().find(|(other, _)| *other == name) else {
                let all: Vec<_> = self.parameters().map(|(name, _)| quoted(name)).collect();
                let expected = format!("one of {}", all.join(", "));
                return Err(Error::value(
                    "parameter of an ONNX model",
                    quoted(name),
                    expected,
                    "take its name from `parameters`",
                ));
            };
            if tensor.shape() != &variable.shape()[..] {
                let what = format!("shape of parameter {}", quoted(name));
                let (found, expected) =
                    (format!("{:?}", variable.shape()), format!("{:?}", tensor.shape()));
                return Err(Error::value(
                    what,
                    found,
                    expected,
                    "give it the shape that it has in the file",
                ));
            }
        }
        for (name, value) in &self.constants {
            let given = parameters.iter().find(|(other, _)| other == name);
            let of =
                given.map_or_else(|| tape.constant(value.of.clone()), |(_, variable)| *variable);
            values.insert(name, Value { of, whole: value.whole });
        }
        if inputs.len() != self.inputs.len() {
            let names: Vec<_> = self.inputs.iter().map(|input| quoted(&input.name)).collect();
            let expected = format!("{}: {}", names.len(), names.join(", "));
            return Err(Error::value(
                "inputs of an ONNX model",
                inputs.len().to_string(),
                expected,
                "give a tensor for each",
            ));
        }
        for (port, &input) in self.inputs.iter().zip(inputs) {
            port.check(&input.shape())?;
            values.insert(&port.name, Value { of: input, whole: port.is_whole });
        }
        for node in &self.nodes {
            let given = node.input.iter().map(|name| values.get(&name[..]).copied());
            let applied = Node::new(node, &self.path, tape, self.opset, given.collect());
            let outputs = operators::evaluate(&applied).expect("`read` has checked the operator");
            let outputs = outputs.map_err(|error| applied.refused(&error))?;
            if outputs.len() < node.output.len() {
                let (found, expected) =
                    (node.output.len().to_string(), format!("at most {}", outputs.len()));
                return Err(applied.wrong("outputs", &found, &expected));
            }
            for (at, (name, of)) in node.output.iter().zip(outputs).enumerate() {
                values.insert(name, Value { of, whole: gives_whole(&applied, at)? });
            }
        }
        Ok(self.outputs.iter().map(|port| values[&port.name[..]].of).collect())
    }
}

/// Whether an output of a node is integers or booleans.
fn gives_whole<T: Float>(node: &Node<'_, '_, T>, output: usize) -> Result<bool> {
    Ok(match node.op() {
        "Shape" | "Size" | "ArgMax" | "ArgMin" | "IsNaN" | "Equal" | "Greater"
        | "GreaterOrEqual" | "Less" | "LessOrEqual" | "And" | "Or" | "Not" => true,
        "TopK" => output == 1,
        "Cast" => is_whole(node.path, "the result of a cast", Some(node.integer("to", 0)? as i32))?,
        "Constant" => match node.tensor("value")? {
            Some(value) => is_whole(node.path, "a constant", value.data_type)?,
            None => node.has("value_int") || node.has("value_ints"),
        },
        "ConstantOfShape" => match node.tensor("value")? {
            Some(value) => is_whole(node.path, "a constant", value.data_type)?,
            None => false,
        },
        _ => node.is_whole(),
    })
}

impl OnnxPort {
    /// Returns an error if an input has a shape that the file does not allow.
    fn check(&self, found: &[usize]) -> Result<()> {
        let Some(shape) = &self.shape else { return Ok(()) };
        let fits = |(wished, &found): (&Option<usize>, &usize)| {
            wished.is_none_or(|wished| wished == found)
        };
        if shape.len() == found.len() && shape.iter().zip(found).all(fits) {
            return Ok(());
        }
        let lengths: Vec<String> = shape
            .iter()
            .map(|length| length.map_or("any".into(), |length| length.to_string()))
            .collect();
        Err(Error::value(
            format!("shape of input {}", quoted(&self.name)),
            format!("{found:?}"),
            format!("[{}]", lengths.join(", ")),
            "give a tensor of this shape",
        ))
    }
}

/// The version of ONNX's own operators.
fn opset(path: &Path, imports: &[proto::OpsetId]) -> Result<i64> {
    let own = imports.iter().find(|import| is_own(import.domain.as_deref()));
    let version = own.and_then(|own| own.version);
    match version {
        Some(version) if OPSETS.contains(&version) => Ok(version),
        other => Err(Error::file(
            path,
            "opset",
            other.map_or("none".into(), |version| version.to_string()),
            format!("a version from {} to {}", OPSETS.start(), OPSETS.end()),
            "convert the model by `onnx.version_converter`",
        )),
    }
}

/// Whether this is the domain of ONNX's own operators.
fn is_own(domain: Option<&str>) -> bool {
    matches!(domain, None | Some("" | "ai.onnx"))
}

/// Checks that each operator is supported, and that each input of a node is produced before it.
fn check_nodes<'a>(
    path: &Path,
    nodes: &'a [proto::Node],
    known: impl Iterator<Item = &'a str>,
    outputs: &'a [OnnxPort],
) -> Result<()> {
    let mut known: BTreeSet<&str> = known.collect();
    for node in nodes {
        let op = node.op_type.as_deref().unwrap_or_default();
        if !operators::has(node.domain.as_deref(), op) {
            let domain = node.domain.as_deref().filter(|domain| !domain.is_empty());
            let found = domain.map_or(op.to_owned(), |domain| format!("{domain}::{op}"));
            let field = format!("operator of {}", called(node));
            let expected = format!("one of the {} supported operators", operators::names().count());
            return Err(Error::file(path, field, quoted(&found), expected, ELSEWHERE));
        }
        if let Some(missing) =
            node.input.iter().find(|name| !name.is_empty() && !known.contains(&name[..]))
        {
            let found = format!("{}, which no earlier node produces", quoted(missing));
            let advice =
                "the file is damaged, or the graph is part of another: export the model again";
            return Err(Error::file(
                path,
                format!("input of {}", called(node)),
                found,
                "an existing value",
                advice,
            ));
        }
        known.extend(node.output.iter().filter(|name| !name.is_empty()).map(|name| &name[..]));
    }
    match outputs.iter().find(|output| !known.contains(&output.name[..])) {
        None => Ok(()),
        Some(output) => {
            let found = format!("{}, which no node produces", quoted(&output.name));
            Err(Error::file(
                path,
                "output of the graph",
                found,
                "an existing value",
                "export the model again",
            ))
        }
    }
}

fn port(path: &Path, what: &str, value: &proto::ValueInfo) -> Result<OnnxPort> {
    let name = value.name.clone().unwrap_or_default();
    let tensor = value.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
    let field = format!("{what} {}", quoted(&name));
    let Some(tensor) = tensor else {
        return Err(Error::file(path, field, "no tensor", "a tensor", ELSEWHERE));
    };
    let is_whole = is_whole(path, &field, tensor.elem_type)?;
    let length = |dimension: &proto::Dimension| {
        dimension.dim_value.and_then(|length| usize::try_from(length).ok())
    };
    let shape = tensor.shape.as_ref().map(|shape| shape.dim.iter().map(length).collect());
    Ok(OnnxPort { name, shape, is_whole })
}

/// Shows the numbers of nodes, inputs and outputs.
impl<T: Float> fmt::Debug for OnnxModel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnnxModel")
            .field("opset", &self.opset)
            .field("nodes", &self.nodes.len())
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .finish_non_exhaustive()
    }
}
