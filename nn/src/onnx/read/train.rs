//! Training of a model that was read from a file.

use autograd::Var;
use tensor::{Float, Tensor};

use super::OnnxModel;
use crate::onnx::proto;
use crate::tape::{Tensors, Variables};

/// Inputs of operators that get no gradient: running statistics, bounds.
const FIXED: &[(&str, &[usize])] = &[("BatchNormalization", &[3, 4]), ("Clip", &[1, 2])];

impl<T: Float> OnnxModel<T> {
    /// The weights and biases of the graph, by name, for a [`TapeModel`](crate::TapeModel) that
    /// trains it further.
    ///
    /// These are the [`parameters`](OnnxModel::parameters) with at least one axis that a node
    /// computes with. Scalars, running statistics and bounds are not trained.
    ///
    /// ```
    /// use nn::onnx::{Onnx as _, OnnxModel, OnnxOptions};
    /// use nn::prelude::*;
    /// use nn::{Show, TapeModel, data::Dataset};
    ///
    /// network! { struct Line(dense(1 -> 8, tanh), dense(1)); }
    ///
    /// # let path = std::env::temp_dir().join("nn-doc-trained.onnx");
    /// # Line::<f32>::init(1).save_onnx(&path, &OnnxOptions::new())?;
    /// let model: OnnxModel = OnnxModel::read(&path)?;
    /// let tensors = model.tensors();
    /// let mut trained =
    ///     TapeModel::new(tensors, move |p, x| model.forward(p, x), |y, targets| y.mse(targets));
    /// let data: Dataset<[f32; 1], [f32; 1]> =
    ///     (0..64).map(|i| i as f32 / 32.0).map(|x| ([x], [x.sin()])).collect();
    /// let report =
    ///     fit(&mut trained, &data).epochs(100).learning_rate(0.01).show(Show::Nothing).run()?;
    /// assert!(report.last().loss < 0.05);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    pub fn tensors(&self) -> Tensors<T> {
        self.trained().fold(Tensors::seeded(0), |tensors, (name, tensor)| {
            tensors.values(name, tensor.shape(), &tensor.to_vec())
        })
    }

    fn trained(&self) -> impl Iterator<Item = (&str, &Tensor<T>)> {
        let is_used = |name: &str| self.nodes.iter().any(|node| trains(node, name));
        self.parameters().filter(move |(name, tensor)| tensor.rank() > 0 && is_used(name))
    }

    /// The output for the input on a tape, with these variables in place of
    /// [`tensors`](OnnxModel::tensors).
    ///
    /// # Errors
    ///
    /// As [`run`](OnnxModel::run). If the model has several inputs or outputs; use
    /// [`record`](OnnxModel::record) for those.
    pub fn forward<'t>(
        &self,
        variables: &Variables<'t, T>,
        input: Var<'t, T>,
    ) -> autograd::Result<Var<'t, T>> {
        let refused = |rule: String| autograd::Error::Invalid { op: "an ONNX model", rule };
        let names = self.trained().map(|(name, _)| name);
        let given: Vec<_> = names.zip(variables.all().iter().copied()).collect();
        let outputs = self.record(input.tape(), &given, &[input]);
        match outputs.map_err(|error| refused(error.to_string()))?[..] {
            [output] => Ok(output),
            ref several => {
                Err(refused(format!("{} outputs: expected one; use `record`", several.len())))
            }
        }
    }
}

/// Whether a node uses this value as an input that gets a gradient.
fn trains(node: &proto::Node, name: &str) -> bool {
    let op = node.op_type.as_deref().unwrap_or_default();
    let fixed = FIXED.iter().find(|(other, _)| *other == op).map_or(&[][..], |(_, inputs)| inputs);
    let mut inputs = node.input.iter().enumerate();
    inputs.any(|(at, input)| input == name && !fixed.contains(&at))
}
