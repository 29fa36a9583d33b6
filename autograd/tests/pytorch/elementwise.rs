//! Functions of one number, or of one number from each of several tensors.

use autograd::{Result, Var};
use tensor::Float;

use crate::Application;

pub(crate) fn evaluate<'t, T: Float>(
    application: &Application<'t, '_, T>,
) -> Option<Result<Var<'t, T>>> {
    of_one(application).or_else(|| of_several(application))
}

fn of_one<'t, T: Float>(application: &Application<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let Application { case, .. } = application;
    let (x, number) = (application.inputs[0], |setting| application.number(setting));
    Some(match &case.op[..] {
        "neg" => x.neg(),
        "scale" => x.scale(number("by")),
        "add_scalar" => x.add_scalar(number("term")),
        "powf" => x.powf(number("exponent")),
        "abs" => x.abs(),
        "sqrt" => x.sqrt(),
        "rsqrt" => x.rsqrt(),
        "exp" => x.exp(),
        "ln" => x.ln(),
        "ln_1p" => x.ln_1p(),
        "expm1" => x.expm1(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "reciprocal" => x.reciprocal(),
        "square" => x.square(),
        "sign" => x.sign(),
        "clamp" => x.clamp(number("low"), number("high")),
        "relu" => x.relu(),
        "leaky_relu" => x.leaky_relu(case.number("slope", 0.0)),
        "elu" => x.elu(case.number("alpha", 0.0)),
        "selu" => x.selu(),
        "gelu" => x.gelu(),
        "celu" => x.celu(case.number("alpha", 0.0)),
        "gelu_tanh" => x.gelu_tanh(),
        "log_sigmoid" => x.log_sigmoid(),
        "hard_swish" => x.hard_swish(),
        "sigmoid" => x.sigmoid(),
        "hard_sigmoid" => x.hard_sigmoid(),
        "silu" => x.silu(),
        "mish" => x.mish(),
        "tanh" => x.tanh(),
        "hard_tanh" => x.hard_tanh(),
        "softplus" => x.softplus(),
        "softsign" => x.softsign(),
        _ => return None,
    })
}

fn of_several<'t, T: Float>(application: &Application<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = &application.inputs;
    Some(match &application.case.op[..] {
        "add" => x[0].add(x[1]),
        "sub" => x[0].sub(x[1]),
        "mul" => x[0].mul(x[1]),
        "div" => x[0].div(x[1]),
        "pow" => x[0].pow(x[1]),
        "maximum" => x[0].maximum(x[1]),
        "minimum" => x[0].minimum(x[1]),
        "select" => x[0].select(x[1], x[2]),
        "less" => x[0].less(x[1]),
        "less_or_equal" => x[0].less_or_equal(x[1]),
        "greater" => x[0].greater(x[1]),
        "greater_or_equal" => x[0].greater_or_equal(x[1]),
        "equal" => x[0].equal(x[1]),
        "not_equal" => x[0].not_equal(x[1]),
        "prelu" => x[0].prelu(x[1]),
        _ => return None,
    })
}
