//! Converts a graph that is a chain of layers, with branches at its ends if any, to a network in
//! the notation.

mod branches;
mod patterns;

use std::collections::{BTreeSet, HashMap};

use autograd::Tape;
use tensor::{Float, Tensor};

use super::{OnnxModel, Value, tensor};
use crate::dynamic::Dynamic;
use crate::error::{Error, Result, quoted};
use crate::onnx::node::{Node, called};
use crate::onnx::proto::{self, data_type};

const OTHERWISE: &str = "run the graph as it is, by `run`, or train it on a tape by `record`";

impl<T: Float> OnnxModel<T> {
    /// Converts the graph to a network in the notation, with its parameters. The result is as fast
    /// as a declared network, and [`fit`](crate::fit) trains it.
    ///
    /// The graph must be a chain from its input `[batch, inputs]` to its output, of these: `Gemm`,
    /// or `MatMul` and `Add`, each followed by an activation if there is one; `BatchNormalization`,
    /// `LayerNormalization`, `RMSNormalization`, `PRelu`, `Mul` by a constant, `Dropout`, nodes
    /// that change neither numbers nor rows, residuals (`Add` of a value and the output of such
    /// layers applied to it), and at the end `Softmax`. Layer norm and RMS norm may be written in
    /// their steps, as before there was an operator for them. The chain may begin with an
    /// [encoder](crate::layer::encoder): (x − c)·s, with the bound of `robust` if present, or a
    /// number times x.
    ///
    /// Several inputs, or slices of one, each with its own layers and joined by one `Concat`,
    /// become `concat`. Several outputs, or the parts that one `Concat` at the end joins, become
    /// `heads`. [`OnnxModel::notation`] writes the notation.
    ///
    /// # Errors
    ///
    /// If the graph is not such a chain; the message names the first node that is not part of a
    /// layer.
    pub fn to_dynamic(&self) -> Result<Dynamic<T>> {
        let layers = Chain::layers(self)?;
        let text: Vec<String> = layers.iter().map(Layer::text).collect();
        let network = Dynamic::parse(&text.join(", "))?;
        let tensors: Vec<_> = layers.into_iter().flat_map(|layer| layer.tensors).collect();
        Ok(network.with(&tensors))
    }

    /// The declaration of the network that [`OnnxModel::to_dynamic`] finds, with this name, for a
    /// file that [`network_file!`](crate::network_file) reads. The declared network loads what
    /// [`Dynamic::save`] writes.
    ///
    /// # Errors
    ///
    /// As [`OnnxModel::to_dynamic`].
    pub fn notation(&self, name: &str) -> Result<String> {
        let layers = Chain::layers(self)?;
        let lines: String = layers.iter().map(|layer| format!("    {},\n", layer.text())).collect();
        Ok(format!("pub struct {name}(\n{lines});\n"))
    }
}

/// A layer under construction.
struct Layer<T> {
    word: &'static str,
    /// The arguments in parentheses.
    details: Vec<String>,
    /// In the order of the notation's tensors.
    tensors: Vec<Vec<T>>,
    /// Whether an activation may follow.
    is_open: bool,
}

impl<T> Layer<T> {
    fn text(&self) -> String {
        match self.details.is_empty() {
            true => self.word.to_owned(),
            false => format!("{}({})", self.word, self.details.join(", ")),
        }
    }
}

/// The state of the conversion, on the path from the input to the output.
struct Chain<'m, T: Float> {
    model: &'m OnnxModel<T>,
    tape: Tape<T>,
    constants: HashMap<&'m str, Value<Tensor<T>>>,
    /// The current value.
    at: &'m str,
    layers: Vec<Layer<T>>,
    /// The number of columns of the current value, if known.
    width: Option<usize>,
    /// Outputs of the nodes that are already part of a layer.
    used: BTreeSet<&'m str>,
    /// Outputs of the sums of the residuals that contain the current value.
    sums: BTreeSet<&'m str>,
    /// The nesting depth of residuals.
    depth: usize,
    /// Whether the current value is an input, or is an unchanged input.
    is_front: bool,
    /// The end of the network, and the end of each of its heads.
    ends: Vec<&'m str>,
    /// The nodes that the path may use, where it parts from others.
    only: Option<Vec<&'m proto::Node>>,
}

