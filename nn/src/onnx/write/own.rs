//! Activations of the user's, as the nodes of what they are on a tape.

use std::collections::HashMap;

use autograd::{Tape, Var};
use tensor::Tensor;
use tensor::random::Random;

use super::function::{emit, merged, same_nodes};
use super::graph::Graph;
use super::operations::Lengths;
use crate::error::Result;
use crate::onnx::options::OwnActivation;

/// Shapes of the two runs: of an operation on each number both lengths may be any.
const SHAPES: [[usize; 2]; 2] = [[3, 2], [5, 4]];

/// An activation that has been recorded.
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
    /// If it is not the same for any numbers, gives an error, or has an operation that cannot be written.
    pub(super) fn record(activation: &OwnActivation, opset: i64) -> Result<Self> {
        let what = format!("activation {}", activation.name);
        let tapes = SHAPES.map(|_| Tape::new());
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

    /// Adds its nodes: the name of the output.
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
