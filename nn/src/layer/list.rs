//! The layers that a declaration can name. The list that declares them also tests them.

#[cfg(feature = "std")]
use tensor::Float;

#[cfg(feature = "std")]
use super::{BatchNormFormula, DropoutFormula, Formula, LayerNormFormula};

/// One row for each word. Of a *simple* layer, which is as wide as what comes before it and has nothing but numbers as
/// options, the row has a value of each option, in the order of its type's parameters, and the type of its formulas; of
/// a *leaf* with widths of its own, and of a *joint* of other layers, an example.
macro_rules! layers {
    (
        simple { $($simple:ident: $Simple:ident($($option:literal),*), $Formula:ident;)* }
        leaves { $($leaf:ident: $Leaf:ident, $LeafExample:ty;)* }
        joints { $($joint:ident: $Joint:ident, $JointExample:ty;)* }
    ) => {
        /// Each word as a name of its type.
        pub mod words {
            pub use crate::layer::{$($Simple as $simple,)* $($Leaf as $leaf,)*
                $($Joint as $joint,)*};
        }

        /// Every word.
        #[doc(hidden)]
        pub const WORDS: &[&str] = &[$(stringify!($simple),)* $(stringify!($leaf),)* $(stringify!($joint),)*];

        /// What the simple layer `word` computes on rows of `width` numbers, with these options in the order of its
        /// declaration; `None` if there is no such layer, or it has another number of options.
        ///
        /// ```
        /// use nn::layer::simple_formula;
        ///
        /// let norm = simple_formula::<f32>("layer_norm", 4, &[1e-5]).unwrap();
        /// let (mut parameters, mut y) = (vec![0.0; norm.len()], [0.0; 4]);
        /// norm.init(&mut parameters, 0, &mut 0);
        /// norm.predict(&parameters, &[1.0, 3.0, 1.0, 3.0], &mut y);
        /// assert!((y[0] + 1.0).abs() < 1e-4 && (y[1] - 1.0).abs() < 1e-4);
        /// ```
        #[cfg(feature = "std")]
        pub fn simple_formula<T: Float>(
            word: &str,
            width: usize,
            options: &[f64],
        ) -> Option<Box<dyn Formula<T>>> {
            match word {
                $(stringify!($simple) => {
                    Some(Box::new($Formula::new(width, options.try_into().ok()?)))
                })*
                _ => None,
            }
        }

        #[cfg(test)]
        mod tests {
            use crate::layer::proof::{prove, prove_leaf, same_at_run_time};
            use crate::layer::*;

            $(#[test]
            fn $simple() {
                type Example = $Simple<7, $({ f64::to_bits($option) }),*>;
                prove_leaf::<Example>();
                same_at_run_time::<Example>(stringify!($simple), &[$($option),*]);
            })*

            $(#[test]
            fn $leaf() {
                prove_leaf::<$LeafExample>();
            })*

            $(#[test]
            fn $joint() {
                prove::<$JointExample>();
            })*
        }
    };
}

layers! {
    simple {
        dropout: Dropout(0.4), DropoutFormula;
        layer_norm: LayerNorm(0.001), LayerNormFormula;
        batch_norm: BatchNorm(0.2, 0.001), BatchNormFormula;
    }
    leaves {
        dense: Dense, Dense<5, 3, crate::activation::Tanh>;
        input: Passthrough, Passthrough<6>;
    }
    joints {
        residual: Residual, Residual<Dense<4, 4, crate::activation::Gelu>>;
        concat: Inputs, Inputs<Dense<3, 2, crate::activation::Tanh>, Passthrough<4>, 6>;
        heads: Heads, Heads<Dense<5, 2, crate::activation::Tanh>, Dense<5, 3, crate::activation::Gelu>, 5>;
    }
}
