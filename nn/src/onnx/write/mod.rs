//! Writes a network's layers as the nodes of an ONNX graph.

mod activations;
mod columns;
mod function;
mod graph;
mod layers;
mod operations;
mod own;

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use prost::Message as _;
use tensor::Float;

use super::operators::TABLES;
use super::{OnnxOptions, proto};
use crate::dynamic::Dynamic;
use crate::error::{Error, Result, quoted};
use crate::file::{check_finite, replace};
use crate::head::HeadInfo;
use crate::layer::Info;
use crate::layer::columns::ColumnsInfo;
use crate::network::{Described, Network, Port, Units};
use crate::row::Row;
use crate::words::fingerprint;
pub use function::save_function;
use graph::Graph;
use layers::Placed;
use own::Own;

/// Writing a network as an ONNX model.
pub trait Onnx: Network {
    /// Writes the network as an ONNX model, which other programs and languages run.
    ///
    /// ```
    /// use nn::onnx::{Onnx as _, OnnxOptions};
    /// use nn::prelude::*;
    ///
    /// network! { struct Digits { hidden: dense(784 -> 128, relu), output: dense(10, softmax) } }
    ///
    /// let path = std::env::temp_dir().join("nn-doc-digits.onnx");
    /// Digits::<f32>::init(1).save_onnx(&path, &OnnxOptions::new().probabilities())?;
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// The graph has an input `input`, `[batch, inputs]` with any number of rows, and an output
    /// `output`. A network that begins with `concat` has an input for each branch, one that ends in
    /// `heads` an output for each branch, with their names. The tensors have the names that they
    /// have in [`save`](crate::Checkpoint::save)'s files. Nodes are named after their layer and
    /// their operator, and the metadata contain the network's name and declaration.
    ///
    /// A block of `columns` has an input for each column, with its name. Numbers, flags (1 and 0)
    /// and dates (days from 1970-01-01) are `[batch, 1]`, with NaN for a missing one. Words are
    /// strings, of which an empty one is missing. If the network does not
    /// [know](crate::Network::known_words) the words, the options must have them: see
    /// [`OnnxOptions::words_of`]. A number predicted from columns is in the units of the target.
    ///
    /// Dropout is left out. In a network of `f64` the graph uses doubles, for which some programs
    /// do not have every operator.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, a parameter is not a finite number, or the opset of the
    /// options is not supported. If the network has a custom layer or activation, for which there
    /// is no operator. If neither the network nor the options know a word of a column.
    fn save_onnx(&self, path: impl AsRef<Path>, options: &OnnxOptions) -> Result<()> {
        save(&Described::of(self), path.as_ref(), options, &|x| {
            let count = x.len() / Self::INPUTS;
            let mut inputs = Self::Input::zeroed_rows(count);
            Row::flatten_mut(&mut inputs).copy_from_slice(x);
            Ok(Row::flatten(&self.predict_batch(&inputs)).to_vec())
        })
    }
}

impl<N: Network> Onnx for N {}

impl<T: Float> Dynamic<T> {
    /// Writes the network as an ONNX model: see [`Onnx::save_onnx`](crate::onnx::Onnx::save_onnx).
    ///
    /// # Errors
    ///
    /// As [`Onnx::save_onnx`](crate::onnx::Onnx::save_onnx).
    pub fn save_onnx(&self, path: impl AsRef<Path>, options: &OnnxOptions) -> Result<()> {
        save(&self.described(), path.as_ref(), options, &|x| self.predict(x))
    }
}

/// The supported opsets, each with the version of the file format that it came with.
const OPSETS: [(i64, i64); 11] = [
    (13, 7),
    (14, 7),
    (15, 8),
    (16, 8),
    (17, 8),
    (18, 8),
    (19, 9),
    (20, 9),
    (21, 10),
    (22, 10),
    (23, 11),
];

/// The opset of the domain [`TABLES`]: the first with the operators used here.
const TABLES_VERSION: i64 = 2;

/// Writes a network; with `predict`, outputs include the head's function.
fn save<T: Float>(
    network: &Described<'_, T>,
    path: &Path,
    options: &OnnxOptions,
    predict: &dyn Fn(&[T]) -> Result<Vec<T>>,
) -> Result<()> {
    let model = model(network, options)?;
    if !options.activations.is_empty() {
        own::compare(network, path, options, predict)?;
    }
    write_model(path, network.name, &model)
}

