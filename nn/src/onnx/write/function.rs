//! A function on a tape as an ONNX model: writes the recorded operations.
//!
//! The function runs twice, on different numbers and different numbers of rows, on tapes that
//! record every operation. Everything that is the same both times is the graph; a length that
//! differs is the batch's. Any other difference cannot be written and is rejected. A result that
//! depends neither on the inputs nor on the weights is a constant.

use std::collections::HashMap;
use std::path::Path;

use autograd::{Tape, Var};
use prost::Message as _;
use tensor::random::Random;
use tensor::{Float, Tensor};

use super::graph::Graph;
use super::operations::{self, Lengths, Step};
use super::{model_of, versions, write_model};
use crate::error::{Error, Result, quoted};
use crate::file::check_finite;
use crate::onnx::{OnnxModel, OnnxOptions, proto};
use crate::{Model, TapeFunction, TapeModel, TapeRow};

/// Rows of the two recorded runs, and of the comparison.
const ROWS: [usize; 2] = [3, 5];
const OTHER_ROWS: usize = 4;

/// The tolerance between the model and the function, relative to the largest output.
const NEAR: f64 = 1e-5;

/// Writes a function on a tape as an ONNX model. The function may use the operations listed below.
///
/// ```
/// use nn::autograd::Tape;
/// use nn::onnx::{OnnxModel, OnnxOptions, save_function};
/// use nn::tensor::Tensor;
///
/// let weight = Tensor::from([[1.0_f32, -1.0], [0.5, 2.0]]);
/// let path = std::env::temp_dir().join("nn-doc-gate.onnx");
/// save_function(&path, &[("x", &[2])], &["gated"], &OnnxOptions::new(), |tape, inputs| {
///     let z = inputs[0].matmul(tape.constant(weight.clone()))?;
///     Ok(vec![z.mul(z.sigmoid()?)?])
/// })?;
/// let model: OnnxModel = OnnxModel::read(&path)?;
/// assert_eq!(model.run(&[Tensor::ones([7, 2])])?[0].shape(), [7, 2]);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), nn::Error>(())
/// ```
///
/// `inputs` are names and the shape of one row. The function receives tensors with the batch as
/// first axis, and must work for any number of rows. It runs twice to be recorded, and is
/// compared with the written model on two more batches.
///
/// These operations can be written: `add`, `sub`, `mul`, `div`, `neg`, `pow`, `powf`, `scale`,
/// `add_scalar`, `maximum`, `minimum`, `clamp`, `exp`, `exp2`, `expm1`, `ln`, `ln_1p`, `log2`,
/// `log10`, `sqrt`, `rsqrt`, `square`, `abs`, `sign`, `reciprocal`, `erf`, rounding, the
/// trigonometric and hyperbolic ones, every activation, `prelu`, `matmul` with and without
/// transposed operands, `sum`, `mean`, `max`, `min`, `prod` and `logsumexp` of all or along axes,
/// `softmax`, `log_softmax`, `layer_norm` (from opset 17 on), `reshape`, `transpose`, `permute`,
/// `broadcast_to`, `slice`, `split`, `concat`, `stack`, `cumsum`, `conv2d`, `max_pool2d`,
/// `avg_pool2d`, `index_select` by indices that do not depend on the inputs, `select` and
/// `masked_fill` by any mask, the comparisons (`less`, `greater_or_equal`, `equal` and so on),
/// `argmax`, `argmin` and `one_hot`. `detach` changes nothing here, nor does `recompute`. No
/// gradients are recorded, so that a comparison needs no `detach`:
///
/// ```
/// # use nn::onnx::{OnnxModel, OnnxOptions, save_function};
/// # use nn::tensor::Tensor;
/// # let path = std::env::temp_dir().join("nn-doc-thresholded.onnx");
/// save_function(&path, &[("x", &[2])], &["y"], &OnnxOptions::new(), |tape, inputs| {
///     let (x, zero) = (inputs[0], tape.constant(Tensor::scalar(0.0)));
///     Ok(vec![x.greater(zero)?.select(x, x.exp()?.add_scalar(-1.0)?)?])
/// })?;
/// let model: OnnxModel = OnnxModel::read(&path)?;
/// assert_eq!(model.run(&[Tensor::from([[3.0, 0.0]])])?[0].to_vec(), [3.0, 0.0]);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), nn::Error>(())
/// ```
///
/// # Errors
///
/// If the file cannot be written, or the opset of the options is not supported. If the function
/// returns an error, uses another operation, or depends on its inputs in a way that the tape does
/// not record: an `if` on values, numbers taken from them, the number of rows. (An `if` that takes
/// the same branch in all four runs is not noticed; the graph has that branch.)
pub fn save_function<T: Float>(
    path: impl AsRef<Path>,
    inputs: &[(&str, &[usize])],
    outputs: &[&str],
    options: &OnnxOptions,
    function: impl for<'t> Fn(&'t Tape<T>, &[Var<'t, T>]) -> autograd::Result<Vec<Var<'t, T>>>,
) -> Result<()> {
    Function { name: "function", inputs, outputs, entries: &[], options }
        .save(path.as_ref(), &|tape, x| Ok((function(tape, x)?, Vec::new())))
}

/// A function to be written.
pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    /// Names and shapes of a row.
    pub(super) inputs: &'a [(&'a str, &'a [usize])],
    pub(super) outputs: &'a [&'a str],
    /// Metadata added to those of the options.
    pub(super) entries: &'a [(&'a str, &'a str)],
    pub(super) options: &'a OnnxOptions,
}

