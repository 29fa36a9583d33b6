//! Each layer of the notation as ONNX operators.

use tensor::Float;

use super::graph::{Graph, float, integer, list};
use super::{activations, columns};
use crate::layer::{
    DenseNorm, LayerInfo, Length, Spectral, TensorInfo, computed_weights, written_number,
};

/// A layer with its parameters in the network.
pub(super) struct Placed<'a, T> {
    pub(super) info: &'a LayerInfo,
    /// Its slice of the flat buffer.
    pub(super) parameters: &'a [T],
}

impl<T: Float> Placed<'_, T> {
    /// The tensor with this name, if the layer has it.
    fn tensor(&self, graph: &mut Graph, name: &str) -> Option<String> {
        let (tensor, values) = self.values(name)?;
        Some(self.constant(graph, name, tensor.shape, values))
    }

    /// Whether the layer has a tensor with this name.
    fn has(&self, name: &str) -> bool {
        self.values(name).is_some()
    }

    /// The weights that `K` computes from those of a dense layer.
    fn weights<K: DenseNorm>(&self, graph: &mut Graph) -> Option<String> {
        let ((tensor, v), (own, _)) = (self.values("weight")?, self.values(K::OF_OUTPUTS)?);
        let mut weights = vec![T::zero(); v.len()];
        let own = &self.parameters[own.offset..];
        computed_weights::<K, T>([v, own], self.info.outputs, &mut weights);
        Some(self.constant(graph, "weight", tensor.shape, &weights))
    }

    /// The tensor with this name, and its numbers.
    pub(super) fn values(&self, name: &str) -> Option<(&TensorInfo, &[T])> {
        let tensor = self.info.tensors.iter().find(|tensor| tensor.name == name)?;
        Some((tensor, &self.parameters[tensor.offset..][..tensor.len()]))
    }

    /// Adds a constant under the name of a tensor of the layer.
    pub(super) fn constant(
        &self,
        graph: &mut Graph,
        name: &str,
        shape: &[usize],
        values: &[T],
    ) -> String {
        let name = format!("{}.{name}", graph.layer);
        graph.tensor(&name, shape, values)
    }

    /// The option shown in tables: the last of its numbers.
    fn option(&self) -> Option<f64> {
        written_number(self.info.option)
    }
}

/// A layer by its word.
struct Row<T> {
    word: &'static str,
    /// Adds its nodes, given the name of its input; `None` if a part of it is not supported.
    write: fn(&mut Graph, &Placed<'_, T>, &str) -> Option<String>,
}

/// Every leaf layer.
const fn rows<T: Float>() -> [Row<T>; 21] {
    [
        Row { word: "dense", write: dense },
        // In inference nothing is dropped.
        Row { word: "dropout", write: |_, _, x| Some(x.to_owned()) },
        Row { word: "gaussian_dropout", write: |_, _, x| Some(x.to_owned()) },
        Row { word: "alpha_dropout", write: |_, _, x| Some(x.to_owned()) },
        Row { word: "stochastic_depth", write: |_, _, x| Some(x.to_owned()) },
        Row { word: "input", write: |_, _, x| Some(x.to_owned()) },
        Row { word: "embedding", write: columns::vectors },
        Row { word: "layer_norm", write: layer_norm },
        Row { word: "batch_norm", write: batch_norm },
        Row { word: "standardize", write: |graph, layer, x| affine(graph, layer, x, "mean") },
        Row { word: "min_max", write: |graph, layer, x| affine(graph, layer, x, "least") },
        Row { word: "robust", write: robust },
        Row { word: "quantile", write: |_, _, _| None },
        Row { word: "scale", write: scale },
        Row { word: "rms_norm", write: rms_norm },
        Row { word: "layer_scale", write: layer_scale },
        Row { word: "prelu", write: prelu },
        Row { word: "group_norm", write: group_norm },
        Row { word: "highway", write: highway },
        Row { word: "glu", write: |graph, layer, x| gated(graph, layer, x, "sigmoid") },
        Row { word: "swiglu", write: |graph, layer, x| gated(graph, layer, x, "silu") },
    ]
}

/// Adds the nodes of a layer; `None` if the layer or its activation is not in the list.
pub(super) fn write<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let row = rows::<T>().into_iter().find(|row| row.word == layer.info.kind)?;
    (row.write)(graph, layer, x)
}

fn dense<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let weight = match layer {
        _ if layer.has(Length::OF_OUTPUTS) => layer.weights::<Length>(graph)?,
        _ if layer.has(Spectral::OF_OUTPUTS) => layer.weights::<Spectral>(graph)?,
        _ => layer.tensor(graph, "weight")?,
    };
    let y = match layer.tensor(graph, "bias") {
        Some(bias) => graph.op("Gemm", &[x, &weight, &bias]),
        None => graph.op("MatMul", &[x, &weight]),
    };
    match layer.info.has_own_activation {
        true => activations::own(graph, layer.info.activation, &y),
        false => activations::write(graph, layer.info.activation, &y),
    }
}

fn layer_norm<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let (scale, shift) = (layer.tensor(graph, "scale")?, layer.tensor(graph, "shift")?);
    let epsilon = layer.option()?;
    if graph.opset >= 17 {
        let settings = vec![integer("axis", -1), float("epsilon", epsilon)];
        return Some(graph.op_with("LayerNormalization", &[x, &scale, &shift], settings));
    }
    let z = standardized(graph, x, epsilon);
    let z = graph.op("Mul", &[&z, &scale]);
    Some(graph.op("Add", &[&z, &shift]))
}

