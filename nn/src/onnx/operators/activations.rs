//! Activation functions.

use autograd::Var;
use tensor::Float;

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "Relu" => node.input(0)?.relu()?;
    "LeakyRelu" => node.input(0)?.leaky_relu(node.number("alpha", 0.01)?)?;
    "Elu" => node.input(0)?.elu(node.number("alpha", 1.0)?)?;
    "Celu" => node.input(0)?.celu(node.number("alpha", 1.0)?)?;
    "Selu" => selu(node)?;
    "Sigmoid" => node.input(0)?.sigmoid()?;
    "Tanh" => node.input(0)?.tanh()?;
    "Gelu" => match node.word("approximate")? {
        Some("tanh") => node.input(0)?.gelu_tanh()?,
        _ => node.input(0)?.gelu()?,
    };
    "HardSigmoid" => {
        // The activation here has slope 1/6; this is the general form.
        let (alpha, beta) = (node.number("alpha", 0.2)?, node.number("beta", 0.5)?);
        let line = node.input(0)?.scale(T::of(alpha))?.add_scalar(T::of(beta))?;
        line.clamp(T::zero(), T::one())?
    };
    "HardSwish" => node.input(0)?.hard_swish()?;
    "Swish" => {
        let x = node.input(0)?;
        x.mul(x.scale(T::of(node.number("alpha", 1.0)?))?.sigmoid()?)?
    };
    "PRelu" => node.input(0)?.prelu(node.input(1)?)?;
    "Softplus" => node.input(0)?.softplus()?;
    "Softsign" => node.input(0)?.softsign()?;
    "Mish" => node.input(0)?.mish()?;
    "ThresholdedRelu" => {
        let (x, alpha) = (node.input(0)?, node.number("alpha", 1.0)?);
        let threshold = node.tape.constant(tensor::Tensor::scalar(T::of(alpha)));
        x.mul(x.detach().greater(threshold)?)?
    };
}

/// `selu` has the self-normalizing constants; with other constants it is a multiple of an elu.
fn selu<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Var<'t, T>> {
    let x = node.input(0)?;
    if !node.has("alpha") && !node.has("gamma") {
        return Ok(x.selu()?);
    }
    let (alpha, gamma) = (node.number("alpha", 1.673_263_2)?, node.number("gamma", 1.050_701)?);
    Ok(x.elu(alpha)?.scale(T::of(gamma))?)
}