/// The outputs of a function, and names of some variables, the weights.
pub(super) type Recorded<'t, T> = (Vec<Var<'t, T>>, Vec<(String, Var<'t, T>)>);

impl Function<'_> {
    pub(super) fn save<T: Float>(&self, path: &Path, function: &Recording<'_, T>) -> Result<()> {
        let versions = versions(self.options)?;
        let tapes = ROWS.map(|_| Tape::tracing());
        let runs = [0, 1].map(|run| self.run(&tapes[run], ROWS[run], T::one(), function));
        let [first, second] = runs;
        let runs = [first?, second?];
        let lengths = merged(self.name, [&tapes[0], &tapes[1]])?;
        let graph = |run: usize| {
            let mut graph = Graph::new::<T>(versions.0);
            graph.layer = self.name.to_owned();
            self.graph(graph, &tapes[run], &runs[run], &lengths)
        };
        let (graph, other) = (graph(0)?, graph(1)?);
        let [one, two] = [&graph, &other].map(|graph| (&graph.node[..], &graph.initializer[..]));
        same_nodes(self.name, one, two)?;
        let model = model_of(graph, versions, self.entries, self.options);
        self.compare(path, &model, function)?;
        write_model(path, self.name, &model)
    }

    /// Runs the function on random inputs with this standard deviation; negative, it changes their
    /// signs.
    fn run<'t, T: Float>(
        &self,
        tape: &'t Tape<T>,
        rows: usize,
        deviation: T,
        function: &Recording<'_, T>,
    ) -> Result<Run<'t, T>> {
        let inputs: Vec<Var<'t, T>> = self
            .inputs
            .iter()
            .enumerate()
            .map(|(number, (_, shape))| {
                let shape = [&[rows], *shape].concat();
                let random = Random::new(rows as u64, number as u64);
                tape.parameter(Tensor::normal(&shape[..], T::zero(), T::one(), random) * deviation)
            })
            .collect();
        let (outputs, named) = function(tape, &inputs)?;
        if outputs.len() != self.outputs.len() {
            let (found, expected) = (outputs.len().to_string(), self.outputs.len().to_string());
            let advice = "give a name for each output";
            return Err(Error::value(format!("outputs of {}", self.name), found, expected, advice));
        }
        Ok(Run { inputs, outputs, named })
    }

    /// The graph of a run.
    fn graph<T: Float>(
        &self,
        mut graph: Graph,
        tape: &Tape<T>,
        run: &Run<'_, T>,
        lengths: &[Lengths],
    ) -> Result<proto::Graph> {
        let mut names = HashMap::new();
        let mut inputs = Vec::new();
        for (&(name, _), input) in self.inputs.iter().zip(&run.inputs) {
            let name = graph.name(name);
            inputs.push(graph.shaped(&name, &lengths[input.number()]));
            names.insert(input.number(), name);
        }
        let of_inputs: Vec<String> = names.values().cloned().collect();
        for (name, variable) in &run.named {
            let value = variable.value();
            let name = graph.tensor(name, value.shape(), &value.to_vec());
            names.insert(variable.number(), name);
        }
        let wanted: Vec<usize> = run.outputs.iter().map(|output| output.number()).collect();
        emit(&mut graph, tape, &wanted, &mut names, lengths)?;
        let mut outputs = Vec::new();
        for (at, (&name, number)) in self.outputs.iter().zip(&wanted).enumerate() {
            let found = names[number].clone();
            let is_outside = of_inputs.contains(&found)
                || wanted[..at].contains(number)
                || wanted[at + 1..].contains(number);
            let name = graph.name(name);
            graph.rename(&found, &name, is_outside);
            outputs.push(graph.shaped(&name, &lengths[*number]));
        }
        Ok(proto::Graph {
            node: graph.nodes,
            name: Some(self.name.to_owned()),
            initializer: graph.constants,
            input: inputs,
            output: outputs,
        })
    }

    /// Rejects a model whose outputs differ from the function's.
    fn compare<T: Float>(
        &self,
        path: &Path,
        model: &proto::Model,
        function: &Recording<'_, T>,
    ) -> Result<()> {
        let read = OnnxModel::<T>::parse(path, &model.encode_to_vec())?;
        // An `if` on a sum or a number takes the other branch if all signs change.
        for deviation in [T::one(), -T::one()] {
            self.compare_run(&read, deviation, function)?;
        }
        Ok(())
    }

    fn compare_run<T: Float>(
        &self,
        read: &OnnxModel<T>,
        deviation: T,
        function: &Recording<'_, T>,
    ) -> Result<()> {
        let tape = Tape::no_grad();
        let run = self.run(&tape, OTHER_ROWS, deviation, function)?;
        let inputs: Vec<Tensor<T>> = run.inputs.iter().map(|input| input.value()).collect();
        let outputs = read.run(&inputs)?;
        for ((name, found), expected) in self.outputs.iter().zip(&outputs).zip(&run.outputs) {
            let expected = expected.value();
            let most =
                expected.to_vec().iter().fold(1.0, |most: f64, y| most.max(y.as_f64().abs()));
            let is_near = |(a, b): (&T, &T)| {
                a == b
                    || (a.is_nan() && b.is_nan())
                    || (a.as_f64() - b.as_f64()).abs() <= NEAR * most
            };
            let (a, b) = (found.to_vec(), expected.to_vec());
            if found.shape() != expected.shape() || !a.iter().zip(&b).all(is_near) {
                return Err(Error::value(
                    format!("output {} of {}, written as ONNX", quoted(name), self.name),
                    format!("other numbers for {OTHER_ROWS} rows than the function gives"),
                    "the same numbers",
                    OTHERWISE,
                ));
            }
        }
        Ok(())
    }
}