/// The mean along the last axis, which is kept.
fn mean(graph: &mut Graph, x: &str) -> String {
    match graph.opset {
        ..18 => {
            let settings = vec![list("axes", &[-1]), integer("keepdims", 1)];
            graph.op_with("ReduceMean", &[x], settings)
        }
        // From this version on, the axes are an input.
        _ => {
            let axes = graph.integers(&[-1]);
            graph.op_with("ReduceMean", &[x, &axes], vec![integer("keepdims", 1)])
        }
    }
}

/// (x − m)/√(v + ε), with mean and variance along the last axis.
fn standardized(graph: &mut Graph, x: &str, epsilon: f64) -> String {
    let center = mean(graph, x);
    let z = graph.op("Sub", &[x, &center]);
    divided_by_rms(graph, &z, epsilon)
}

/// x/√(mean x² + ε).
fn divided_by_rms(graph: &mut Graph, x: &str, epsilon: f64) -> String {
    let square = graph.op("Mul", &[x, x]);
    let mean = mean(graph, &square);
    let epsilon = graph.number(epsilon);
    let sum = graph.op("Add", &[&mean, &epsilon]);
    let root = graph.op("Sqrt", &[&sum]);
    graph.op("Div", &[x, &root])
}

fn rms_norm<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let scale = layer.tensor(graph, "scale")?;
    let epsilon = layer.option()?;
    if graph.opset >= 23 {
        let settings = vec![integer("axis", -1), float("epsilon", epsilon)];
        return Some(graph.op_with("RMSNormalization", &[x, &scale], settings));
    }
    let z = divided_by_rms(graph, x, epsilon);
    Some(graph.op("Mul", &[&z, &scale]))
}

fn layer_scale<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let scale = layer.tensor(graph, "scale")?;
    Some(graph.op("Mul", &[x, &scale]))
}

fn prelu<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let slope = layer.tensor(graph, "slope")?;
    Some(graph.op("PRelu", &[x, &slope]))
}

/// Composed of basic operators, because `GroupNormalization` differs in each of three opsets.
fn group_norm<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let (scale, shift) = (layer.tensor(graph, "scale")?, layer.tensor(graph, "shift")?);
    let (groups, epsilon) = layer.info.option.split_once(", ")?;
    let (groups, epsilon) = (written_number(groups)? as i64, written_number(epsilon)?);
    let width = layer.info.inputs as i64;
    let [in_groups, flat] =
        [vec![0, groups, width / groups], vec![0, width]].map(|shape| graph.integers(&shape));
    let z = graph.op("Reshape", &[x, &in_groups]);
    let z = standardized(graph, &z, epsilon);
    let z = graph.op("Reshape", &[&z, &flat]);
    let z = graph.op("Mul", &[&z, &scale]);
    Some(graph.op("Add", &[&z, &shift]))
}

fn highway<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let (weight, bias) = (layer.tensor(graph, "weight")?, layer.tensor(graph, "bias")?);
    let width = layer.info.outputs;
    let sums = graph.op("Gemm", &[x, &weight, &bias]);
    let [made, gates] = [0, width].map(|from| graph.columns(&sums, from, from + width));
    let made = activations::write(graph, "relu", &made)?;
    let open = activations::write(graph, "sigmoid", &gates)?;
    let one = graph.number(1.0);
    let closed = graph.op("Sub", &[&one, &open]);
    let made = graph.op("Mul", &[&open, &made]);
    let passed = graph.op("Mul", &[&closed, x]);
    Some(graph.op("Add", &[&made, &passed]))
}

/// One half of a row times the activation `gate` of the other, which is the first half except for a
/// sigmoid.
fn gated<T: Float>(
    graph: &mut Graph,
    layer: &Placed<'_, T>,
    x: &str,
    gate: &str,
) -> Option<String> {
    let half = layer.info.outputs;
    let first = graph.columns(x, 0, half);
    let second = graph.columns(x, half, 2 * half);
    let (value, gates) = if gate == "sigmoid" { (first, second) } else { (second, first) };
    let open = activations::write(graph, gate, &gates)?;
    Some(graph.op("Mul", &[&value, &open]))
}

fn batch_norm<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let [scale, shift] = ["scale", "shift"].map(|name| layer.tensor(graph, name));
    let [mean, variance] =
        ["running_mean", "running_variance"].map(|name| layer.tensor(graph, name));
    let inputs = [x, &scale?, &shift?, &mean?, &variance?];
    let epsilon = float("epsilon", layer.option()?);
    Some(graph.op_with("BatchNormalization", &inputs, vec![epsilon]))
}

/// (x − center)·scale of each column.
fn affine<T: Float>(
    graph: &mut Graph,
    layer: &Placed<'_, T>,
    x: &str,
    center: &str,
) -> Option<String> {
    let (center, scale) = (layer.tensor(graph, center)?, layer.tensor(graph, "scale")?);
    let distance = graph.op("Sub", &[x, &center]);
    Some(graph.op("Mul", &[&distance, &scale]))
}

/// z/√(1 + (z/3)²).
fn robust<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let z = affine(graph, layer, x, "median")?;
    Some(columns::smooth_clip(graph, &z))
}

fn scale<T: Float>(graph: &mut Graph, layer: &Placed<'_, T>, x: &str) -> Option<String> {
    let factor = graph.number(layer.option()?);
    Some(graph.op("Mul", &[x, &factor]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_grammar::vocabulary::{LAYERS, LayerKind};

    #[test]
    fn every_layer_of_the_notation_has_a_row() {
        for layer in LAYERS {
            let is_joint =
                matches!(layer.kind, LayerKind::Residual | LayerKind::Concat | LayerKind::Heads);
            let count = rows::<f32>().iter().filter(|row| row.word == layer.word).count();
            // Columns of a table have their own inputs: `columns`.
            let has_row = !is_joint && !matches!(layer.kind, LayerKind::Columns);
            assert_eq!(count, usize::from(has_row), "rows of `{}`", layer.word);
        }
    }
}
