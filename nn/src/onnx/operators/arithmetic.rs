//! Binary element-wise operators, and matrix products.

use autograd::Var;
use tensor::Float;

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "Add" => node.input(0)?.add(node.input(1)?)?;
    "Sub" => node.input(0)?.sub(node.input(1)?)?;
    "Mul" => node.input(0)?.mul(node.input(1)?)?;
    "Div" => {
        let quotient = node.input(0)?.div(node.input(1)?)?;
        // Integer division stays integer.
        if node.is_whole() { quotient.trunc()? } else { quotient }
    };
    "Pow" => node.input(0)?.pow(node.input(1)?)?;
    "Where" => node.input(0)?.detach().select(node.input(1)?, node.input(2)?)?;
    "IsNaN" => {
        let x = node.input(0)?.detach();
        x.not_equal(x)?
    };
    "Equal" => node.input(0)?.detach().equal(node.input(1)?.detach())?;
    "Greater" => node.input(0)?.detach().greater(node.input(1)?.detach())?;
    "GreaterOrEqual" => node.input(0)?.detach().greater_or_equal(node.input(1)?.detach())?;
    "Less" => node.input(1)?.detach().greater(node.input(0)?.detach())?;
    "LessOrEqual" => node.input(1)?.detach().greater_or_equal(node.input(0)?.detach())?;
    "And" => node.input(0)?.mul(node.input(1)?)?;
    "Or" => node.input(0)?.maximum(node.input(1)?)?;
    "Not" => node.input(0)?.neg()?.add_scalar(T::one())?;
    "Clip" => clip(node)?;
    "MatMul" => node.input(0)?.matmul(node.input(1)?)?;
    "Einsum" => match (node.word("equation")?, node.given(1)) {
        (Some(letters), Some(other)) => node.input(0)?.einsum(letters, other)?,
        _ => return Err(node.wrong("equation", "none, or one of one input", "one of two inputs")),
    };
    "Max" => folded(node, Var::maximum)?;
    "Min" => folded(node, Var::minimum)?;
    "Sum" => folded(node, Var::add)?;
    "Mean" => folded(node, Var::add)?.scale(T::one() / T::of(node.all().count() as f64))?;
    "Gemm" => gemm(node)?;
}

/// Folds a binary operation over all inputs.
fn folded<'t, T: Float>(
    node: &Node<'t, '_, T>,
    operation: fn(Var<'t, T>, Var<'t, T>) -> autograd::Result<Var<'t, T>>,
) -> Result<Var<'t, T>> {
    let first = node.input(0)?;
    Ok(node.all().skip(1).try_fold(first, operation)?)
}

/// The bounds are inputs or, in older versions, attributes.
fn clip<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let bound = |number: usize, name: &str, none: T| match node.given(number) {
        Some(bound) => Ok(bound.value().item()?),
        None if node.has(name) => node.number(name, 0.0).map(T::of),
        None => Ok::<T, crate::Error>(none),
    };
    let (low, high) = (bound(1, "min", T::neg_infinity())?, bound(2, "max", T::infinity())?);
    Ok(node.input(0)?.clamp(low, high)?)
}

/// alpha·A·B + beta·C, A and B transposed if requested.
fn gemm<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let matrix = |number, setting| {
        let matrix = node.input(number)?;
        Ok::<_, crate::Error>(if node.flag(setting, false)? { matrix.transpose()? } else { matrix })
    };
    let scaled = |x: Var<'t, T>, setting| match node.number(setting, 1.0)? {
        1.0 => Ok::<_, crate::Error>(x),
        by => Ok(x.scale(T::of(by))?),
    };
    let product = scaled(matrix(0, "transA")?.matmul(matrix(1, "transB")?)?, "alpha")?;
    match node.given(2) {
        Some(c) => Ok(product.add(scaled(c, "beta")?)?),
        None => Ok(product),
    }
}