/// Writes the model with this name.
fn write_model(path: &Path, name: &str, model: &proto::Model) -> Result<()> {
    let length = model.encoded_len();
    if i32::try_from(length).is_err() {
        return Err(Error::value(
            format!("{}, to be saved as ONNX", quoted(name)),
            format!("{length} bytes"),
            "at most 2147483647, the largest protobuf message",
            "save it by `save`",
        ));
    }
    replace(path, |file| file.write_all(&model.encode_to_vec()))
        .map_err(|error| Error::io("write", path, error))
}

/// The versions of operators and format for the options.
fn versions(options: &OnnxOptions) -> Result<(i64, i64)> {
    OPSETS.into_iter().find(|(opset, _)| *opset == options.opset).ok_or_else(|| {
        Error::value(
            "opset of an ONNX file",
            options.opset.to_string(),
            format!("a version from {} to {}", OPSETS[0].0, OPSETS[OPSETS.len() - 1].0),
            "17 is one that most programs know",
        )
    })
}

/// A model of this graph, with its own metadata.
fn model_of(
    graph: proto::Graph,
    (opset, ir_version): (i64, i64),
    own: &[(&str, &str)],
    options: &OnnxOptions,
) -> proto::Model {
    let entry = |(key, value): (&str, &str)| proto::Entry {
        key: Some(key.to_owned()),
        value: Some(value.to_owned()),
    };
    let is_tables = |node: &proto::Node| node.domain.as_deref() == Some(TABLES);
    let tables = graph.node.iter().any(is_tables).then_some((TABLES, TABLES_VERSION));
    let imports = [("", opset)].into_iter().chain(tables).map(|(domain, version)| proto::OpsetId {
        domain: Some(domain.into()),
        version: Some(version),
    });
    let others = options.metadata.iter().map(|(key, text)| (&key[..], &text[..]));
    proto::Model {
        ir_version: Some(ir_version),
        producer_name: Some("nn".into()),
        producer_version: Some(env!("CARGO_PKG_VERSION").into()),
        graph: Some(graph),
        opset_import: imports.collect(),
        metadata_props: own.iter().copied().chain(others).map(entry).collect(),
        functions: Vec::new(),
    }
}

fn model<T: Float>(network: &Described<'_, T>, options: &OnnxOptions) -> Result<proto::Model> {
    let versions = versions(options)?;
    for tensor in network.tensors()? {
        check_finite(&tensor.name, &network.parameters[tensor.range()])?;
    }
    let mut graph = Graph::new::<T>(versions.0);
    for own in &options.activations {
        graph.own.push(Own::record(own, versions.0)?);
    }
    let mut writer = Writer { network, options, graph, layers: 0 };
    let graph = writer.graph()?;
    let own = [("network", network.name), ("architecture", &network.declaration)];
    Ok(model_of(graph, versions, &own, options))
}

/// Adjacent tensors, each with its width: concatenated only where one tensor is needed.
type Parts = Vec<(String, usize)>;

struct Writer<'a, T> {
    network: &'a Described<'a, T>,
    options: &'a OnnxOptions,
    graph: Graph,
    /// The number of layers so far.
    layers: usize,
}