/// The maximum nesting depth of residuals.
const DEEPEST: usize = 32;

/// Activations that are one node without attributes.
const PLAIN: &[(&str, &str)] = &[
    ("Relu", "relu"),
    ("Sigmoid", "sigmoid"),
    ("Tanh", "tanh"),
    ("HardSwish", "hard_swish"),
    ("Mish", "mish"),
    ("Softplus", "softplus"),
    ("Softsign", "softsign"),
];

impl<'m, T: Float> Chain<'m, T> {
    /// All layers of a model.
    fn layers(model: &'m OnnxModel<T>) -> Result<Vec<Layer<T>>> {
        let mut chain = Chain::of(model)?;
        let parts = chain.inputs()?;
        match parts[..] {
            [(input, width)] => (chain.at, chain.width) = (input, width),
            _ => chain.concat(&parts)?,
        }
        chain.ends = chain.ends();
        chain.follow_to_the_ends()?;
        chain.check_all_is_used()?;
        Ok(chain.layers)
    }

    fn of(model: &'m OnnxModel<T>) -> Result<Self> {
        if model.outputs.is_empty() {
            return Err(Error::file(&model.path, "outputs", "0", "one at least", OTHERWISE));
        }
        let (mut constants, mut used) = (HashMap::new(), BTreeSet::new());
        constants.extend(model.constants.iter().map(|(name, value)| (&name[..], value.clone())));
        for node in &model.nodes {
            let value = node.attribute.iter().find_map(|attribute| attribute.t.as_ref());
            if let (Some("Constant"), [output], Some(value)) =
                (node.op_type.as_deref(), &node.output[..], value)
            {
                constants.insert(output, tensor(&model.path, "a constant", value)?);
                used.insert(&output[..]);
            }
        }
        Ok(Chain {
            model,
            tape: Tape::no_grad(),
            constants,
            at: "",
            layers: Vec::new(),
            width: None,
            used,
            sums: BTreeSet::new(),
            depth: 0,
            is_front: true,
            ends: Vec::new(),
            only: None,
        })
    }

