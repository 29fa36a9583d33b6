//! Operators on each number, and products of matrices.

use autograd::{Result, Var};
use tensor::{Float, Shape};

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
        "MatMul" => matmul(x(), node.input(1)),
        "Gemm" => gemm(node),
        _ => return None,
    })
}

/// As NumPy does: a vector on the left is a row, on the right a column, and its axis goes in the
/// end.
fn matmul<'t, T: Float>(a: Var<'t, T>, b: Var<'t, T>) -> Result<Var<'t, T>> {
    let [(row, left), (column, right)] = [(1, a.shape()), (0, b.shape())].map(|(at, shape)| {
        let mut matrix = shape.to_vec();
        let vector = matrix.len() == 1;
        if vector {
            matrix.insert(1 - at, 1);
        }
        (vector, matrix)
    });
    let product = a.reshape(&left[..])?.matmul(b.reshape(&right[..])?)?;
    let mut shape = product.shape().to_vec();
    if column {
        shape.pop();
    }
    if row {
        shape.remove(shape.len() - 1 - usize::from(!column));
    }
    product.reshape(Shape::from(&shape[..]))
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
