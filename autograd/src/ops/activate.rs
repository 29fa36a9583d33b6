//! An activation function of `tensor`, or a custom one, as an operation.
//!
//! y  = f(x)
//! dx = dy ∘ f'(x)
//!
//! shapes: y as x

use tensor::activation::{
    Activation, Celu, Elu, Gelu, GeluTanh, HardSigmoid, HardSwish, HardTanh, LeakyRelu, LogSigmoid,
    Mish, Relu, Selu, Sigmoid, Silu, Softplus, Softsign, Tanh,
};
use tensor::{Buffer, Float, Tensor};

use crate::error::Result;
use crate::op::{Call, Op};
use crate::var::Var;

/// y = f(x); dx = dy ∘ f'(x), with the value and derivative of an [`Activation`].
///
/// ```
/// use autograd::{Tape, ops::Activate};
/// use tensor::{Tensor, activation::Softsign};
///
/// let tape = Tape::new();
/// let x = tape.parameter(Tensor::scalar(1.0));
/// let y = tape.apply(Activate(Softsign), [x])?; // the same as x.activate(Softsign)
/// assert_eq!(y.value().item()?, 0.5);
/// assert_eq!(y.backward()?.of(x)?.item()?, 0.25);
/// # Ok::<(), autograd::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Activate<A>(
    /// f
    pub A,
);

impl<T: Float, A: Activation> Op<T, 1> for Activate<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn forward(&mut self, [x]: [&Tensor<T>; 1]) -> Result<Tensor<T>> {
        let mut y = Buffer::from_slice(x.contiguous().values());
        self.0.forward(&mut y);
        Ok(Tensor::from_buffer(y, x.shape())?)
    }

    fn backward(&self, call: &Call<'_, T, 1>, dy: &Tensor<T>) -> Result<[Option<Tensor<T>>; 1]> {
        Ok([call.wanted(0, || {
            let y = call.output.contiguous();
            // x is made contiguous only for activations that read it.
            let x = if A::KEEPS_INPUT { call.inputs[0].contiguous() } else { y.clone() };
            let mut dx = Buffer::from_slice(dy.contiguous().values());
            self.0.backward(&mut dx, x.values(), y.values());
            Ok(Tensor::from_buffer(dx, dy.shape())?)
        })?])
    }
}

impl<T: Float> Var<'_, T> {
    /// f(x), for an activation of [`tensor::activation`] or a custom one.
    pub fn activate<A: Activation>(self, f: A) -> Result<Self> {
        self.tape().apply(Activate(f), [self])
    }

    /// max(0, x)
    pub fn relu(self) -> Result<Self> {
        self.activate(Relu)
    }

    /// x above zero, `slope`·x below
    pub fn leaky_relu(self, slope: f64) -> Result<Self> {
        self.activate(LeakyRelu { slope })
    }

    /// x above zero, `alpha`·(eˣ − 1) below
    pub fn elu(self, alpha: f64) -> Result<Self> {
        self.activate(Elu { alpha })
    }

    /// 1/(1 + e⁻ˣ)
    pub fn sigmoid(self) -> Result<Self> {
        self.activate(Sigmoid)
    }

    /// The hyperbolic tangent.
    pub fn tanh(self) -> Result<Self> {
        self.activate(Tanh)
    }

    /// x·Φ(x), Φ the normal distribution
    pub fn gelu(self) -> Result<Self> {
        self.activate(Gelu)
    }

    /// x·σ(x)
    #[doc(alias = "swish")]
    pub fn silu(self) -> Result<Self> {
        self.activate(Silu)
    }

    /// ln(1 + eˣ)
    pub fn softplus(self) -> Result<Self> {
        self.activate(Softplus)
    }

    /// λx above zero, λα(eˣ − 1) below, with λ and α that keep mean 0 and variance 1
    pub fn selu(self) -> Result<Self> {
        self.activate(Selu)
    }

    /// x above zero, `alpha`·(e^(x/alpha) − 1) below
    pub fn celu(self, alpha: f64) -> Result<Self> {
        self.activate(Celu { alpha })
    }

    /// x·(1 + tanh(√(2/π)·(x + 0.044715 x³)))/2: [`gelu`](Var::gelu), approximately
    pub fn gelu_tanh(self) -> Result<Self> {
        self.activate(GeluTanh)
    }

    /// x·tanh(ln(1 + eˣ))
    pub fn mish(self) -> Result<Self> {
        self.activate(Mish)
    }

    /// x·max(0, min(1, x/6 + 1/2))
    #[doc(alias = "hardswish")]
    #[doc(alias = "hard_silu")]
    pub fn hard_swish(self) -> Result<Self> {
        self.activate(HardSwish)
    }

    /// max(0, min(1, x/6 + 1/2))
    #[doc(alias = "hardsigmoid")]
    pub fn hard_sigmoid(self) -> Result<Self> {
        self.activate(HardSigmoid)
    }

    /// ln σ(x), without computing σ(x)
    #[doc(alias = "logsigmoid")]
    pub fn log_sigmoid(self) -> Result<Self> {
        self.activate(LogSigmoid)
    }

    /// max(−1, min(1, x))
    #[doc(alias = "hardtanh")]
    pub fn hard_tanh(self) -> Result<Self> {
        self.activate(HardTanh)
    }

    /// x/(1 + |x|)
    pub fn softsign(self) -> Result<Self> {
        self.activate(Softsign)
    }
}

#[cfg(test)]
pub(super) fn cases() -> Vec<crate::gradcheck::GradCase> {
    use crate::grad_case;
    use tensor::activation::*;

    macro_rules! cases {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {
            vec![$(grad_case!(Activate($Type $({ $parameter: $value })?), [points()])),*]
        };
    }
    tensor::for_each_activation!(cases)
}

/// Points on every piece of every activation, farther from every kink than a step of the finite
/// differences.
#[cfg(test)]
fn points() -> crate::gradcheck::Sample {
    Tensor::from([[-4.1, -2.3, -1.2, -0.7, -0.2], [0.3, 0.6, 1.4, 2.9, 3.7]]).into()
}

/// For every activation of the list; one without a fixture is not compared yet.
#[cfg(test)]
pub(super) fn pytorch() -> Vec<super::pytorch::Comparison> {
    use super::pytorch::{Comparison, compared, has_fixture};
    use tensor::activation::*;

    macro_rules! comparisons {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {
            vec![$(
                if has_fixture(stringify!($word)) {
                    compared!(stringify!($word), |given| given.x(0).activate($Type {
                        $($parameter: given.case.number(stringify!($parameter), 0.0))?
                    }))
                } else {
                    Comparison::not_yet(
                        stringify!($word),
                        "has no fixture; its gradient is checked by finite differences and dual \
                         numbers",
                    )
                }
            ),*]
        };
    }
    tensor::for_each_activation!(comparisons)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tape;

    #[test]
    fn relu_stops_what_is_below_zero() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([-1.0, 2.0]));
        let y = x.relu().unwrap();
        assert_eq!(y.value(), Tensor::from([0.0, 2.0]));
        let gradients = y.sum().unwrap().backward().unwrap();
        assert_eq!(*gradients.of(x).unwrap(), Tensor::from([0.0, 1.0]));
    }
}
