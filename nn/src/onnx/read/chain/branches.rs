//! Branches of a graph: the inputs that `concat` joins, and the outputs that `heads` gives.

use std::collections::HashSet;

use tensor::{Float, Tensor};

use super::{Chain, Layer, OTHERWISE};
use crate::error::{Error, Result};
use crate::onnx::proto;

/// The maximum number of branches.
const MOST: usize = 64;

/// A part of a row, and its width, if known.
pub(super) type Part<'m> = (&'m str, Option<usize>);

impl<'m, T: Float> Chain<'m, T> {
    /// The parts of the rows: the inputs of the graph, or the slices of its one input.
    pub(super) fn inputs(&mut self) -> Result<Vec<Part<'m>>> {
        let width = |port: &super::super::OnnxPort| port.shape().and_then(|shape| *shape.get(1)?);
        let ports = self.model.inputs.iter().map(|port| (&port.name[..], width(port)));
        let ports: Vec<Part<'m>> = ports.collect();
        match ports[..] {
            [] => Err(self.divided("inputs", "0", "one at least")),
            [(input, Some(width))] => Ok(self.slices(input, width).unwrap_or(ports)),
            _ => Ok(ports),
        }
    }

    /// The slices of a value, in order, if they are its only readers and cover all of its columns.
    fn slices(&mut self, value: &'m str, width: usize) -> Option<Vec<Part<'m>>> {
        self.at = value;
        let readers = self.readers();
        let mut slices = Vec::new();
        for node in readers {
            let is_slice = node.op_type.as_deref() == Some("Slice");
            let numbers = [1, 2, 3].map(|input| self.constant(node, input).map(Tensor::to_vec));
            let [Ok(from), Ok(to), Ok(axis)] = numbers else { return None };
            let (&[from], &[to], &[axis]) = (&from[..], &to[..], &axis[..]) else { return None };
            let is_column = [1.0, -1.0].contains(&axis.as_f64())
                && node.input.len() == 4
                && from >= T::zero()
                && to >= T::zero();
            let [from, to] = [from, to].map(|at| at.as_f64().min(width as f64) as usize);
            let [output] = &node.output[..] else { return None };
            if !is_slice || !is_column || from >= to {
                return None;
            }
            slices.push((from, to, &output[..]));
        }
        slices.sort_unstable();
        let mut end = 0;
        let follow = slices.iter().all(|&(from, to, _)| std::mem::replace(&mut end, to) == from);
        if slices.len() < 2 || !follow || end != width {
            return None;
        }
        self.used.extend(slices.iter().map(|(_, _, output)| *output));
        Some(slices.into_iter().map(|(from, to, output)| (output, Some(to - from))).collect())
    }

    /// Moves past the node that joins these parts; layers may come before it on each part.
    pub(super) fn concat(&mut self, parts: &[Part<'m>]) -> Result<()> {
        let reached: Vec<HashSet<&str>> =
            parts.iter().map(|(name, _)| self.reached([*name])).collect();
        let is_join = |node: &&proto::Node| {
            joins_columns(node)
                && node.output.iter().all(|name| reached.iter().all(|all| all.contains(&name[..])))
        };
        let join = self.model.nodes.iter().find(is_join);
        let Some(join) = join.filter(|join| join.input.len() == parts.len()) else {
            let expected = "parts that one `Concat` joins, as `concat` does";
            return Err(self.divided("inputs", &parts.len().to_string(), expected));
        };
        let (mut details, mut tensors, mut sum) = (Vec::new(), Vec::new(), Some(0));
        for ((part, end), reached) in parts.iter().zip(&join.input).zip(&reached) {
            if !reached.contains(&end[..]) {
                let expected = "branches in the order of the inputs";
                return Err(self.divided("inputs", "joined in another order", expected));
            }
            (self.at, self.width, self.is_front) = (part.0, part.1, true);
            let inside = self.until(end)?;
            sum = sum.zip(self.width).map(|(sum, width): (usize, usize)| sum + width);
            details.push(match (&inside[..], part.1) {
                ([], Some(width)) => format!("input({width})"),
                ([], None) => return Err(self.divided("inputs", "any width", "a width")),
                (layers, _) => branch(layers),
            });
            tensors.extend(inside.into_iter().flat_map(|layer| layer.tensors));
        }
        (self.width, self.is_front) = (sum, false);
        self.layers.push(Layer { word: "concat", details, tensors, is_open: false });
        self.pass(join)
    }

    /// The values at the end of the network: the outputs of the graph, or the values joined at the
    /// end to its one output, each after its own layers.
    pub(super) fn ends(&mut self) -> Vec<&'m str> {
        let outputs: Vec<&'m str> =
            self.model.outputs.iter().map(|output| &output.name[..]).collect();
        let is_last = |node: &&'m proto::Node| {
            joins_columns(node) && node.output.iter().all(|name| name == outputs[0])
        };
        match self.model.nodes.iter().find(is_last) {
            Some(join) if outputs.len() == 1 && !self.used.contains(outputs[0]) => {
                self.used.insert(outputs[0]);
                join.input.iter().map(|name| &name[..]).collect()
            }
            _ => outputs,
        }
    }

    /// The nodes that read the current value, grouped by the end to which they lead, if the paths
    /// to several ends part here.
    fn forks(&self) -> Option<Vec<Vec<&'m proto::Node>>> {
        let readers = self.readers();
        if self.ends.len() < 2 || readers.len() < self.ends.len() || self.ends.len() > MOST {
            return None;
        }
        let mut groups = vec![Vec::new(); self.ends.len()];
        for node in readers {
            let reached = self.reached(node.output.iter().map(|name| &name[..]));
            let mut ends = self.ends.iter().enumerate().filter(|(_, end)| reached.contains(*end));
            let (Some((group, _)), None) = (ends.next(), ends.next()) else { return None };
            groups[group].push(node);
        }
        groups.iter().all(|group| !group.is_empty()).then_some(groups)
    }

    /// Follows the graph from here to the ends of the network.
    pub(super) fn follow_to_the_ends(&mut self) -> Result<()> {
        if let &[end] = &self.ends[..] {
            let layers = self.until(end)?;
            self.layers.extend(layers);
            return Ok(());
        }
        let groups = loop {
            if let Some(groups) = self.forks() {
                break groups;
            }
            self.layer()?;
        };
        let (at, width, ends) = (self.at, self.width, self.ends.clone());
        self.is_front = false;
        let (mut details, mut tensors) = (Vec::new(), Vec::new());
        for (group, end) in groups.into_iter().zip(ends) {
            (self.at, self.width, self.only) = (at, width, Some(group));
            let inside = self.until(end)?;
            details.push(branch(&inside));
            tensors.extend(inside.into_iter().flat_map(|layer| layer.tensors));
        }
        self.layers.push(Layer { word: "heads", details, tensors, is_open: false });
        Ok(())
    }

    /// The layers from here to the value `end`.
    pub(super) fn until(&mut self, end: &str) -> Result<Vec<Layer<T>>> {
        let before = std::mem::take(&mut self.layers);
        while self.at != end {
            self.layer()?;
        }
        Ok(std::mem::replace(&mut self.layers, before))
    }

    /// All values that are computed from the given ones, and these.
    fn reached(&self, from: impl IntoIterator<Item = &'m str>) -> HashSet<&'m str> {
        let mut reached: HashSet<&'m str> = from.into_iter().collect();
        // Nodes are sorted: each comes after those that it reads from.
        for node in &self.model.nodes {
            if node.input.iter().any(|name| reached.contains(&name[..])) {
                reached.extend(node.output.iter().map(|name| &name[..]));
            }
        }
        reached
    }

    pub(super) fn divided(&self, what: &str, found: &str, expected: &str) -> Error {
        Error::file(&self.model.path, what, found.to_owned(), expected, OTHERWISE)
    }
}

/// The notation of layers as a branch.
fn branch<T>(layers: &[Layer<T>]) -> String {
    let texts: Vec<String> = layers.iter().map(Layer::text).collect();
    if texts.len() == 1 { texts.concat() } else { format!("({})", texts.join(", ")) }
}

/// Whether a node concatenates rows.
fn joins_columns(node: &proto::Node) -> bool {
    let axis = node.attribute.iter().find(|one| one.name.as_deref() == Some("axis"));
    let is_last = axis.and_then(|axis| axis.i).is_some_and(|axis| [1, -1].contains(&axis));
    node.op_type.as_deref() == Some("Concat") && is_last && (2..=MOST).contains(&node.input.len())
}