    /// The nodes that read the current value, in order, except the sums of enclosing residuals.
    fn readers(&self) -> Vec<&'m proto::Node> {
        let nodes = self.model.nodes.iter();
        let reads = |node: &&proto::Node| node.input.iter().any(|name| name == self.at);
        let is_end =
            |node: &proto::Node| node.output.iter().any(|name| self.sums.contains(&name[..]));
        let is_here = |node: &proto::Node| match &self.only {
            None => true,
            Some(only) => only.iter().any(|other| std::ptr::eq(*other, node)),
        };
        nodes.filter(|node| reads(node) && !is_end(node) && is_here(node)).collect()
    }

    /// Moves to the output of a node.
    fn pass(&mut self, node: &'m proto::Node) -> Result<()> {
        let [output] = &node.output[..] else { return Err(self.refused(node)) };
        self.used.insert(output);
        (self.at, self.only) = (output, None);
        Ok(())
    }

    /// A node's attributes.
    fn settings(&self, node: &'m proto::Node) -> Node<'_, 'm, T> {
        Node::new(node, &self.model.path, &self.tape, self.model.opset, Vec::new())
    }

    /// The constant at an input of a node.
    fn constant(&self, node: &'m proto::Node, number: usize) -> Result<&Tensor<T>> {
        let name = node.input.get(number).map_or("", |name| &name[..]);
        self.constants.get(name).map(|value| &value.of).ok_or_else(|| self.refused(node))
    }

    /// Moves past the next layer, or the next activation.
    fn layer(&mut self) -> Result<()> {
        let readers = self.readers();
        let &[node] = &readers[..] else {
            if let Some((sum, end)) = self.residual_at(&readers) {
                return self.residual(sum, end);
            }
            return match readers[..] {
                [a, b] if self.is_silu(a, b) => {
                    self.used.insert(&a.output[0]);
                    self.activate(b, "silu".into())
                }
                [a, b] if self.norm_in_steps([a, b])? => Ok(()),
                _ => {
                    let found = format!("{} nodes that read {}", readers.len(), quoted(self.at));
                    Err(Error::file(
                        &self.model.path,
                        "graph",
                        found,
                        "a chain, in which each value is read once",
                        OTHERWISE,
                    ))
                }
            };
        };
        if self.encoder(node)? || self.log_sigmoid(node)? {
            return Ok(());
        }
        let settings = self.settings(node);
        let number = patterns::written;
        match settings.op() {
            "Gemm" => self.gemm(node),
            "MatMul" => self.matmul(node),
            "BatchNormalization" => {
                let epsilon = number(shortest(settings.number("epsilon", 1e-5)?));
                self.norm(node, "batch_norm", epsilon, 4)
            }
            "LayerNormalization" if settings.integer("axis", -1)?.abs() == 1 => {
                let epsilon = number(shortest(settings.number("epsilon", 1e-5)?));
                self.norm(node, "layer_norm", epsilon, 2)
            }
            "RMSNormalization" if settings.integer("axis", -1)?.abs() == 1 => {
                let epsilon = number(shortest(settings.number("epsilon", 1e-5)?));
                self.norm(node, "rms_norm", epsilon, 1)
            }
            "PRelu" => self.by_column(node, "prelu", 1),
            "Mul" if self.constant(node, 1).is_ok() => self.by_column(node, "layer_scale", 1),
            "Mul" if self.constant(node, 0).is_ok() => self.by_column(node, "layer_scale", 0),
            "Dropout" | "Identity" => self.pass(node),
            "Flatten" if settings.integer("axis", 1)? == 1 => self.pass(node),
            // Scikit-learn's models begin and end with such nodes.
            "Cast"
                if [data_type::FLOAT, data_type::DOUBLE]
                    .contains(&(settings.integer("to", 0)? as i32))
                    && !self.model.inputs[0].is_whole =>
            {
                self.pass(node)
            }
            "Reshape" if self.keeps_rows(node) => self.pass(node),
            "Softmax"
                if [-1, 1].contains(&settings.integer("axis", -1)?)
                    && node.output.iter().any(|name| self.ends.contains(&&name[..])) =>
            {
                self.activate(node, "softmax".into())
            }
            "LeakyRelu" => {
                let slope = number(shortest(settings.number("alpha", 0.01)?));
                self.activate(node, format!("leaky_relu({slope})"))
            }
            "Elu" => {
                let alpha = number(shortest(settings.number("alpha", 1.0)?));
                self.activate(node, format!("elu({alpha})"))
            }
            "Celu" => {
                let alpha = number(shortest(settings.number("alpha", 1.0)?));
                self.activate(node, format!("celu({alpha})"))
            }
            "Selu" if !settings.has("alpha") && !settings.has("gamma") => {
                self.activate(node, "selu".into())
            }
            "Gelu" => match settings.word("approximate")? {
                Some("tanh") => self.activate(node, "gelu_tanh".into()),
                _ => self.activate(node, "gelu".into()),
            },
            "HardSigmoid" => {
                let (alpha, beta) = (settings.number("alpha", 0.2)?, settings.number("beta", 0.5)?);
                match (alpha - 1.0 / 6.0).abs() < 1e-7 && beta == 0.5 {
                    true => self.activate(node, "hard_sigmoid".into()),
                    false => Err(self.refused(node)),
                }
            }
            "Clip" => {
                let bounds = [self.constant(node, 1)?.item()?, self.constant(node, 2)?.item()?];
                match bounds == [-T::one(), T::one()] {
                    true => self.activate(node, "hard_tanh".into()),
                    false => Err(self.refused(node)),
                }
            }
            op => match PLAIN.iter().find(|(other, _)| *other == op) {
                Some((_, word)) => self.activate(node, (*word).into()),
                None => Err(self.refused(node)),
            },
        }
    }

    /// Whether a node keeps the shape of rows.
    fn keeps_rows(&self, node: &'m proto::Node) -> bool {
        let shape = self.constant(node, 1).map(Tensor::to_vec).unwrap_or_default();
        let width = self.width.map(|width| T::of(width as f64));
        node.input[0] == self.at
            && shape.len() == 2
            && shape[0] == -T::one()
            && Some(shape[1]) == width
    }

    /// The sum at the end of a residual that begins here, and its other operand. If several readers
    /// qualify, the last one, because one residual may begin inside another.
    fn residual_at(&self, readers: &[&'m proto::Node]) -> Option<(&'m proto::Node, &'m str)> {
        readers.iter().rev().find_map(|&node| {
            let [a, b] = &node.input[..] else { return None };
            let other = if a == self.at { b } else { a };
            let is_sum = node.op_type.as_deref() == Some("Add")
                && other != self.at
                && !self.constants.contains_key(&other[..]);
            is_sum.then_some((node, &other[..]))
        })
    }

    /// Moves past a residual whose layers end at the value `end`.
    fn residual(&mut self, sum: &'m proto::Node, end: &'m str) -> Result<()> {
        let [output] = &sum.output[..] else { return Err(self.refused(sum)) };
        if self.depth == DEEPEST {
            return Err(self.refused(sum));
        }
        self.depth += 1;
        let width = self.width;
        self.sums.insert(output);
        let inside = self.until(end)?;
        self.layers.push(Layer {
            word: "residual",
            details: inside.iter().map(Layer::text).collect(),
            tensors: inside.into_iter().flat_map(|layer| layer.tensors).collect(),
            is_open: false,
        });
        (self.width, self.depth) = (width, self.depth - 1);
        self.pass(sum)
    }

    /// x·σ(x)
    fn is_silu(&self, gate: &proto::Node, product: &proto::Node) -> bool {
        let is = |node: &proto::Node, op: &str| node.op_type.as_deref() == Some(op);
        is(gate, "Sigmoid")
            && is(product, "Mul")
            && gate.output.len() == 1
            && product.input.len() == 2
            && product.input.contains(&gate.output[0])
            && self.model.nodes.iter().filter(|node| node.input.contains(&gate.output[0])).count()
                == 1
    }

    fn gemm(&mut self, node: &'m proto::Node) -> Result<()> {
        let settings = self.settings(node);
        let is_plain = !settings.flag("transA", false)?
            && settings.number("alpha", 1.0)? == 1.0
            && settings.number("beta", 1.0)? == 1.0
            && node.input[0] == self.at;
        let transposed = settings.flag("transB", false)?;
        if !is_plain {
            return Err(self.refused(node));
        }
        let weight = self.constant(node, 1)?.clone();
        let weight = if transposed { weight.transpose()? } else { weight };
        let bias = match node.input.get(2).is_some_and(|name| !name.is_empty()) {
            true => Some(self.constant(node, 2)?.clone()),
            false => None,
        };
        self.dense(node, &weight, bias.as_ref())?;
        self.pass(node)
    }

    /// A matrix product and the bias added to it.
    fn matmul(&mut self, node: &'m proto::Node) -> Result<()> {
        if node.input[0] != self.at {
            return Err(self.refused(node));
        }
        let weight = self.constant(node, 1)?.clone();
        self.pass(node)?;
        let readers = self.readers();
        let sum = match readers[..] {
            [sum] if sum.op_type.as_deref() == Some("Add") && !self.ends.contains(&self.at) => {
                Some(sum)
            }
            _ => None,
        };
        let Some(sum) = sum else { return self.dense(node, &weight, None) };
        let other = usize::from(sum.input[0] == self.at);
        let bias = self.constant(sum, other)?.clone();
        self.dense(node, &weight, Some(&bias))?;
        self.pass(sum)
    }

    fn dense(
        &mut self,
        node: &'m proto::Node,
        weight: &Tensor<T>,
        bias: Option<&Tensor<T>>,
    ) -> Result<()> {
        let &[inputs, outputs] = weight.shape() else { return Err(self.refused(node)) };
        let mut details = vec![format!("{inputs} -> {outputs}")];
        let mut tensors = vec![weight.to_vec()];
        match bias {
            None => details.push("bias = false".into()),
            Some(bias) => match bias.broadcast_to([1, outputs]) {
                Ok(bias) => tensors.push(bias.to_vec()),
                Err(_) => return Err(self.refused(node)),
            },
        }
        self.width = Some(outputs);
        self.layers.push(Layer { word: "dense", details, tensors, is_open: true });
        Ok(())
    }

    fn norm(
        &mut self,
        node: &'m proto::Node,
        word: &'static str,
        epsilon: String,
        tensors: usize,
    ) -> Result<()> {
        let given = (1..=tensors)
            .filter(|&number| node.input.get(number).is_some_and(|name| !name.is_empty()));
        let given = given.map(|number| self.constant(node, number).map(Tensor::to_vec));
        let mut tensors_given = given.collect::<Result<Vec<_>>>()?;
        if word == "layer_norm" && tensors_given.len() == 1 {
            tensors_given.push(vec![T::zero(); tensors_given[0].len()]);
        }
        if tensors_given.len() != tensors || self.settings(node).flag("training_mode", false)? {
            return Err(self.refused(node));
        }
        let details = vec![format!("epsilon = {epsilon}")];
        self.layers.push(Layer { word, details, tensors: tensors_given, is_open: false });
        self.pass(node)
    }

    /// A layer with a number for each column, or one number for all columns.
    fn by_column(&mut self, node: &'m proto::Node, word: &'static str, input: usize) -> Result<()> {
        let Some(width) = self.width else { return Err(self.refused(node)) };
        let numbers = self.constant(node, input)?.broadcast_to([1, width]);
        let numbers = numbers.map_err(|_| self.refused(node))?.to_vec();
        self.layers.push(Layer {
            word,
            details: Vec::new(),
            tensors: vec![numbers],
            is_open: false,
        });
        self.pass(node)
    }

    /// The activation of the layer before.
    fn activate(&mut self, node: &'m proto::Node, text: String) -> Result<()> {
        match self.layers.last_mut().filter(|layer| layer.is_open) {
            None => Err(self.refused(node)),
            Some(layer) => {
                layer.details.insert(1, text);
                layer.is_open = false;
                self.pass(node)
            }
        }
    }

    /// Rejects nodes that are not on the path to the output.
    fn check_all_is_used(&self) -> Result<()> {
        let is_used =
            |node: &&proto::Node| node.output.iter().all(|name| self.used.contains(&name[..]));
        match self.model.nodes.iter().find(|node| !is_used(node)) {
            None => Ok(()),
            Some(node) => Err(self.refused(node)),
        }
    }

    fn refused(&self, node: &proto::Node) -> Error {
        let found = "no layer of the notation, nor the activation of a dense layer";
        Error::file(&self.model.path, called(node), found, "a chain of layers", OTHERWISE)
    }
}

/// The shortest decimal number that is the same `f32`: attributes are not `f64`.
fn shortest(number: f64) -> f64 {
    (number as f32).to_string().parse().unwrap_or(number)
}