/// Records the function, given the inputs.
type Recording<'f, T> = dyn for<'t> Fn(&'t Tape<T>, &[Var<'t, T>]) -> Result<Recorded<'t, T>> + 'f;

/// A run of the function.
struct Run<'t, T: Float> {
    inputs: Vec<Var<'t, T>>,
    outputs: Vec<Var<'t, T>>,
    named: Vec<(String, Var<'t, T>)>,
}

const OTHERWISE: &str = "a graph has no `if` on values, no numbers taken from the tape and no \
                         number of rows that decides: choose by `select` with a mask, and compute \
                         by operations that the tape records";

/// The lengths of the axes of all variables, merged from two runs.
pub(super) fn merged<T: Float>(name: &str, tapes: [&Tape<T>; 2]) -> Result<Vec<Lengths>> {
    let [first, second] = tapes.map(|tape| {
        let mut steps = Vec::new();
        tape.visit(|step| {
            let from = step.inputs.iter().copied().chain(step.mask).collect::<Vec<_>>();
            steps.push((step.name, from, step.value.shape().to_vec()));
        });
        steps
    });
    let refused = |found: String| {
        let expected = "the same operations for all inputs and any number of rows";
        Error::value(format!("{name}, to be saved as ONNX"), found, expected, OTHERWISE)
    };
    let mut lengths = Vec::with_capacity(first.len());
    for ((op, from, a), (other, other_from, b)) in first.iter().zip(&second) {
        if op != other {
            return Err(refused(format!("`{op}`, and for other inputs `{other}`")));
        }
        if from != other_from || a.len() != b.len() {
            let found = format!("`{op}`, and for other inputs one of other variables or axes");
            return Err(refused(found));
        }
        lengths.push(a.iter().zip(b).map(|(a, b)| (a == b).then_some(*a)).collect());
    }
    match first.len() == second.len() {
        true => Ok(lengths),
        false => Err(refused(format!(
            "{} variables, and for other inputs {}",
            first.len(),
            second.len()
        ))),
    }
}

/// Rejects two graphs whose nodes or constants differ.
pub(super) fn same_nodes(
    name: &str,
    graph: (&[proto::Node], &[proto::Tensor]),
    other: (&[proto::Node], &[proto::Tensor]),
) -> Result<()> {
    let constants = graph.1.iter().zip(other.1);
    let constant = constants.filter(|(a, b)| a != b).map(|(a, _)| a.name.as_deref()).next();
    let nodes = graph.0.iter().zip(other.0);
    let node = nodes.filter(|(a, b)| a != b).map(|(a, _)| a.name.as_deref()).next();
    let Some(what) = constant.or(node) else { return Ok(()) };
    Err(Error::value(
        format!("{name}, to be saved as ONNX"),
        format!(
            "{}, which depends on the inputs in a way that is not recorded",
            quoted(what.unwrap_or_default())
        ),
        "a constant that is the same for all inputs and any number of rows",
        OTHERWISE,
    ))
}

