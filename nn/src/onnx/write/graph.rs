//! A graph under construction: nodes, constants, and unique names.

use std::any::Any;
use std::collections::{HashMap, HashSet};

use tensor::Float;

use super::own::Own;
use crate::onnx::proto::{self, attribute, data_type};

/// The nodes so far. Operators are added by name; each method returns the name of the output.
pub(super) struct Graph {
    /// The version of the operators.
    pub(super) opset: i64,
    /// The type of all numbers, one of [`data_type`].
    element: i32,
    pub(super) nodes: Vec<proto::Node>,
    pub(super) constants: Vec<proto::Tensor>,
    names: HashSet<String>,
    /// The tensors of truth values; all others are of numbers.
    truths: HashSet<String>,
    /// The truth values of a tensor of numbers, and the other way round, where they are in use.
    casts: HashMap<String, String>,
    /// The layer whose nodes are currently added.
    pub(super) layer: String,
    /// User-defined activations.
    pub(super) own: Vec<Own>,
}

impl Graph {
    /// An empty graph, with numbers of type `T`.
    pub(super) fn new<T: Float>(opset: i64) -> Self {
        let zero = T::zero();
        let is_double = (&zero as &dyn Any).is::<f64>();
        let element = if is_double { data_type::DOUBLE } else { data_type::FLOAT };
        Graph {
            opset,
            element,
            nodes: Vec::new(),
            constants: Vec::new(),
            names: HashSet::new(),
            truths: HashSet::new(),
            casts: HashMap::new(),
            layer: String::new(),
            own: Vec::new(),
        }
    }

    /// Whether numbers are `f64`; ONNX's attributes never are.
    pub(super) fn is_double(&self) -> bool {
        self.element == data_type::DOUBLE
    }

    /// `name`, or `name_2` and so on if it is in use.
    pub(super) fn name(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut free = [name.to_owned()].into_iter().chain(numbered);
        let name = free.find(|name| !self.names.contains(name)).unwrap_or_default();
        self.names.insert(name.clone());
        name
    }

    /// Adds a node with one output.
    pub(super) fn op(&mut self, op: &str, inputs: &[&str]) -> String {
        self.op_with(op, inputs, Vec::new())
    }

    /// The same with attributes.
    pub(super) fn op_with(
        &mut self,
        op: &str,
        inputs: &[&str],
        attribute: Vec<proto::Attribute>,
    ) -> String {
        self.op_of(None, op, inputs, attribute)
    }

    /// The same for an operator of this domain, if it is not one of ONNX's own.
    pub(super) fn op_of(
        &mut self,
        domain: Option<&str>,
        op: &str,
        inputs: &[&str],
        attribute: Vec<proto::Attribute>,
    ) -> String {
        let name = self.name(&format!("{}/{op}", self.layer));
        self.nodes.push(proto::Node {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![name.clone()],
            name: Some(name.clone()),
            op_type: Some(op.to_owned()),
            attribute,
            domain: domain.map(str::to_owned),
        });
        name
    }

    /// The columns `from..to` of each row.
    pub(super) fn columns(&mut self, x: &str, from: usize, to: usize) -> String {
        let [first, end] = [from, to].map(|at| self.integers(&[at as i64]));
        let axis = self.integers(&[1]);
        self.op("Slice", &[x, &first, &end, &axis])
    }

    /// Adds a tensor of the network under its own name.
    pub(super) fn tensor<T: Float>(&mut self, name: &str, shape: &[usize], values: &[T]) -> String {
        let dims = shape.iter().map(|&length| length as i64).collect();
        let bytes = values.iter().flat_map(|&value| self.bytes(value.as_f64())).collect();
        let element = self.element;
        self.constant(name, dims, element, bytes)
    }

    /// Adds a number as a constant; equal numbers share one.
    pub(super) fn number(&mut self, number: f64) -> String {
        let name = format!("number {number}");
        if self.names.contains(&name) {
            return name;
        }
        let (bytes, element) = (self.bytes(number), self.element);
        self.constant(&name, Vec::new(), element, bytes)
    }

    /// The same as `f64`, regardless of the graph's type.
    pub(super) fn double(&mut self, number: f64) -> String {
        let name = format!("double {number}");
        if self.names.contains(&name) {
            return name;
        }
        self.constant(&name, Vec::new(), data_type::DOUBLE, number.to_le_bytes().to_vec())
    }

    /// Casts `x` to this type; `None` is the graph's type.
    pub(super) fn cast(&mut self, x: &str, to: Option<i32>) -> String {
        let to = to.unwrap_or(self.element);
        self.op_with("Cast", &[x], vec![integer("to", i64::from(to))])
    }

    /// Adds a node whose output is of truth values.
    pub(super) fn truth(&mut self, op: &str, inputs: &[&str]) -> String {
        let name = self.op(op, inputs);
        self.truths.insert(name.clone());
        name
    }

    /// A tensor as truth values: those of a comparison as they are, of numbers those that are not
    /// 0.
    pub(super) fn as_truth(&mut self, x: &str) -> String {
        if self.truths.contains(x) {
            return x.to_owned();
        }
        if let Some(cast) = self.casts.get(x) {
            return cast.clone();
        }
        let cast = self.cast(x, Some(data_type::BOOL));
        self.truths.insert(cast.clone());
        self.casts.insert(x.to_owned(), cast.clone());
        cast
    }

