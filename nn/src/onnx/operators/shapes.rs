//! Operators that move numbers.

use autograd::{Var, ops};
use tensor::Float;

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "Transpose" => {
        let x = node.input(0)?;
        let order = match node.list("perm")? {
            Some(_) => node.lengths("perm")?,
            None => (0..x.shape().len()).rev().collect(),
        };
        x.permute(&order)?
    };
    "Reshape" => reshape(node)?;
    "Concat" => {
        let axis = node.axis(node.integer("axis", 0)?)?;
        Var::concat(axis, &node.all().collect::<Vec<_>>())?
    };
    "Split" => split(node)?;
    "Tile" => {
        let (x, times) = (node.input(0)?, node.indices(1)?);
        let lengths = x.shape().to_vec().into_iter().zip(&times);
        let repeated = lengths.map(|(length, &times)| length.saturating_mul(times));
        node.shape(&repeated.collect::<Vec<_>>())?;
        x.repeat(&times)?
    };
    "CumSum" => {
        let axis = node.whole(1)?;
        let axis = node.axis(axis.first().copied().unwrap_or(0))?;
        let (reverse, exclusive) = (node.flag("reverse", false)?, node.flag("exclusive", false)?);
        node.tape.apply(ops::CumSum { axis, reverse, exclusive }, [node.input(0)?])?
    };
    "Slice" => slice(node)?;
    "Gather" => gather(node)?;
    "GatherElements" => {
        let (x, axis) = (node.input(0)?, node.axis(node.integer("axis", 0)?)?);
        let length = x.shape()[axis];
        let place = |&at: &i64| node.place("index", at, length);
        let places = node.whole(1)?.iter().map(place).collect::<Result<Vec<_>>>()?;
        x.gather(axis, &places, node.input(1)?.shape())?
    };
    "Pad" => pad(node)?;
}

/// 0 keeps a length (unless zeros are allowed), −1 is inferred.
fn reshape<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let (x, literal) = (node.input(0)?, node.flag("allowzero", false)?);
    let (from, wished) = (x.shape(), node.whole(1)?);
    let wrong =
        || node.wrong("shape", &format!("{wished:?} of {from:?}"), "one of as many elements");
    let mut shape = Vec::new();
    for (axis, &length) in wished.iter().enumerate() {
        shape.push(match length {
            0 if !literal => *from.get(axis).ok_or_else(wrong)?,
            -1 => 1,
            length => usize::try_from(length).map_err(|_| wrong())?,
        });
    }
    if let Some(open) = wished.iter().position(|&length| length == -1) {
        let known = node.shape(&shape)?.elements();
        shape[open] = from.elements().checked_div(known).ok_or_else(wrong)?;
    }
    Ok(x.reshape(node.shape(&shape)?)?)
}

/// Splits into parts of these lengths, or into equal parts.
fn split<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Vec<Var<'t, T>>> {
    let (x, axis) = (node.input(0)?, node.axis(node.integer("axis", 0)?)?);
    let length = x.shape()[axis];
    let lengths = match node.list_or_input("split", 1)? {
        Some(lengths) => node.counts("split", &lengths)?,
        None => {
            let parts = node.outputs().max(1);
            let each = length.div_ceil(parts);
            (0..parts).map(|part| each.min(length.saturating_sub(part * each))).collect()
        }
    };
    Ok(x.split(axis, &lengths)?)
}

/// The slice from `starts` to `ends` along `axes`, all axes if omitted, in `steps`.
fn slice<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let missing = |what: &str| node.wrong(what, "none", "integers");
    let starts = node.list_or_input("starts", 1)?.ok_or_else(|| missing("starts"))?;
    let ends = node.list_or_input("ends", 2)?.ok_or_else(|| missing("ends"))?;
    let axes = node.list_or_input("axes", 3)?;
    let axes = axes.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = node.integers(4)?.unwrap_or_else(|| vec![1; starts.len()]);
    let counts = [ends.len(), axes.len(), steps.len()];
    if counts != [starts.len(); 3] {
        let found = format!("{} starts and {counts:?} ends, axes and steps", starts.len());
        return Err(node.wrong("slices", &found, "as many of each"));
    }
    let mut y = node.input(0)?;
    for (((&start, &end), &axis), &step) in starts.iter().zip(&ends).zip(&axes).zip(&steps) {
        let axis = node.axis(axis)?;
        let length = y.shape()[axis] as i64;
        // Backwards, the last element is the farthest start, and −1 the farthest end.
        let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
        let inside = |at: i64| {
            if at < 0 { at.saturating_add(length) } else { at }.clamp(least, most.max(least))
        };
        let (start, end) = (inside(start), inside(end));
        y = match step {
            0 => return Err(node.wrong("step", "0", "another number")),
            1 => y.slice(axis, start as usize..end.max(start) as usize)?,
            step => {
                let count = (end - start).saturating_add(step).saturating_sub(step.signum()) / step;
                let indices: Vec<usize> = (0..count).map(|i| (start + i * step) as usize).collect();
                y.index_select(axis, &indices)?
            }
        };
    }
    Ok(y)
}

/// The slices at the indices; the axes of the indices replace the axis.
fn gather<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let (x, axis) = (node.input(0)?, node.axis(node.integer("axis", 0)?)?);
    let length = x.shape()[axis];
    let place = |&at: &i64| node.place("index", at, length);
    let places = node.whole(1)?.iter().map(place).collect::<Result<Vec<_>>>()?;
    let mut shape = x.shape().to_vec();
    shape.splice(axis..=axis, node.input(1)?.shape().iter().copied());
    Ok(x.index_select(axis, &places)?.reshape(node.shape(&shape)?)?)
}

/// The widths before all axes first, then those after them.
fn pad<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let x = node.input(0)?;
    let rank = x.shape().len();
    let pads = node.list_or_input("pads", 1)?.unwrap_or_default();
    let pads = node.counts("pads", &pads)?;
    let axes = match node.integers(3)? {
        Some(axes) => axes.into_iter().map(|axis| node.axis(axis)).collect::<Result<Vec<_>>>()?,
        None => (0..rank).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return Err(node.wrong(
            "pads",
            &format!("{pads:?}"),
            &format!("{} numbers", 2 * axes.len()),
        ));
    }
    let mut widths = vec![(0, 0); rank];
    let mut shape = x.shape().to_vec();
    for (at, &axis) in axes.iter().enumerate() {
        widths[axis] = (pads[at], pads[at + axes.len()]);
        shape[axis] = shape[axis].saturating_add(pads[at]).saturating_add(pads[at + axes.len()]);
    }
    node.shape(&shape)?;
    let with = match node.word("mode")? {
        None | Some("constant") => {
            let value = node.given(2).map_or(Ok(T::zero()), |value| value.value().item());
            ops::Padding::Constant(value?)
        }
        Some(other) => return Err(node.wrong("attribute `mode`", other, "`constant`")),
    };
    Ok(x.pad(&widths, with)?)
}
