//! The layers that a declaration can name. The list that declares them also tests them.

#[cfg(feature = "std")]
use nn_grammar::vocabulary;
#[cfg(feature = "std")]
use tensor::Float;

#[cfg(feature = "std")]
use super::{BatchNormFormula, DropoutFormula, Formula, LayerNormFormula};
#[cfg(feature = "std")]
use crate::error::{Error, Result};

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
        /// declaration.
        ///
        /// ```
        /// use nn::layer::simple_formula;
        ///
        /// let norm = simple_formula::<f32>("layer_norm", 4, &[1e-5])?;
        /// let (mut parameters, mut y) = (vec![0.0; norm.len()], [0.0; 4]);
        /// norm.init(&mut parameters, 0, &mut 0);
        /// norm.predict(&parameters, &[1.0, 3.0, 1.0, 3.0], &mut y);
        /// assert!((y[0] + 1.0).abs() < 1e-4 && (y[1] - 1.0).abs() < 1e-4);
        /// # Ok::<(), nn::Error>(())
        /// ```
        ///
        /// # Errors
        ///
        /// If there is no such layer, it has another number of options, or one is outside of its bounds.
        #[cfg(feature = "std")]
        pub fn simple_formula<T: Float>(
            word: &str,
            width: usize,
            options: &[f64],
        ) -> Result<Box<dyn Formula<T>>> {
            match word {
                $(stringify!($simple) => Ok(Box::new($Formula::new(width, checked(word, options)?))),)*
                _ => Err(Error::value(
                    "layer",
                    word,
                    [$(stringify!($simple)),*].join(", "),
                    "these are as wide as what comes before them and take nothing but numbers",
                )),
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

/// The options of the layer `word`, each within its bounds.
#[cfg(feature = "std")]
fn checked<const N: usize>(word: &str, options: &[f64]) -> Result<[f64; N]> {
    let names = || vocabulary::layer(word).map(|layer| layer.options).unwrap_or_default();
    for (option, &number) in names().iter().zip(options) {
        let rule = super::rule(word, option.word);
        if !rule.allows(number) {
            let what = format!("{} of {word}", option.word);
            let found = format!("{number}, which is {}", rule.refused);
            return Err(Error::value(what, found, "a number within its bounds", "correct it"));
        }
    }
    options.try_into().map_err(|_| {
        let names: Vec<&str> = names().iter().map(|option| option.word).collect();
        let found = format!("{} numbers", options.len());
        let expected = format!("{N}: {}", names.join(", "));
        Error::value(format!("options of {word}"), found, expected, "give one number for each")
    })
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
