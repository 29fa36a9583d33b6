//! From a graph that is a chain of layers, with branches at its ends if there are any, to a network in the notation.

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
    /// The same network in the notation, with its parameters: it answers as quickly as a declared one, and
    /// [`fit`](crate::fit) trains it.
    ///
    /// The graph must be a chain from its input `[batch, inputs]` to its output, of these: `Gemm`, or `MatMul` and `Add`,
    /// each with an activation behind it if there is one; `BatchNormalization`, `LayerNormalization`, `RMSNormalization`, `PRelu`, `Mul` by a
    /// constant, `Dropout`, what changes neither numbers nor rows, residuals (`Add` of a value and of what such layers make of it), and at the end `Softmax`.
    /// Layer norm and RMS norm may be written in their steps, as before there was an operator for them, and in front may be what an
    /// [encoder](crate::layer::encoder) does: (x − c)·s, with `robust`'s bound if it is there, or a number times x.
    ///
    /// Several inputs, or slices of one, each with such layers of its own and joined by one `Concat`, are `concat`; several outputs,
    /// or what one `Concat` at the end joins, are `heads`. [`OnnxModel::notation`] writes it down.
    ///
    /// # Errors
    ///
    /// If the graph is none; the message names the first node that is no part of a layer.
    pub fn to_dynamic(&self) -> Result<Dynamic<T>> {
        let layers = Chain::layers(self)?;
        let text: Vec<String> = layers.iter().map(Layer::text).collect();
        let network = Dynamic::parse(&text.join(", "))?;
        let tensors: Vec<_> = layers.into_iter().flat_map(|layer| layer.tensors).collect();
        Ok(network.with(&tensors))
    }

    /// The declaration of a network with this name, of the layers that [`OnnxModel::to_dynamic`] finds: for a file that
    /// [`network_file!`](crate::network_file) reads. What [`Dynamic::save`] then writes, the declared network loads.
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

/// A layer as it grows.
struct Layer<T> {
    word: &'static str,
    /// What stands in the parentheses.
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

/// The way from the input to the output.
struct Chain<'m, T: Float> {
    model: &'m OnnxModel<T>,
    tape: Tape<T>,
    constants: HashMap<&'m str, Value<Tensor<T>>>,
    /// The value that has been reached.
    at: &'m str,
    layers: Vec<Layer<T>>,
    /// How many columns there are behind them, where that is known.
    width: Option<usize>,
    /// Outputs of the nodes that are parts of layers.
    used: BTreeSet<&'m str>,
    /// Outputs of the sums that residuals end in, in whose branches the way leads.
    sums: BTreeSet<&'m str>,
    /// How many residuals the way is in.
    depth: usize,
    /// Whether the value at hand is an input, or was made from one by what changes nothing.
    is_front: bool,
    /// Where the network ends, and each of its heads.
    ends: Vec<&'m str>,
    /// The nodes by which the way goes on, where it parts from others.
    only: Option<Vec<&'m proto::Node>>,
}

/// More residuals than that are not in one another.
const DEEPEST: usize = 32;

/// Activations that are one node without settings.
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

    /// The nodes that read the value at hand, in their order, but for the sum of a residual that the way is in.
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

    /// Goes on to the output of a node.
    fn pass(&mut self, node: &'m proto::Node) -> Result<()> {
        let [output] = &node.output[..] else { return Err(self.refused(node)) };
        self.used.insert(output);
        (self.at, self.only) = (output, None);
        Ok(())
    }

    /// A node's settings.
    fn settings(&self, node: &'m proto::Node) -> Node<'_, 'm, T> {
        Node::new(node, &self.model.path, &self.tape, self.model.opset, Vec::new())
    }

    /// The constant that an input of a node is.
    fn constant(&self, node: &'m proto::Node, number: usize) -> Result<&Tensor<T>> {
        let name = node.input.get(number).map_or("", |name| &name[..]);
        self.constants.get(name).map(|value| &value.of).ok_or_else(|| self.refused(node))
    }

    /// Goes behind the next layer, or the next activation.
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
            // As scikit-learn's models begin and end.
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

    /// Whether a node gives rows the shape that they have.
    fn keeps_rows(&self, node: &'m proto::Node) -> bool {
        let shape = self.constant(node, 1).map(Tensor::to_vec).unwrap_or_default();
        let width = self.width.map(|width| T::of(width as f64));
        node.input[0] == self.at
            && shape.len() == 2
            && shape[0] == -T::one()
            && Some(shape[1]) == width
    }

    /// The sum that a residual from here ends in, and what is added there to the value at hand: the last one of those that
    /// read it, since one residual may begin in another.
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

    /// Goes behind a residual whose layers end at the value `end`.
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

    /// A product, and what is added to it.
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

    /// A layer with a number for each column, which may be given once for all.
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

    /// Refuses what the way to the output does not lead through.
    fn check_all_is_used(&self) -> Result<()> {
        let is_used =
            |node: &&proto::Node| node.output.iter().all(|name| self.used.contains(&name[..]));
        match self.model.nodes.iter().find(|node| !is_used(node)) {
            None => Ok(()),
            Some(node) => Err(self.refused(node)),
        }
    }

    fn refused(&self, node: &proto::Node) -> Error {
        let found = "no layer of the notation, nor the activation of a dense one, in its place";
        Error::file(&self.model.path, called(node), found, "a chain of layers", OTHERWISE)
    }
}

/// The number with the fewest digits among those that are the same `f32`: attributes are no `f64`.
fn shortest(number: f64) -> f64 {
    (number as f32).to_string().parse().unwrap_or(number)
}
