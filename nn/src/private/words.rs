//! The words of a declaration, each as a name for its type. `network!` appends the user's word to
//! one of these paths, so that an editor can complete it and go to its definition.

/// Layers.
pub mod layer {
    pub use crate::layer::words::*;
}

/// One word for each type in the list of activations, and `softmax`, which is not a function of one
/// number.
macro_rules! activations {
    ($(
        $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
    )*) => {
        /// Activations.
        pub mod activation {
            pub use crate::activation::{$($Type as $word, $($Type as $other,)*)*};
            pub use crate::head::Softmax as softmax;
        }

        /// Activations with a number.
        pub mod activation_with {
            pub use crate::activation::{$($($With as $word,)?)*};
        }
    };
}

tensor::for_each_activation!(activations);

/// Last activations that determine the loss.
pub mod head {
    pub use crate::head::{Sigmoid as sigmoid, Softmax as softmax};
}

/// Initializers.
pub mod init {
    pub use crate::init::words::*;
}
