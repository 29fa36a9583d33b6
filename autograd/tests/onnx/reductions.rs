//! Operators that make one number of many.

use autograd::{Result, Var};
use tensor::Float;

use crate::{Node, from_end};

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = node.given(0)?;
    let (axes, keep) = node.case.op.starts_with("Reduce").then(|| axes(node))?;
    let axes = &axes[..];
    Some(match &node.case.op[..] {
        "ReduceSum" => x.sum_axes(axes, keep),
        "ReduceMean" => x.mean_axes(axes, keep),
        // Of nothing, ONNX wants what `max_axes_or` gives; the operations refuse it.
        "ReduceMax" if x.value().is_empty() => largest_of_none(x, axes, keep),
        "ReduceMin" if x.value().is_empty() => largest_of_none(-x, axes, keep).map(|y| -y),
        "ReduceMax" => x.max_axes(axes, keep),
        "ReduceMin" => x.min_axes(axes, keep),
        "ReduceProd" => x.prod_axes(axes, keep),
        "ReduceLogSumExp" => x.logsumexp_axes(axes, keep),
        "ReduceL1" => x.norm_axes(axes, keep, T::one()),
        "ReduceL2" => x.norm_axes(axes, keep, T::of(2.0)),
        "ReduceSumSquare" => x.square().and_then(|x| x.sum_axes(axes, keep)),
        "ReduceLogSum" => x.sum_axes(axes, keep).and_then(Var::ln),
        _ => return None,
    })
}

fn largest_of_none<'t, T: Float>(x: Var<'t, T>, axes: &[usize], keep: bool) -> Result<Var<'t, T>> {
    Ok(x.tape().constant(x.value().max_axes_or(axes, keep, T::neg_infinity())?))
}

/// The axes, which are an input (or all), and whether they stay.
fn axes<T: Float>(node: &Node<'_, '_, T>) -> (Vec<usize>, bool) {
    let rank = node.input(0).shape().len();
    let given = node.case.given(1).map(|axes| axes.integers()).unwrap_or_default();
    let keep = node.case.flag("keepdims", true);
    if given.is_empty() && !node.case.flag("noop_with_empty_axes", false) {
        return ((0..rank).collect(), keep);
    }
    (given.into_iter().map(|axis| from_end(axis, rank)).collect(), keep)
}
