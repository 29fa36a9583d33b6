//! Activations whose parameter is part of the type, as in `dense(784 -> 128, leaky_relu(0.1))`.
//!
//! On stable Rust a const parameter cannot be a float, but it can be the float's bits:
//! `leaky_relu(0.1)` is `LeakyReluWith<{ 0.1_f64.to_bits() }>`. The functions are those of the
//! activation whose parameter is a field. Each row of the list that names such a type defines one
//! here.

use super::Activation;
use super::piecewise::LeakyRelu;
use crate::decimal::Written;
use crate::float::Float;

macro_rules! with_parameters {
    ($(
        $word:ident $(| $other:ident)*: $Plain:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
    )*) => { $($(
        #[doc = concat!(
            "[`", stringify!($Plain), "`](super::", stringify!($Plain), ") with the ",
            stringify!($parameter), " whose bits are `BITS`; positive."
        )]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $With<const BITS: u64>;

        impl<const BITS: u64> $With<BITS> {
            const PLAIN: super::$Plain = {
                let $parameter = f64::from_bits(BITS);
                assert!(
                    $parameter > 0.0 && $parameter.is_finite(),
                    concat!(
                        stringify!($word), ": its ", stringify!($parameter),
                        " must be a positive number"
                    )
                );
                super::$Plain { $parameter }
            };
        }

        impl<const BITS: u64> Activation for $With<BITS> {
            const NAME: &'static str =
                const { &Written::call(stringify!($word), f64::from_bits(BITS)) }.as_str();
            const IS_OWN: bool = false;
            const KEEPS_INPUT: bool = super::$Plain::KEEPS_INPUT;
            const GAIN: Option<f64> = gain!($Plain, Self::PLAIN);

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
    )?)* };
}

/// The gain of an activation with a parameter: that of the plain one, regardless of the parameter,
/// except where there is a formula.
macro_rules! gain {
    (LeakyRelu, $plain:expr) => {
        Some($plain.gain())
    };
    ($Plain:ident, $plain:expr) => {
        super::$Plain::GAIN
    };
}

crate::for_each_activation!(with_parameters);

impl LeakyRelu {
    /// The gain for the weights before it: √(2/(1 + slope²)) (He et al. 2015).
    pub const fn gain(self) -> f64 {
        root(2.0 / (1.0 + self.slope * self.slope))
    }
}

/// √x for x in 0..=2, by Newton's method: `sqrt` is not a const function.
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
