//! What makes one number of many: reductions and products.

use autograd::{Result, Var, ops};
use tensor::Float;

use crate::Application;

pub(crate) fn evaluate<'t, T: Float>(
    application: &Application<'t, '_, T>,
) -> Option<Result<Var<'t, T>>> {
    let Application { case, tape, inputs } = application;
    let (x, keep, axes) = (inputs[0], case.flag("keep", false), &case.indices("axes")[..]);
    let all = case.word("axes").is_none();
    let correction = case.integer("correction", 0) as usize;
    let p = application.number("p");
    Some(match &case.op[..] {
        "sum" if all => x.sum(),
        "sum" => x.sum_axes(axes, keep),
        "mean" if all => x.mean(),
        "mean" => x.mean_axes(axes, keep),
        "max" if all => x.max(),
        "max" => x.max_axes(axes, keep),
        "min" if all => x.min(),
        "min" => x.min_axes(axes, keep),
        "prod" if all => x.prod(),
        "prod" => x.prod_axes(axes, keep),
        "logsumexp" if all => x.logsumexp(),
        "logsumexp" => x.logsumexp_axes(axes, keep),
        "variance" if all => x.variance(correction),
        "variance" => x.variance_axes(axes, keep, correction),
        "norm" if all => x.norm(p),
        "norm" => x.norm_axes(axes, keep, p),
        "argmax" => x.argmax(application.axis(), keep),
        "argmin" => x.argmin(application.axis(), keep),
        "cumsum" => x.cumsum(application.axis()),
        "matmul" => x.matmul(inputs[1]),
        "matmul_transposed" => {
            let (left, right) = (case.flag("left", false), case.flag("right", false));
            tape.apply(ops::MatMulTransposed { left, right }, [x, inputs[1]])
        }
        "outer" => x.outer(inputs[1]),
        "dot" => x.dot(inputs[1]),
        _ => return None,
    })
}
