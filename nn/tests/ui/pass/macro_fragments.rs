//! A macro's fragments are allowed wherever their code is.

#![deny(warnings)]
#![allow(dead_code)]

use nn::Float;
use nn::activation::Activation;

mod my {
    use super::*;

    #[derive(Clone, Copy, Debug, Default)]
    pub struct Swish;
    impl Activation for Swish {
        const NAME: &'static str = "swish";
        fn value<T: Float>(&self, x: T) -> T {
            x
        }
        fn derivative<T: Float>(&self, _: T, _: T) -> T {
            T::one()
        }
    }
    nn::network! { pub struct Encoder(dense(4 -> 4)); }
}

// Visibilities: none, `pub`, and those of several tokens; through a second macro, too.
macro_rules! of_visibility {
    ($v:vis $n:ident) => { nn::network! { $v struct $n(dense(3 -> 4), dense(1)); } };
}
macro_rules! through_another {
    ($v:vis $n:ident) => { of_visibility! { $v $n } };
}
of_visibility!(Private);
of_visibility!(pub Public);
of_visibility!(pub(crate) OfCrate);
of_visibility!(pub(in crate) InCrate);
through_another!(Private2);
through_another!(pub Public2);
through_another!(pub(self) OfSelf);

// Attributes and documentation of networks and of layers; expressions with operators as widths.
macro_rules! of_attributes {
    ($(#[$m:meta])* $v:vis struct $n:ident { $($(#[$l:meta])* $name:ident: $width:expr),* $(,)? }) => {
        nn::network! { $(#[$m])* $v struct $n { first: dense(3 -> 4), $($(#[$l])* $name: dense($width)),* } }
    };
}
of_attributes! {
    /// Documented.
    #[derive(PartialEq)]
    #[doc = "Twice."]
    #[cfg(all())]
    pub(crate) struct Documented {
        /// So is the layer.
        a: 3 + 1,
        b: 2,
    }
}
of_attributes! {
    #[cfg(any())]
    struct Never { a: 3 + 1 }
}

// Widths, activations, names, layers, networks, options.
macro_rules! of_parts {
    (
        $n:ty, $activation:ty, $width:expr, $literal:literal, $rate:literal, $path:path, $block:block,
        $name:ident, $layer:expr, $network:path, $network2:ty, $option:ident = $value:expr, $init:path
    ) => {
        nn::network! {
            struct $n {
                $name: dense(4 -> $literal, $activation),
                x: dense($block, $path),
                y: $layer,
                z: dense(4, leaky_relu($rate)),
                w: dense($width, elu(0.5), $option = $value, init = $init) * 2,
                q: $network,
                r: $network2,
                s: residual($layer, dense(4)),
                t: dropout($rate),
                u: dense(1),
            }
        }
    };
}
of_parts!(
    Parts, my::Swish, 2 * 2, 3, 0.1, nn::activation::Relu, { 3 + 2 }, hidden, dense(4, relu), my::Encoder, my::Encoder,
    bias = false, nn::init::Zeros
);
macro_rules! of_layers {
    ($n:ident, $t:ident, $($layer:expr),*) => {
        nn::network! { struct $n(dense(3 -> 4), $($layer),*); }
        type $t = nn::network![dense(3 -> 4), $($layer),*];
    };
}
of_layers!(Layers, LayersType, dense(4, relu) * 3, layer_norm, dropout(0.2), dense(10, softmax));
macro_rules! of_text {
    ($n:ident, $t:ident, $text:literal, $same:expr) => {
        nn::network! { struct $n = $text; }
        type $t = nn::network!($same);
    };
}
of_text!(Text, TextType, "dense(3 → 4)", "dense(3→4)");
macro_rules! of_numbers {
    ($n:ident, $number:literal, $sum:expr) => {
        nn::network! { struct $n(dense(3 -> 4, leaky_relu($number)), dense(2, elu($sum))); }
    };
}
of_numbers!(Numbers, 0.1, -0.25 + 1.0);

// An expression stays together, regardless of the operators next to it.
macro_rules! of_operators {
    ($n:ident, $t:ident, $a:expr, $b:expr, $c:expr) => {
        nn::network! {
            struct $n(
                dense($a -> ($b * 2), relu),
                dense((2 * $b) -> 1, leaky_relu((2.0 * $a as f64))),
                dense({ if $c { $a * 2 } else { first($a, ($a)) } }),
                dense((2 * first($a, [$a][0]))),
            );
        }
        type $t = nn::network![dense((2 * $a) -> ($a * 2))];
    };
}
const fn first(a: usize, _: usize) -> usize {
    a
}
of_operators!(Operators, OperatorsType, 1 + 1, 2 + 1, !(1 < 2) || true);
const _: () = assert!(Operators::INPUTS == 2 && Operators::OUTPUTS == 4);
const _: () = assert!(Operators::PARAMS == (2 * 6 + 6) + (6 + 1) + (4 + 4) + (4 * 4 + 4));
const _: () = assert!(OperatorsType::PARAMS == 4 * 4 + 4);

pub(crate) fn main() {
    let _ = (Private::init(1), Public::init(1), OfCrate::init(1), InCrate::init(1), Private2::init(1));
    let _ = (Public2::init(1), OfSelf::init(1), Documented::init(1), Parts::init(1), Layers::init(1));
    assert_eq!((LayersType::OUTPUTS, TextType::OUTPUTS, Text::OUTPUTS), (10, 4, 4));
    let _ = Numbers::init(1);
}
