//! User-defined activations, as the nodes of their functions on a tape.

use std::collections::HashMap;
use std::path::Path;

use autograd::{Tape, Var};
use prost::Message as _;
use tensor::random::Random;
use tensor::{Float, Tensor};

use super::function::{emit, merged, same_nodes};
use super::graph::Graph;
use super::operations::Lengths;
use crate::error::{Error, Result, quoted};
use crate::layer::columns::{ColumnForm, ColumnKind};
use crate::network::Described;
use crate::onnx::options::OwnActivation;
use crate::onnx::{OnnxModel, OnnxOptions};

/// Shapes of the two runs: an element-wise operation accepts any lengths.
const SHAPES: [[usize; 2]; 2] = [[3, 2], [5, 4]];

/// A recorded activation.
pub(super) struct Own {
    pub(super) name: String,
    tape: Tape<f64>,
    x: usize,
    y: usize,
    lengths: Vec<Lengths>,
}

impl Own {
    /// Records an activation.
    ///
    /// # Errors
    ///
    /// If it differs between the two runs, returns an error, or has an operation that cannot be
    /// written.
    pub(super) fn record(activation: &OwnActivation, opset: i64) -> Result<Self> {
        let what = format!("activation {}", activation.name);
        let tapes = SHAPES.map(|_| Tape::tracing());
        let mut ends = [(0, 0); 2];
        for run in 0..2 {
            let random = Random::new(run as u64, 1);
            let x = tapes[run].parameter(Tensor::normal(SHAPES[run], 0.0, 1.0, random));
            ends[run] = (x.number(), Var::number((activation.function)(x)?));
        }
        let lengths = merged(&what, [&tapes[0], &tapes[1]])?;
        let [first, second] = tapes;
        let [own, other] = [(first, ends[0]), (second, ends[1])].map(|(tape, (x, y))| Own {
            name: activation.name.clone(),
            tape,
            x,
            y,
            lengths: lengths.clone(),
        });
        let [one, two] = [&own, &other].map(|own| {
            let mut graph = Graph::new::<f64>(opset);
            graph.layer = what.clone();
            own.nodes(&mut graph, "x").map(|_| graph)
        });
        let (one, two) = (one?, two?);
        same_nodes(&what, (&one.nodes, &one.constants), (&two.nodes, &two.constants))?;
        Ok(own)
    }

    /// Adds its nodes and returns the name of the output.
    ///
    /// # Errors
    ///
    /// If it has an operation that cannot be written.
    pub(super) fn nodes(&self, graph: &mut Graph, x: &str) -> Result<String> {
        let mut names = HashMap::from([(self.x, x.to_owned())]);
        emit(graph, &self.tape, &[self.y], &mut names, &self.lengths)?;
        Ok(names.remove(&self.y).unwrap_or_default())
    }
}

/// Rejects user-defined activations that differ from those of the network.
pub(super) fn compare<T: Float>(
    network: &Described<'_, T>,
    path: &Path,
    options: &OnnxOptions,
    predict: &dyn Fn(&[T]) -> Result<Vec<T>>,
) -> Result<()> {
    /// Rows to compare, and the tolerance relative to the largest number.
    const ROWS: usize = 16;
    const NEAR: f64 = 1e-4;
    let has_words = |form: &ColumnForm| matches!(form.kind, ColumnKind::Category { .. });
    let mut layers = (0..network.info.count()).map(|at| network.info.layer(at).0);
    if layers.any(|layer| layer.columns.forms.iter().any(has_words)) {
        return Err(Error::value(
            format!("activations of {} as functions on a tape", quoted(network.name)),
            "columns of words, which this reader of ONNX models cannot run",
            "columns of numbers, so that the model can be compared with the network before it is \
             written",
            "take an activation that the notation has a word for",
        ));
    }
    let bytes = super::model(network, &options.clone().probabilities())?.encode_to_vec();
    let read = OnnxModel::<T>::parse(path, &bytes)?;
    let x = Tensor::normal([ROWS, network.info.inputs()], T::zero(), T::one(), Random::new(1, 0));
    let mut from = 0;
    let mut parts = Vec::new();
    for input in read.inputs() {
        let width = input.shape().and_then(|shape| shape[1]).unwrap_or_default();
        parts.push(x.slice(1, from..from + width)?);
        from += width;
    }
    let outputs = read.run(&parts)?;
    // Row by row, because the network's outputs of several heads are adjacent.
    let rows = outputs.iter().map(|output| (output.to_vec(), output.len() / ROWS));
    let rows: Vec<_> = rows.collect();
    let of_row = |row| rows.iter().flat_map(move |(all, width)| &all[row * width..][..*width]);
    let found: Vec<T> = (0..ROWS).flat_map(of_row).copied().collect();
    let expected = predict(x.values())?;
    let most = expected.iter().fold(1.0, |most: f64, y| most.max(y.as_f64().abs()));
    let is_near = |(a, b): (&T, &T)| (a.as_f64() - b.as_f64()).abs() <= NEAR * most;
    if found.iter().zip(&expected).all(is_near) {
        return Ok(());
    }
    let names: Vec<_> = options.activations.iter().map(|own| quoted(&own.name)).collect();
    Err(Error::value(
        format!("activations of {} as functions on a tape", quoted(network.name)),
        format!("{}: with them the model gives other numbers than the network", names.join(", ")),
        "the network's functions",
        "write the same formula by operations on the tape",
    ))
}
