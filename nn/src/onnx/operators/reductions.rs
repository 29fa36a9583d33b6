//! Reductions.

use autograd::Var;
use tensor::Float;

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "ReduceSum" => over(node, |x, axes, keep| Ok(x.sum_axes(axes, keep)?))?;
    "ReduceMean" => over(node, |x, axes, keep| Ok(x.mean_axes(axes, keep)?))?;
    "ReduceMax" => over(node, largest)?;
    "ReduceMin" => over(node, |x, axes, keep| {
        // The tape's operations reject empty inputs.
        if x.value().is_empty() {
            Ok(largest(x.neg()?, axes, keep)?.neg()?)
        } else {
            Ok(x.min_axes(axes, keep)?)
        }
    })?;
    "ReduceProd" => over(node, |x, axes, keep| Ok(x.prod_axes(axes, keep)?))?;
    "ReduceLogSumExp" => over(node, |x, axes, keep| Ok(x.logsumexp_axes(axes, keep)?))?;
    "ReduceL1" => over(node, |x, axes, keep| Ok(x.norm_axes(axes, keep, T::one())?))?;
    "ReduceL2" => over(node, |x, axes, keep| Ok(x.norm_axes(axes, keep, T::of(2.0))?))?;
    "ReduceSumSquare" => over(node, |x, axes, keep| Ok(x.square()?.sum_axes(axes, keep)?))?;
    "ReduceLogSum" => over(node, |x, axes, keep| Ok(x.sum_axes(axes, keep)?.ln()?))?;
    "ArgMax" => {
        last_is_wrong(node)?;
        let axis = node.axis(node.integer("axis", 0)?)?;
        node.input(0)?.detach().argmax(axis, node.flag("keepdims", true)?)?
    };
    "ArgMin" => {
        last_is_wrong(node)?;
        let axis = node.axis(node.integer("axis", 0)?)?;
        node.input(0)?.detach().argmin(axis, node.flag("keepdims", true)?)?
    };
}

/// A reduction over the axes, which are an input or, in older versions, an attribute; over all axes
/// if there are none.
fn over<'t, T: Float>(
    node: &Node<'t, '_, T>,
    reduce: impl Fn(Var<'t, T>, &[usize], bool) -> Result<Var<'t, T>>,
) -> Result<Var<'t, T>> {
    let (x, keep) = (node.input(0)?, node.flag("keepdims", true)?);
    let given = node.list_or_input("axes", 1)?.unwrap_or_default();
    let axes = match given.is_empty() && !node.flag("noop_with_empty_axes", false)? {
        true => (0..x.shape().len()).collect(),
        false => given.into_iter().map(|axis| node.axis(axis)).collect::<Result<Vec<_>>>()?,
    };
    reduce(x, &axes, keep)
}

/// For an empty input ONNX requires the value that `max_axes_or` gives; the tape's operations
/// reject it.
fn largest<'t, T: Float>(x: Var<'t, T>, axes: &[usize], keep: bool) -> Result<Var<'t, T>> {
    if x.value().is_empty() {
        return Ok(x.tape().constant(x.value().max_axes_or(axes, keep, T::neg_infinity())?));
    }
    Ok(x.max_axes(axes, keep)?)
}

fn last_is_wrong<T: Float>(node: &Node<'_, '_, T>) -> Result<()> {
    match node.flag("select_last_index", false)? {
        true => {
            Err(node.wrong("attribute `select_last_index`", "1", "0, the first of equal numbers"))
        }
        false => Ok(()),
    }
}
