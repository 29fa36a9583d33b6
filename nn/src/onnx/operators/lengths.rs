//! Operators that compute shapes, and operators that pass their input on.

use autograd::Var;
use tensor::{Float, Tensor};

use crate::error::Result;
use crate::onnx::node::Node;
use crate::onnx::read;

operators! { node:
    "Identity" => node.input(0)?;
    // In inference nothing is dropped.
    "Dropout" => match node.outputs() {
        1 => node.input(0)?,
        _ => return Err(node.wrong("outputs", "a mask", "one, since nothing is dropped")),
    };
    "Constant" => constant(node)?;
    "ConstantOfShape" => {
        let shape = node.shape(&node.indices(0)?)?;
        let value = match node.tensor("value")? {
            Some(value) => read::tensor::<T>(node.path, "a constant", value)?.of.item()?,
            None => T::zero(),
        };
        node.tape.constant(Tensor::full(shape, value))
    };
    "Cast" => {
        let x = node.input(0)?;
        match node.integer("to", 0)? {
            9 => x.detach().not_equal(node.tape.constant(Tensor::scalar(T::zero())))?,
            to if read::is_whole(node.path, "the result of a cast", Some(to as i32))? => x.trunc()?,
            _ => x,
        }
    };
    "Shape" => {
        let shape = node.input(0)?.shape();
        let place = |at: i64| {
            let length = shape.len() as i64;
            (if at < 0 { at.saturating_add(length) } else { at }).clamp(0, length) as usize
        };
        let start = place(node.integer("start", 0)?);
        let end = place(node.integer("end", i64::MAX)?).max(start);
        numbers(node, shape[start..end].iter().copied())?
    };
    "Size" => {
        let size = node.input(0)?.shape().elements();
        node.tape.constant(Tensor::scalar(T::of(size as f64)))
    };
    "Flatten" => {
        let x = node.input(0)?;
        let (shape, axis) = (x.shape(), node.integer("axis", 1)?);
        let axis = if axis == shape.len() as i64 { shape.len() } else { node.axis(axis)? };
        let before: usize = shape[..axis].iter().product();
        x.reshape([before, shape[axis..].iter().product()])?
    };
    "Squeeze" => {
        let x = node.input(0)?;
        let mut axes = match node.list_or_input("axes", 1)? {
            Some(axes) => axes.into_iter().map(|axis| node.axis(axis)).collect::<Result<Vec<_>>>()?,
            None => (0..x.shape().len()).filter(|&axis| x.shape()[axis] == 1).collect(),
        };
        axes.sort_unstable();
        axes.into_iter().rev().try_fold(x, |x, axis| x.squeeze(axis))?
    };
    "Unsqueeze" => {
        let x = node.input(0)?;
        let axes = node.list_or_input("axes", 1)?.unwrap_or_default();
        let rank = x.shape().len() + axes.len();
        let place = |axis: i64| node.place("axis", axis, rank);
        let mut axes = axes.into_iter().map(place).collect::<Result<Vec<_>>>()?;
        axes.sort_unstable();
        node.shape(&vec![1; rank])?;
        axes.into_iter().try_fold(x, |x, axis| x.unsqueeze(axis))?
    };
    "Expand" => {
        let (x, wished) = (node.input(0)?, node.shape(&node.indices(1)?)?);
        // Broadcast both ways: an axis of the input may be the longer one.
        let (from, rank) = (x.shape(), x.shape().len().max(wished.len()));
        let at = |shape: &[usize], axis: usize| {
            (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis])
        };
        let both = (0..rank).map(|axis| match (at(&from, axis), at(&wished, axis)) {
            (1, other) => other,
            (length, _) => length,
        });
        x.broadcast_to(node.shape(&both.collect::<Vec<_>>())?)?
    };
    "Range" => {
        let number = |at: usize| Ok::<f64, crate::Error>(node.input(at)?.value().item()?.as_f64());
        let (start, limit, step) = (number(0)?, number(1)?, number(2)?);
        let count = ((limit - start) / step).ceil().max(0.0);
        node.shape(&[count as usize])?;
        let values = (0..count as usize).map(|at| T::of(start + at as f64 * step)).collect();
        node.tape.constant(Tensor::from_vec(values, [count as usize])?)
    };
}

fn numbers<'t, T: Float>(
    node: &Node<'t, '_, T>,
    numbers: impl Iterator<Item = usize>,
) -> Result<Var<'t, T>> {
    let values: Vec<T> = numbers.map(|number| T::of(number as f64)).collect();
    let count = values.len();
    Ok(node.tape.constant(Tensor::from_vec(values, [count])?))
}

/// The value of the only attribute.
fn constant<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let tensor = if let Some(value) = node.tensor("value")? {
        read::tensor(node.path, "a constant", value)?.of
    } else if node.has("value_int") {
        Tensor::scalar(T::of(node.integer("value_int", 0)? as f64))
    } else if node.has("value_float") {
        Tensor::scalar(T::of(node.number("value_float", 0.0)?))
    } else if let Some(list) = node.list("value_ints")? {
        Tensor::from_vec(list.iter().map(|&x| T::of(x as f64)).collect(), [list.len()])?
    } else if let Some(list) = node.floats("value_floats")? {
        Tensor::from_vec(list.iter().map(|&x| T::of(x.into())).collect(), [list.len()])?
    } else {
        return Err(node.wrong("value", "none", "a tensor or numbers"));
    };
    Ok(node.tape.constant(tensor))
}
