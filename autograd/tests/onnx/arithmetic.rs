//! Operators on each number, and products of matrices.

use autograd::{Result, Var};
use tensor::Float;

use crate::Node;

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = || node.input(0);
    Some(match &node.case.op[..] {
        "Add" => x().add(node.input(1)),
        "Sub" => x().sub(node.input(1)),
        "Mul" => x().mul(node.input(1)),
        "Div" => x().div(node.input(1)),
        "Exp" => x().exp(),
        "Log" => x().ln(),
        "Sqrt" => x().sqrt(),
        "Pow" => x().pow(node.input(1)),
        "Where" => x().select(node.input(1), node.input(2)),
        "Clip" => {
            let bound = |number, none| {
                node.given(number).map_or(Ok(none), |bound| Ok(bound.value().item()?))
            };
            let bounds =
                bound(1, T::neg_infinity()).and_then(|low| Ok((low, bound(2, T::infinity())?)));
            bounds.and_then(|(low, high)| x().clamp(low, high))
        }
        "MatMul" => x().matmul(node.input(1)),
        "Einsum" => x().einsum(node.case.word("equation")?, node.input(1)),
        "Max" => others(node).try_fold(x(), Var::maximum),
        "Min" => others(node).try_fold(x(), Var::minimum),
        "Gemm" => gemm(node),
        _ => return None,
    })
}

/// The inputs after the first.
fn others<'t, T: Float>(node: &Node<'t, '_, T>) -> impl Iterator<Item = Var<'t, T>> {
    node.inputs.clone().into_iter().skip(1).flatten()
}

/// alpha·A·B + beta·C, A and B transposed if asked for.
fn gemm<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let matrix = |number, setting| {
        let matrix = node.input(number);
        if node.case.flag(setting, false) { matrix.transpose() } else { Ok(matrix) }
    };
    let product = matrix(0, "transA")?.matmul(matrix(1, "transB")?)?;
    let product = product.scale(T::of(node.case.number("alpha", 1.0)))?;
    match node.given(2) {
        Some(c) => product.add(c.scale(T::of(node.case.number("beta", 1.0)))?),
        None => Ok(product),
    }
}
