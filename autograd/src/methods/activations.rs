//! More activations; all are short for [`Var::activate`].

use tensor::Float;
use tensor::activation::{
    Celu, GeluTanh, HardSigmoid, HardSwish, HardTanh, LogSigmoid, Mish, Selu, Softsign,
};

use crate::error::Result;
use crate::var::Var;

impl<T: Float> Var<'_, T> {
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
    pub fn hard_swish(self) -> Result<Self> {
        self.activate(HardSwish)
    }

    /// max(0, min(1, x/6 + 1/2))
    pub fn hard_sigmoid(self) -> Result<Self> {
        self.activate(HardSigmoid)
    }

    /// ln σ(x), without computing σ(x)
    pub fn log_sigmoid(self) -> Result<Self> {
        self.activate(LogSigmoid)
    }

    /// max(−1, min(1, x))
    pub fn hard_tanh(self) -> Result<Self> {
        self.activate(HardTanh)
    }

    /// x/(1 + |x|)
    pub fn softsign(self) -> Result<Self> {
        self.activate(Softsign)
    }
}