impl<T: Float> Writer<'_, T> {
    /// The whole graph.
    fn graph(&mut self) -> Result<proto::Graph> {
        let probabilities = self.options.probabilities;
        let (info, heads) = (self.network.info, self.network.heads);
        let mut inputs = Parts::new();
        let mut ports = Vec::new();
        for Port { name, width, columns } in self.network.inputs() {
            match columns {
                ColumnsInfo::NONE => {
                    let name = self.graph.name(&name);
                    ports.push(self.graph.value(&name, width));
                    inputs.push((name, width));
                }
                block => {
                    self::columns::inputs(&mut self.graph, block, width, &mut inputs, &mut ports)
                }
            }
        }
        let mut outputs = Vec::new();
        self.outputs(info, heads, &inputs, probabilities, &mut outputs)?;
        if let Some(place) = self.network.units {
            let units = Units::at(self.network.parameters, place);
            for (y, _) in &mut outputs {
                *y = columns::own_units(&mut self.graph, units, y);
            }
        }
        let names: Vec<_> = self.network.ends(back(info, heads), "output");
        let mut ends: Vec<proto::ValueInfo> = Vec::new();
        for ((found, width), (name, _)) in outputs.iter().zip(names) {
            let name = self.graph.name(&name);
            let is_input = inputs.iter().any(|(input, _)| input == found);
            let is_twice = outputs.iter().filter(|(other, _)| other == found).count() > 1;
            self.graph.rename(found, &name, is_input || is_twice);
            ends.push(self.graph.value(&name, *width));
        }
        Ok(proto::Graph {
            node: std::mem::take(&mut self.graph.nodes),
            name: Some(self.network.name.to_owned()),
            initializer: std::mem::take(&mut self.graph.constants),
            input: ports,
            output: ends,
        })
    }

    /// Adds the last part of the network, and the function of each head.
    fn outputs(
        &mut self,
        info: &Info,
        heads: &HeadInfo,
        x: &Parts,
        probabilities: bool,
        to: &mut Parts,
    ) -> Result<()> {
        match (info, heads) {
            (Info::Then(a, b), _) => {
                let x = self.part(a, x)?;
                self.outputs(b, heads, &x, probabilities, to)
            }
            (Info::Heads(a, b), HeadInfo::Both(of_a, of_b)) => {
                let x = self.for_both(x);
                self.outputs(a, of_a, &x, probabilities, to)?;
                self.outputs(b, of_b, &x, probabilities, to)
            }
            (_, heads) => {
                let y = self.part(info, x)?;
                let mut y = self.joined(&y);
                if probabilities {
                    let name = heads.to_string();
                    y = activations::write(&mut self.graph, &name, &y)
                        .ok_or_else(|| self.unknown("head", &name, false))?;
                }
                to.push((y, info.outputs()));
                Ok(())
            }
        }
    }

    /// Adds a part of the network, given its inputs.
    fn part(&mut self, info: &Info, x: &Parts) -> Result<Parts> {
        match info {
            Info::Layer(layer) => {
                let name = self.network.layer_name(self.layers);
                let (_, start) = self.network.info.layer(self.layers);
                self.layers += 1;
                self.graph.layer = name;
                let parameters = &self.network.parameters[start..][..layer.len];
                let placed = Placed { info: layer, parameters };
                if layer.kind == "columns" {
                    let words = |column: &str| words(self.network, self.options, column);
                    let y = columns::encode(&mut self.graph, &placed, x, &words)?;
                    return Ok(vec![(y, layer.outputs)]);
                }
                let x = self.joined(x);
                let y = (!layer.is_own).then(|| layers::write(&mut self.graph, &placed, &x));
                match y.flatten() {
                    Some(y) => Ok(vec![(y, layer.outputs)]),
                    None => Err(match layer.kind {
                        "dense" if !layer.is_own => {
                            self.unknown("activation", layer.activation, layer.has_own_activation)
                        }
                        kind => self.unknown("layer", kind, layer.is_own),
                    }),
                }
            }
            Info::Then(a, b) => {
                let y = self.part(a, x)?;
                self.part(b, &y)
            }
            Info::Residual(layers) => {
                let y = self.part(layers, x)?;
                let (x, y) = (self.joined(x), self.joined(&y));
                let sum = self.graph.op("Add", &[&x, &y]);
                Ok(vec![(sum, info.outputs())])
            }
            Info::Concat(a, b) => {
                let (x, rest) = self.parted(x, a.inputs());
                let y = self.part(a, &x)?;
                Ok([y, self.part(b, &rest)?].concat())
            }
            Info::Heads(a, b) => {
                let x = self.for_both(x);
                let y = self.part(a, &x)?;
                Ok([y, self.part(b, &x)?].concat())
            }
            Info::Nested { layers, .. } => self.part(layers, x),
        }
    }

    /// All parts as one tensor.
    fn joined(&mut self, parts: &Parts) -> String {
        if let [(only, _)] = &parts[..] {
            return only.clone();
        }
        let names: Vec<&str> = parts.iter().map(|(name, _)| &name[..]).collect();
        self.graph.op_with("Concat", &names, vec![graph::integer("axis", 1)])
    }

    /// Concatenated, since several nodes read it.
    fn for_both(&mut self, x: &Parts) -> Parts {
        vec![(self.joined(x), x.iter().map(|(_, width)| width).sum())]
    }

    /// The first `width` columns and the others.
    fn parted(&mut self, parts: &Parts, width: usize) -> (Parts, Parts) {
        let mut at = 0;
        let whole = parts.iter().position(|(_, part)| {
            at += part;
            at == width
        });
        if let Some(last) = whole {
            return (parts[..=last].to_vec(), parts[last + 1..].to_vec());
        }
        let x = self.joined(parts);
        let all: usize = parts.iter().map(|(_, width)| width).sum();
        let mut slice = |from, to| vec![(self.graph.columns(&x, from, to), to - from)];
        (slice(0, width), slice(width, all))
    }

    fn unknown(&self, what: &str, name: &str, is_own: bool) -> Error {
        Error::value(
            format!("{what} of {}, to be saved as ONNX", quoted(&self.graph.layer)),
            format!("{}{}", quoted(name), if is_own { ", a custom one" } else { "" }),
            format!("one of the {what}s that ONNX has operators for"),
            match what {
                _ if !is_own => "save the part of the network without it, or `save` all of it",
                "activation" => {
                    "ONNX has no operator for it: define it as a function on a tape by \
                     `OnnxOptions::activation`"
                }
                _ => {
                    "ONNX has no operator for it: save the part of the network without it, or \
                     `save` all of it"
                }
            },
        )
    }
}

