//! Activations whose parameter is part of the type, as in `dense(784 -> 128, leaky_relu(0.1))`.
//!
//! A type cannot have a float as its parameter on stable Rust, but its bits: `leaky_relu(0.1)` is
//! `LeakyReluWith<{ 0.1_f64.to_bits() }>`. The functions are those of the activation whose parameter
//! is a field.

use super::{Activation, Celu, Elu, LeakyRelu};
use crate::decimal::Written;
use crate::float::Float;

macro_rules! with_parameter {
    ($(#[$doc:meta])* $With:ident, $Plain:ident, $word:literal, $field:ident, $gain:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $With<const BITS: u64>;

        impl<const BITS: u64> $With<BITS> {
            const PLAIN: $Plain = {
                let $field = f64::from_bits(BITS);
                assert!(
                    $field > 0.0 && $field.is_finite(),
                    concat!($word, ": its ", stringify!($field), " must be a positive number")
                );
                $Plain { $field }
            };
        }

        impl<const BITS: u64> Activation for $With<BITS> {
            const NAME: &'static str =
                const { &Written::call($word, f64::from_bits(BITS)) }.as_str();
            const KEEPS_INPUT: bool = $Plain::KEEPS_INPUT;
            const GAIN: Option<f64> = $gain(Self::PLAIN);

            #[inline(always)]
            fn value<T: Float>(&self, x: T) -> T {
                Self::PLAIN.value(x)
            }

            #[inline(always)]
            fn derivative<T: Float>(&self, x: T, y: T) -> T {
                Self::PLAIN.derivative(x, y)
            }

            fn forward<T: Float>(&self, values: &mut [T]) {
                Self::PLAIN.forward(values);
            }

            fn backward<T: Float>(&self, dy: &mut [T], x: &[T], y: &[T]) {
                Self::PLAIN.backward(dy, x, y);
            }
        }
    };
}

with_parameter! {
    /// [`LeakyRelu`] with the slope whose bits are `BITS`; positive.
    ///
    /// Its gain is √(2/(1 + slope²)) (He et al. 2015).
    LeakyReluWith, LeakyRelu, "leaky_relu", slope, leaky_gain
}
with_parameter! {
    /// [`Elu`] with the alpha whose bits are `BITS`; positive.
    EluWith, Elu, "elu", alpha, gain_of
}
with_parameter! {
    /// [`Celu`] with the alpha whose bits are `BITS`; positive.
    CeluWith, Celu, "celu", alpha, gain_of
}

const fn gain_of<A: Activation>(_plain: A) -> Option<f64> {
    A::GAIN
}

const fn leaky_gain(LeakyRelu { slope }: LeakyRelu) -> Option<f64> {
    Some(root(2.0 / (1.0 + slope * slope)))
}

/// √x for x in 0..=2, by Newton's method: constants have no square root.
const fn root(x: f64) -> f64 {
    // From above, the steps fall until they are lost in rounding.
    let mut root = 2.0;
    loop {
        let next = 0.5 * (root + x / root);
        if next < root {
            root = next;
        } else {
            return root;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_plain_ones_and_say_so() {
        type Leaky = LeakyReluWith<{ 0.25_f64.to_bits() }>;
        assert_eq!(Leaky::NAME, "leaky_relu(0.25)");
        assert_eq!(Leaky::default().value(-2.0), -0.5);
        assert_eq!(CeluWith::<{ 0.1_f64.to_bits() }>::NAME, "celu(0.1)");
        assert_eq!(EluWith::<{ 2.0_f64.to_bits() }>.value(f64::NEG_INFINITY), -2.0);
        let gain = Leaky::GAIN.unwrap();
        assert!((gain - (2.0_f64 / 1.0625).sqrt()).abs() < 1e-15, "{gain}");
        for x in [0.0, 1e-9, 0.3, 1.0, 2.0] {
            assert!((root(x) - x.sqrt()).abs() < 1e-12, "{x}: {}", root(x));
        }
    }
}
