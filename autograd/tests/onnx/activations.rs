//! Activation functions.

use autograd::{Result, Var};
use tensor::Float;

use crate::Node;

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let case = node.case;
    let x = || node.input(0);
    Some(match &case.op[..] {
        "Relu" => x().relu(),
        "LeakyRelu" => x().leaky_relu(case.number("alpha", 0.01)),
        "Elu" => x().elu(case.number("alpha", 1.0)),
        "Celu" => x().celu(case.number("alpha", 1.0)),
        "Selu" => match case.word("alpha") {
            None => x().selu(),
            // Ours is the one self-normalising curve; others are multiples of an elu.
            Some(_) => {
                let scaled = x().elu(case.number("alpha", 1.0));
                scaled.and_then(|y| y.scale(T::of(case.number("gamma", 1.0))))
            }
        },
        "Sigmoid" => x().sigmoid(),
        "Tanh" => x().tanh(),
        "Gelu" if case.word("approximate") == Some("tanh") => x().gelu_tanh(),
        "Gelu" => x().gelu(),
        "HardSigmoid" => {
            // Ours has the slope 1/6; this is the general form.
            let (alpha, beta) = (T::of(case.number("alpha", 0.2)), T::of(case.number("beta", 0.5)));
            let line = x().scale(alpha).and_then(|y| y.add_scalar(beta));
            line.and_then(|y| y.clamp(T::zero(), T::one()))
        }
        "HardSwish" => x().hard_swish(),
        "PRelu" => x().prelu(node.input(1)),
        "Softplus" => x().softplus(),
        "Softsign" => x().softsign(),
        "Mish" => x().mish(),
        _ => return None,
    })
}
