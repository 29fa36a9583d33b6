//! The words of a declaration, each a name of what it stands for: `network!` puts the word that the user
//! wrote behind one of these paths, so that an editor can complete it and go to its definition.

/// Layers.
pub mod layer {
    pub use crate::layer::words::*;
}

/// Activations.
pub mod activation {
    pub use crate::activation::{
        Celu as celu, Elu as elu, Gelu as gelu, GeluTanh as gelu_tanh, HardSigmoid as hard_sigmoid,
        HardSwish as hard_swish, HardTanh as hard_tanh, Identity as identity, Identity as linear,
        LeakyRelu as leaky_relu, LogSigmoid as log_sigmoid, Mish as mish, Relu as relu,
        Selu as selu, Sigmoid as sigmoid, Silu as silu, Softplus as softplus, Softsign as softsign,
        Tanh as tanh,
    };
    pub use crate::head::Softmax as softmax;
}

/// Last activations that decide about the loss.
pub mod head {
    pub use crate::head::{Sigmoid as sigmoid, Softmax as softmax};
}

/// Activations with a number.
pub mod activation_with {
    pub use crate::activation::{CeluWith as celu, EluWith as elu, LeakyReluWith as leaky_relu};
}

/// Initialisers.
pub mod init {
    pub use crate::init::{
        GlorotNormal as glorot_normal, GlorotUniform as glorot_uniform, HeNormal as he_normal,
        HeUniform as he_uniform, LecunNormal as lecun_normal, LecunUniform as lecun_uniform,
        Zeros as zeros,
    };
}
