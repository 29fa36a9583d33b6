//! Operators that move numbers.

use autograd::{Result, Var, ops};
use tensor::Float;

use crate::{Node, from_end};

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = || node.input(0);
    Some(match &node.case.op[..] {
        "Transpose" => {
            let reversed = || (0..x().shape().len()).rev().collect();
            let order = node.case.word("perm").map(|_| node.case.indices("perm"));
            x().permute(&order.unwrap_or_else(reversed))
        }
        "Reshape" => reshape(node),
        "Concat" => {
            let axis = node.axis(node.case.integer("axis", 0));
            node.tape.apply(ops::Concat { axis }, [x(), node.input(1)])
        }
        "Tile" => x().repeat(&node.case.input(1).indices()),
        "CumSum" => {
            let axis = node.axis(node.case.input(1).integers()[0]);
            let [reverse, exclusive] = ["reverse", "exclusive"].map(|s| node.case.flag(s, false));
            node.tape.apply(ops::CumSum { axis, reverse, exclusive }, [x()])
        }
        "Slice" => slice(node),
        "Gather" => gather(node),
        _ => return None,
    })
}

/// 0 keeps a length (unless zeros are allowed), −1 is what remains.
fn reshape<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let x = node.input(0);
    let (from, literal) = (x.shape(), node.case.flag("allowzero", false));
    let wished = node.case.input(1).integers();
    let lengths = wished.iter().enumerate();
    let mut shape: Vec<usize> = lengths
        .map(|(axis, &length)| match length {
            0 if !literal => from[axis],
            -1 => 1,
            length => usize::try_from(length).unwrap(),
        })
        .collect();
    if let Some(open) = wished.iter().position(|&length| length == -1) {
        shape[open] = from.elements() / shape.iter().product::<usize>();
    }
    x.reshape(&shape[..])
}

/// From `starts` to `ends` along `axes`, which are all if they are not given, in `steps`.
fn slice<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let (starts, ends) = (node.case.input(1).integers(), node.case.input(2).integers());
    let axes = node.case.given(3).map_or((0..starts.len() as i64).collect(), |a| a.integers());
    let steps = node.case.given(4).map_or(vec![1; starts.len()], |a| a.integers());
    let mut y = node.input(0);
    for (((&start, &end), &axis), &step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
        let axis = node.axis(axis);
        let length = y.shape()[axis] as i64;
        // Backwards, the last element is the farthest to start at, and before the first to end at.
        let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
        let inside = |at: i64| if at < 0 { at + length } else { at }.clamp(least, most);
        let (start, end) = (inside(start), inside(end));
        y = if step == 1 {
            y.slice(axis, start as usize..end.max(start) as usize)?
        } else {
            let count = (end - start + step - step.signum()) / step;
            let indices: Vec<usize> = (0..count).map(|i| (start + i * step) as usize).collect();
            y.index_select(axis, &indices)?
        };
    }
    Ok(y)
}

/// The slices at the indices, whose axes take the place of the axis.
fn gather<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let (x, axis) = (node.input(0), node.axis(node.case.integer("axis", 0)));
    let indices = node.case.input(1);
    let length = x.shape()[axis];
    let list: Vec<usize> = indices.integers().iter().map(|&at| from_end(at, length)).collect();
    let mut shape = x.shape().to_vec();
    shape.splice(axis..=axis, indices.shape.iter().copied());
    x.index_select(axis, &list)?.reshape(&shape[..])
}
