//! The list of the layers that a declaration can name, and their tests.

/// One line for each word.
///
/// - A *simple* layer is as wide as the layer before it, and its options are numbers. Its line has
///   a value for each option, in the order of its type's parameters, and the type of its formula.
/// - An *encoder* has the same.
/// - A *leaf* (with widths of its own) and a *joint* (of other layers) have an example.
macro_rules! layers {
    (
        simple { $($simple:ident: $Simple:ident($($option:literal),*), $Formula:ident;)* }
        encoders {
            $($encoder:ident: $Encoder:ident($($number:literal),*), $EncoderFormula:ident;)*
        }
        leaves { $($leaf:ident: $Leaf:ident, $LeafExample:ty;)* }
        joints { $($joint:ident: $Joint:ident, $JointExample:ty;)* }
    ) => {
        /// Each word as a name of its type.
        pub mod words {
            pub use crate::layer::{
                $($Simple as $simple,)* $($Encoder as $encoder,)*
                $($Leaf as $leaf,)* $($Joint as $joint,)*
            };
        }

        /// Every word.
        #[doc(hidden)]
        pub const WORDS: &[&str] = &[
            $(stringify!($simple),)* $(stringify!($encoder),)*
            $(stringify!($leaf),)* $(stringify!($joint),)*
        ];

        /// Returns the formula of the simple layer `word`, for rows of `width` outputs, with these
        /// options in the order of its declaration.
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
        /// If there is no such layer, the number of options is wrong, or an option is out of
        /// bounds.
        #[cfg(feature = "std")]
        pub fn simple_formula<T: Float>(
            word: &str,
            width: usize,
            options: &[f64],
        ) -> crate::Result<Box<dyn Formula<T>>> {
            match word {
                $(stringify!($simple) => {
                    let options = option::checked_options(word, width, options)?;
                    Ok(Box::new($Formula::new(width, options)))
                })*
                $(stringify!($encoder) => {
                    let options = option::checked_options(word, width, options)?;
                    Ok(Box::new($EncoderFormula::new(width, options)))
                })*
                _ => Err(crate::Error::value(
                    "layer",
                    word,
                    [$(stringify!($simple),)* $(stringify!($encoder)),*].join(", "),
                    "use one of these; they are as wide as the layer before, and their options are \
                     numbers",
                )),
            }
        }

        /// Whether the rows of a simple layer depend on one another in training: see
        /// [`Layer::COUPLED`].
        #[cfg(feature = "std")]
        pub(crate) fn is_coupled(word: &str) -> bool {
            match word {
                $(stringify!($simple) => {
                    <$Simple<8, $({ f64::to_bits($option) }),*> as Leaf>::COUPLED
                })*
                _ => false,
            }
        }

        #[cfg(test)]
        mod tests {
            use crate::layer::proof::{prove, prove_encoder, prove_leaf, same_at_run_time};
            use crate::layer::*;

            $(#[test]
            fn $simple() {
                type Example = $Simple<8, $({ f64::to_bits($option) }),*>;
                prove_leaf::<Example>();
                same_at_run_time::<Example>(stringify!($simple), &[$($option),*]);
            })*

            $(#[test]
            fn $encoder() {
                type Example = $Encoder<7, $({ f64::to_bits($number) }),*>;
                prove_leaf::<Example>();
                same_at_run_time::<Example>(stringify!($encoder), &[$($number),*]);
                prove_encoder::<Example>(stringify!($encoder), &[$($number),*]);
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
pub(super) use layers;
