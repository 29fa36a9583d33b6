//! An activation that is chosen at run time.

use tensor::Float;
use tensor::activation::{self, Activation};
use tensor::decimal::Written;

/// `Type` with its number, if it has one.
macro_rules! with_number {
    ($Type:ident, $number:expr) => {
        activation::$Type
    };
    ($Type:ident, $number:expr, $parameter:ident) => {
        match $number {
            Some($parameter) => activation::$Type { $parameter },
            None => activation::$Type::default(),
        }
    };
}

macro_rules! kinds {
    ($(
        $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
    )*) => {
        /// Each activation of the list.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(super) enum Kind {
            $($Type(activation::$Type),)*
        }

        impl Kind {
            /// The activation with this word and this number, if one is written.
            pub(super) fn of(word: &str, number: Option<f64>) -> Option<Self> {
                let _ = number;
                match word {
                    $(stringify!($word) $(| stringify!($other))* => {
                        Some(Kind::$Type(with_number!($Type, number $(, $parameter)?)))
                    })*
                    _ => None,
                }
            }

            /// The name of its type.
            pub(super) fn name(self, number: Option<f64>) -> String {
                let name = match self {
                    $(Kind::$Type(_) => activation::$Type::NAME,)*
                };
                match number {
                    Some(number) => Written::call(name, number).as_str().to_owned(),
                    None => name.to_owned(),
                }
            }

            /// The gain for the initialization of the weights before it.
            pub(super) fn gain(self, number: Option<f64>) -> Option<f64> {
                match self {
                    Kind::LeakyRelu(leaky) if number.is_some() => Some(leaky.gain()),
                    $(Kind::$Type(_) => activation::$Type::GAIN,)*
                }
            }

            /// Whether its derivative reads the weighted sums.
            pub(super) fn keeps_input(self) -> bool {
                match self {
                    $(Kind::$Type(_) => activation::$Type::KEEPS_INPUT,)*
                }
            }
        }

        impl<const KEEPS_INPUT: bool> Activation for DynActivation<KEEPS_INPUT> {
            const NAME: &'static str = "an activation chosen at run time";
            const KEEPS_INPUT: bool = KEEPS_INPUT;

            fn value<T: Float>(&self, x: T) -> T {
                match self.0 {
                    $(Kind::$Type(f) => f.value(x),)*
                }
            }

            fn derivative<T: Float>(&self, x: T, y: T) -> T {
                match self.0 {
                    $(Kind::$Type(f) => f.derivative(x, y),)*
                }
            }

            fn forward<T: Float>(&self, values: &mut [T]) {
                match self.0 {
                    $(Kind::$Type(f) => f.forward(values),)*
                }
            }

            fn backward<T: Float>(&self, dy: &mut [T], x: &[T], y: &[T]) {
                match self.0 {
                    $(Kind::$Type(f) => f.backward(dy, x, y),)*
                }
            }
        }
    };
}

tensor::for_each_activation!(kinds);

/// A chosen activation: of those that keep their inputs, or of the others.
#[derive(Clone, Copy, Debug)]
pub(super) struct DynActivation<const KEEPS_INPUT: bool>(pub(super) Kind);

/// The identity: no activation is chosen.
impl<const KEEPS_INPUT: bool> Default for DynActivation<KEEPS_INPUT> {
    fn default() -> Self {
        DynActivation(Kind::Identity(activation::Identity))
    }
}