/// The branches that correspond to the outputs of a network.
fn back(info: &Info, heads: &HeadInfo) -> Vec<(usize, usize, usize)> {
    let behind = |before: &Info, branches: Vec<(usize, usize, usize)>| {
        let before = before.count();
        branches.into_iter().map(move |(at, count, width)| (at + before, count, width))
    };
    match (info, heads) {
        (Info::Then(a, b), _) => behind(a, back(b, heads)).collect(),
        (Info::Heads(a, b), HeadInfo::Both(of_a, of_b)) => {
            back(a, of_a).into_iter().chain(behind(a, back(b, of_b))).collect()
        }
        (info, _) => vec![(0, info.count(), info.outputs())],
    }
}

/// The possible words of a column that the network or the options know, by fingerprint.
fn words<'a, T>(
    network: &Described<'a, T>,
    options: &'a OnnxOptions,
    column: &str,
) -> HashMap<[u32; 2], &'a str> {
    let given = options.words.iter().filter(|(name, _)| name == column);
    let given = given.flat_map(|(_, words)| words).map(|word| (fingerprint(word), &word[..]));
    network.words.by_fingerprint().into_iter().chain(given).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The inputs and outputs of a network, by name and width.
    fn ends(text: &str) -> [Vec<(String, i64)>; 2] {
        let network: Dynamic = Dynamic::parse(text).unwrap();
        let options = OnnxOptions::new().probabilities();
        let graph = model(&network.described(), &options).unwrap().graph.unwrap();
        [graph.input, graph.output].map(|ends| {
            let of = |end: proto::ValueInfo| {
                let shape = end.r#type.unwrap().tensor_type.unwrap().shape.unwrap();
                assert_eq!(shape.dim[0].dim_param.as_deref(), Some("batch"));
                (end.name.unwrap(), shape.dim[1].dim_value.unwrap())
            };
            ends.into_iter().map(of).collect()
        })
    }

    #[test]
    fn branches_at_the_ends_are_inputs_and_outputs_by_their_names() {
        let named = |names: &[(&str, i64)]| {
            names.iter().map(|&(name, width)| (name.to_owned(), width)).collect::<Vec<_>>()
        };
        assert_eq!(
            ends("dense(3 -> 4, relu), dense(2)"),
            [named(&[("input", 3)]), named(&[("output", 2)])]
        );
        let [inputs, outputs] = ends(
            "struct Photo {
               parts: concat {
                 image: (dense(5 -> 4, relu), dense(3)), meta: input(2),
                 sound: dense(3 -> 2) * 1,
               },
               trunk: dense(6, relu),
               answer: heads {
                 class: dense(4, softmax), angle: (dense(3, relu), dense(2)),
                 seen: dense(1, sigmoid),
               },
             }",
        );
        assert_eq!(inputs, named(&[("image", 5), ("meta", 2), ("sound", 3)]));
        assert_eq!(outputs, named(&[("class", 4), ("angle", 2), ("seen", 1)]));
    }
}