/// Adds the recorded operations that the given variables need. `names` are those of variables
/// already in the graph.
pub(super) fn emit<T: Float>(
    graph: &mut Graph,
    tape: &Tape<T>,
    wanted: &[usize],
    names: &mut HashMap<usize, String>,
    lengths: &[Lengths],
) -> Result<()> {
    // The inputs of each, and its mask if that is no constant; and whether it depends on a
    // parameter: everything else is a constant.
    let (mut inputs, mut depends) = (Vec::new(), Vec::<bool>::new());
    tape.visit(|step| {
        let mask = step.mask.filter(|&mask| depends[mask]);
        let from: Vec<usize> = step.inputs.iter().copied().chain(mask).collect();
        depends.push(step.name == "parameter" || from.iter().any(|&input| depends[input]));
        inputs.push(from);
    });
    let mut needed = vec![false; inputs.len()];
    wanted.iter().for_each(|&number| needed[number] = true);
    for number in (0..inputs.len()).rev() {
        if needed[number] && depends[number] && !names.contains_key(&number) {
            inputs[number].iter().for_each(|&input| needed[input] = true);
        }
    }
    let mut refused = None;
    tape.visit(|step| {
        let number = step.number;
        if !needed[number] || names.contains_key(&number) || refused.is_some() {
            return;
        }
        let Some(operation) = step.operation.filter(|_| depends[number]) else {
            let name = format!("{}/{}", graph.layer, step.name);
            let name = graph.tensor(&name, step.value.shape(), &step.value.to_vec());
            names.insert(number, name);
            return;
        };
        let inputs = step.inputs.iter();
        let inputs = inputs.map(|&input| (graph.as_number(&names[&input]), lengths[input].clone()));
        let (inputs, shape) = (inputs.collect(), lengths[number].clone());
        let mask = step.mask.filter(|&mask| depends[mask]);
        let mask = mask.map(|mask| graph.as_truth(&names[&mask]));
        let call = Step { operation, inputs, mask, output: step.output, shape };
        match operations::write::<T>(graph, &call) {
            Some(name) => drop(names.insert(number, name)),
            None => refused = Some(step.name),
        }
    });
    if let Some(name) = refused {
        return Err(Error::value(
            format!("operation of {}, to be saved as ONNX", graph.layer),
            quoted(name),
            "one that `nn::onnx::save_function` lists, with attributes that ONNX supports",
            "use those, or compute it outside of the model",
        ));
    }
    for number in wanted {
        if let Some(name) = names.get_mut(number) {
            *name = graph.as_number(name);
        }
    }
    Ok(())
}

impl<T: Float, X: TapeRow<T>, Y: TapeRow<T>, F: TapeFunction<T>> TapeModel<F, X, Y, T> {
    /// Writes the model's function as an ONNX model with an input `input`, a batch of rows, and an
    /// output `output`. The tensors keep their names. The supported operations are those of
    /// [`save_function`](crate::onnx::save_function).
    ///
    /// ```
    /// use nn::onnx::{OnnxModel, OnnxOptions};
    /// use nn::{TapeModel, Tensors, init};
    ///
    /// let tensors = Tensors::new(1).weight("weight", [2, 3], init::GlorotNormal).bias("bias", 3);
    /// let model: TapeModel<_, [f32; 2], [f32; 3]> = TapeModel::new(
    ///     tensors,
    ///     |p, x| x.matmul(p["weight"])?.add(p["bias"])?.sin(),
    ///     |outputs, targets| outputs.mse(targets),
    /// );
    /// let path = std::env::temp_dir().join("nn-doc-tape-model.onnx");
    /// model.save_onnx(&path, &OnnxOptions::new())?;
    /// assert_eq!(OnnxModel::<f32>::read(&path)?.parameters().count(), 2);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), nn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`save_function`](crate::onnx::save_function). If a number is not finite.
    pub fn save_onnx(&self, path: impl AsRef<Path>, options: &OnnxOptions) -> Result<()> {
        for tensor in self.tensors().named() {
            check_finite(&tensor.name, &self.tensors().flat()[tensor.range()])?;
        }
        let name = Model::name(self);
        let entries = [("network", &name[..])];
        let (inputs, outputs) = ([("input", &[X::WIDTH][..])], ["output"]);
        Function { name: &name, inputs: &inputs, outputs: &outputs, entries: &entries, options }
            .save(path.as_ref(), &|tape, x| {
                let (output, named) = self.recorded(tape, x[0])?;
                Ok((vec![output], named))
            })
    }
}

#[cfg(test)]
mod tests;
