//! ONNX's operators as operations on a tape. Each operator is an entry in the list of one file.
//!
//! | file | |
//! |---|---|
//! | `arithmetic` | binary element-wise operators, and matrix products |
//! | `functions` | element-wise functions |
//! | `activations` | activations of layers |
//! | `windows` | convolution and pooling |
//! | `shapes` | operators that move numbers |
//! | `lengths` | operators that compute and pass on shapes, in the graphs of PyTorch's exporter |
//! | `reductions` | reductions |
//! | `rows` | softmax, norms and losses |
//! | `tables` | operators of `ai.onnx.ml` |

/// Entries of operators, each with the expression for its output or outputs.
macro_rules! operators {
    ($node:ident: $($name:literal => $outputs:expr;)*) => {
        /// The operators of this file.
        pub(super) const NAMES: &[&str] = &[$($name),*];

        /// The outputs of a node; `None` if its operator is not of this file.
        pub(super) fn evaluate<'t, T: tensor::Float>(
            $node: &crate::onnx::node::Node<'t, '_, T>,
        ) -> Option<crate::error::Result<Vec<autograd::Var<'t, T>>>> {
            use crate::onnx::operators::Outputs as _;
            let outputs = match $node.op() {
                $($name => (|| Ok($outputs.listed()))(),)*
                _ => return None,
            };
            Some(outputs)
        }
    };
}

mod activations;
mod arithmetic;
mod functions;
mod lengths;
mod reductions;
mod rows;
mod shapes;
mod tables;
mod windows;

use autograd::Var;
use tensor::Float;

use super::node::Node;
use crate::error::Result;

/// One output or several.
trait Outputs<'t, T: Float> {
    fn listed(self) -> Vec<Var<'t, T>>;
}

impl<'t, T: Float> Outputs<'t, T> for Var<'t, T> {
    fn listed(self) -> Vec<Var<'t, T>> {
        vec![self]
    }
}

impl<'t, T: Float> Outputs<'t, T> for Vec<Var<'t, T>> {
    fn listed(self) -> Vec<Var<'t, T>> {
        self
    }
}

/// The domain of operators for tables, which are not layers.
pub(super) const TABLES: &str = "ai.onnx.ml";

/// Whether this operator of this domain is implemented.
pub(super) fn has(domain: Option<&str>, op: &str) -> bool {
    match domain {
        None | Some("" | "ai.onnx") => names().any(|name| name == op),
        Some(TABLES) => tables::NAMES.contains(&op),
        Some(_) => false,
    }
}

/// All implemented operators of ONNX's own domain, file by file.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let files = [
        arithmetic::NAMES,
        functions::NAMES,
        activations::NAMES,
        windows::NAMES,
        shapes::NAMES,
        lengths::NAMES,
        reductions::NAMES,
        rows::NAMES,
    ];
    files.into_iter().flatten().copied()
}

/// The outputs of a node; `None` if its operator is not implemented.
pub(super) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Vec<Var<'t, T>>>> {
    arithmetic::evaluate(node)
        .or_else(|| functions::evaluate(node))
        .or_else(|| activations::evaluate(node))
        .or_else(|| windows::evaluate(node))
        .or_else(|| shapes::evaluate(node))
        .or_else(|| lengths::evaluate(node))
        .or_else(|| reductions::evaluate(node))
        .or_else(|| rows::evaluate(node))
        .or_else(|| tables::evaluate(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_there_once() {
        let mut all: Vec<&str> = names().chain(tables::NAMES.iter().copied()).collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count, "an operator is in two files");
        assert!(count > 100, "{count}");
        assert!(has(None, "Gemm") && has(Some("ai.onnx.ml"), "Scaler") && !has(None, "Scaler"));
    }
}
