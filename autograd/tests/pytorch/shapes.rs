//! What moves numbers: shapes, parts, and elements by index.

use autograd::ops::Padding;
use autograd::{Result, Var, ops};
use tensor::Float;

use crate::Application;

pub(crate) fn evaluate<'t, T: Float>(
    application: &Application<'t, '_, T>,
) -> Option<Result<Var<'t, T>>> {
    let Application { case, tape, inputs } = application;
    let (x, axis) = (inputs[0], application.axis());
    let (shape, indices) = (&case.indices("shape")[..], &case.indices("indices")[..]);
    let position = |setting| case.integer(setting, 0) as usize;
    Some(match &case.op[..] {
        "reshape" => x.reshape(shape),
        "transpose" => x.transpose(),
        "permute" => x.permute(&case.indices("order")),
        "broadcast_to" => x.broadcast_to(shape),
        "slice" => x.slice(axis, position("start")..position("end")),
        "concat" => match inputs[..] {
            [a, b] => tape.apply(ops::Concat { axis }, [a, b]),
            [a, b, c] => tape.apply(ops::Concat { axis }, [a, b, c]),
            _ => return None,
        },
        "stack" => match inputs[..] {
            [a, b] => tape.apply(ops::Stack { axis }, [a, b]),
            [a, b, c] => tape.apply(ops::Stack { axis }, [a, b, c]),
            _ => return None,
        },
        "split" => x.split(axis, &case.indices("lengths")).map(|parts| parts[position("part")]),
        "pad" => pad(application),
        "flip" => x.flip(&case.indices("axes")),
        "index_select" => x.index_select(axis, indices),
        "gather" => x.gather(axis, indices, shape),
        "scatter_add" => x.scatter_add(axis, indices, inputs[1]),
        _ => return None,
    })
}

fn pad<'t, T: Float>(application: &Application<'t, '_, T>) -> Result<Var<'t, T>> {
    let widths = application.case.indices("widths");
    let (widths, _) = widths.as_chunks::<2>();
    let widths: Vec<(usize, usize)> =
        widths.iter().map(|&[before, after]| (before, after)).collect();
    let with = match application.case.word("mode") {
        Some("edge") => Padding::Edge,
        Some("reflect") => Padding::Reflect,
        Some("wrap") => Padding::Wrap,
        _ => Padding::Constant(application.number("value")),
    };
    application.inputs[0].pad(&widths, with)
}