    /// A tensor as numbers: of truth values 1 and 0.
    pub(super) fn as_number(&mut self, x: &str) -> String {
        if !self.truths.contains(x) {
            return x.to_owned();
        }
        if let Some(cast) = self.casts.get(x) {
            return cast.clone();
        }
        let cast = self.cast(x, None);
        self.casts.insert(x.to_owned(), cast.clone());
        self.casts.insert(cast.clone(), x.to_owned());
        cast
    }

    /// Adds a list of integers as a constant; equal lists share one.
    pub(super) fn integers(&mut self, list: &[i64]) -> String {
        let name = format!("list {list:?}");
        if self.names.contains(&name) {
            return name;
        }
        let bytes = list.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.constant(&name, vec![list.len() as i64], data_type::INT64, bytes)
    }

    /// Adds a scalar integer.
    pub(super) fn integer(&mut self, number: i64) -> String {
        let name = format!("whole {number}");
        if self.names.contains(&name) {
            return name;
        }
        self.constant(&name, Vec::new(), data_type::INT64, number.to_le_bytes().to_vec())
    }

    fn constant(&mut self, name: &str, dims: Vec<i64>, element: i32, bytes: Vec<u8>) -> String {
        let name = self.name(name);
        self.constants.push(proto::Tensor {
            dims,
            data_type: Some(element),
            name: Some(name.clone()),
            raw_data: Some(bytes),
            ..Default::default()
        });
        name
    }

    fn bytes(&self, number: f64) -> Vec<u8> {
        match self.is_double() {
            true => number.to_le_bytes().to_vec(),
            false => (number as f32).to_le_bytes().to_vec(),
        }
    }

    /// A port with `width` numbers per row.
    pub(super) fn value(&self, name: &str, width: usize) -> proto::ValueInfo {
        self.shaped(name, &[None, Some(width)])
    }

    /// The same with strings.
    pub(super) fn texts(&self, name: &str, width: usize) -> proto::ValueInfo {
        let mut value = self.value(name, width);
        if let Some(tensor) = value.r#type.as_mut().and_then(|kind| kind.tensor_type.as_mut()) {
            tensor.elem_type = Some(data_type::STRING);
        }
        value
    }

    /// A port of this shape, where an unknown first length is the batch.
    pub(super) fn shaped(&self, name: &str, shape: &[Option<usize>]) -> proto::ValueInfo {
        let dim = shape.iter().enumerate().map(|(axis, length)| proto::Dimension {
            dim_value: length.map(|length| length as i64),
            dim_param: (axis == 0 && length.is_none()).then(|| "batch".into()),
        });
        let shape = proto::Shape { dim: dim.collect() };
        let tensor = proto::TensorType { elem_type: Some(self.element), shape: Some(shape) };
        proto::ValueInfo {
            name: Some(name.to_owned()),
            r#type: Some(proto::Type { tensor_type: Some(tensor) }),
        }
    }

    /// Renames the output of a node, or adds a node that passes it on under this name.
    pub(super) fn rename(&mut self, from: &str, to: &str, is_used_outside: bool) {
        let made = self.nodes.iter().position(|node| node.output.iter().any(|name| name == from));
        let Some(made) = made.filter(|_| !is_used_outside) else {
            // An input of the network, or already an output under another name.
            self.op("Identity", &[from]);
            let last = self.nodes.len() - 1;
            self.nodes[last].output = vec![to.to_owned()];
            return;
        };
        let change = |name: &mut String| {
            if name == from {
                to.clone_into(name);
            }
        };
        self.nodes[made].output.iter_mut().for_each(change);
        self.nodes.iter_mut().flat_map(|node| &mut node.input).for_each(change);
    }
}

/// An integer attribute.
pub(super) fn integer(name: &str, i: i64) -> proto::Attribute {
    proto::Attribute { i: Some(i), ..named(name, attribute::INT) }
}

/// A float attribute.
pub(super) fn float(name: &str, f: f64) -> proto::Attribute {
    proto::Attribute { f: Some(f as f32), ..named(name, attribute::FLOAT) }
}

/// A string attribute.
pub(super) fn text(name: &str, text: &str) -> proto::Attribute {
    proto::Attribute { s: Some(text.as_bytes().to_vec()), ..named(name, attribute::STRING) }
}

/// An integer-list attribute.
pub(super) fn list(name: &str, list: &[i64]) -> proto::Attribute {
    proto::Attribute { ints: list.to_vec(), ..named(name, attribute::INTS) }
}

/// A string-list attribute.
pub(super) fn texts(name: &str, list: &[&str]) -> proto::Attribute {
    let strings = list.iter().map(|text| text.as_bytes().to_vec()).collect();
    proto::Attribute { strings, ..named(name, attribute::STRINGS) }
}

fn named(name: &str, r#type: i32) -> proto::Attribute {
    proto::Attribute { name: Some(name.to_owned()), r#type: Some(r#type), ..Default::default() }
}
