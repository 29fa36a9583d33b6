//! Each activation of the notation as ONNX operators.

use tensor::activation::{Celu, Elu, LeakyRelu};

use super::graph::{Graph, float, text};
use crate::layer::word_and_number;

/// An activation by its word.
pub(super) struct Row {
    word: &'static str,
    /// Adds its nodes, given the name of its input and the number in its notation.
    write: fn(&mut Graph, &str, Option<f64>) -> String,
}

const fn row(word: &'static str, write: fn(&mut Graph, &str, Option<f64>) -> String) -> Row {
    Row { word, write }
}

/// Every activation.
const ROWS: &[Row] = &[
    row("linear", |_, x, _| x.to_owned()),
    row("identity", |_, x, _| x.to_owned()),
    row("relu", |g, x, _| g.op("Relu", &[x])),
    row("leaky_relu", |g, x, slope| {
        let slope = slope.unwrap_or(LeakyRelu::default().slope);
        if g.is_double() {
            let slope = g.number(slope);
            return g.op("PRelu", &[x, &slope]);
        }
        g.op_with("LeakyRelu", &[x], vec![float("alpha", slope)])
    }),
    row("elu", |g, x, alpha| {
        let alpha = alpha.unwrap_or(Elu::default().alpha);
        if g.is_double() && alpha != 1.0 {
            return exponential(g, x, alpha, 1.0);
        }
        g.op_with("Elu", &[x], vec![float("alpha", alpha)])
    }),
    row("celu", |g, x, alpha| {
        let alpha = alpha.unwrap_or(Celu::default().alpha);
        if g.is_double() {
            // The operator exists for `f32` only.
            return exponential(g, x, alpha, alpha);
        }
        g.op_with("Celu", &[x], vec![float("alpha", alpha)])
    }),
    row("selu", |g, x, _| g.op("Selu", &[x])),
    row("gelu", |g, x, _| {
        if g.opset >= 20 {
            return g.op("Gelu", &[x]);
        }
        let root = g.number(std::f64::consts::FRAC_1_SQRT_2);
        let z = g.op("Mul", &[x, &root]);
        let erf = g.op("Erf", &[&z]);
        half_of(g, x, &erf)
    }),
    row("gelu_tanh", |g, x, _| {
        if g.opset >= 20 {
            return g.op_with("Gelu", &[x], vec![text("approximate", "tanh")]);
        }
        let (cubic, root) = (g.number(0.044_715), g.number((2.0 / std::f64::consts::PI).sqrt()));
        let square = g.op("Mul", &[x, x]);
        let share = g.op("Mul", &[&square, &cubic]);
        let one = g.number(1.0);
        let factor = g.op("Add", &[&share, &one]);
        let z = g.op("Mul", &[x, &factor]);
        let z = g.op("Mul", &[&z, &root]);
        let tanh = g.op("Tanh", &[&z]);
        half_of(g, x, &tanh)
    }),
    row("silu", |g, x, _| {
        let gate = g.op("Sigmoid", &[x]);
        g.op("Mul", &[x, &gate])
    }),
    row("mish", |g, x, _| {
        if g.opset >= 18 {
            return g.op("Mish", &[x]);
        }
        let z = g.op("Softplus", &[x]);
        let gate = g.op("Tanh", &[&z]);
        g.op("Mul", &[x, &gate])
    }),
    row("hard_swish", |g, x, _| {
        if g.opset >= 14 {
            return g.op("HardSwish", &[x]);
        }
        let gate = hard_sigmoid(g, x);
        g.op("Mul", &[x, &gate])
    }),
    row("sigmoid", |g, x, _| g.op("Sigmoid", &[x])),
    row("hard_sigmoid", |g, x, _| hard_sigmoid(g, x)),
    row("log_sigmoid", |g, x, _| {
        let z = g.op("Neg", &[x]);
        let z = g.op("Softplus", &[&z]);
        g.op("Neg", &[&z])
    }),
    row("tanh", |g, x, _| g.op("Tanh", &[x])),
    row("hard_tanh", |g, x, _| {
        let (low, high) = (g.number(-1.0), g.number(1.0));
        g.op("Clip", &[x, &low, &high])
    }),
    row("softplus", |g, x, _| g.op("Softplus", &[x])),
    row("softsign", |g, x, _| g.op("Softsign", &[x])),
    // The head over a whole row.
    row("softmax", |g, x, _| g.op_with("Softmax", &[x], vec![super::graph::integer("axis", -1)])),
];

/// Adds the nodes of a user-defined activation, regardless of its name; `None` if the options do
/// not define it.
pub(super) fn own(graph: &mut Graph, name: &str, x: &str) -> Option<String> {
    let at = graph.own.iter().position(|own| own.name == name)?;
    // Removed from the graph while its nodes are added.
    let own = graph.own.swap_remove(at);
    let y = own.nodes(graph, x).ok();
    graph.own.push(own);
    y
}

/// Adds the nodes of the activation with this notation, such as `leaky_relu(0.1)`; `None` if it is
/// not in the list.
pub(super) fn write(graph: &mut Graph, name: &str, x: &str) -> Option<String> {
    let (word, number) = word_and_number(name)?;
    let row = ROWS.iter().find(|row| row.word == word)?;
    Some((row.write)(graph, x, number))
}

/// x (1 + y) / 2
fn half_of(g: &mut Graph, x: &str, y: &str) -> String {
    let (one, half) = (g.number(1.0), g.number(0.5));
    let factor = g.op("Add", &[y, &one]);
    // Halve first, because 2x may be infinite.
    let x = g.op("Mul", &[x, &half]);
    g.op("Mul", &[&x, &factor])
}

/// max(x, 0) + α (exp(min(x, 0) / β) − 1)
fn exponential(g: &mut Graph, x: &str, alpha: f64, beta: f64) -> String {
    let (zero, one) = (g.number(0.0), g.number(1.0));
    let (alpha, beta) = (g.number(alpha), g.number(beta));
    let above = g.op("Max", &[x, &zero]);
    let below = g.op("Min", &[x, &zero]);
    let z = g.op("Div", &[&below, &beta]);
    let e = g.op("Exp", &[&z]);
    let e = g.op("Sub", &[&e, &one]);
    let e = g.op("Mul", &[&e, &alpha]);
    g.op("Add", &[&above, &e])
}

/// (x + 3) / 6 between 0 and 1
fn hard_sigmoid(g: &mut Graph, x: &str) -> String {
    g.op_with("HardSigmoid", &[x], vec![float("alpha", 1.0 / 6.0), float("beta", 0.5)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_grammar::vocabulary::ACTIVATIONS;

    #[test]
    fn every_activation_of_the_notation_has_a_row() {
        for activation in ACTIVATIONS {
            let count = ROWS.iter().filter(|row| row.word == activation.word).count();
            assert_eq!(count, 1, "`{}` has {count} rows", activation.word);
        }
    }
}
