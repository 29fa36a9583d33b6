//! The list of the built-in activations. Their compiled forms, their words and their tests are
//! generated from it.
//!
//! Each activation is a row at the end of the file that defines it.

use super::compiled::Compiled;
use super::{map, scale_by_derivative};

/// Calls a macro with the list of all built-in activations, to generate code or tests for each of
/// them.
///
/// A row is the word of `network!`, or several, and the type. If the activation has a parameter,
/// the row continues with the type that has it as its const parameter, its name, and a value to
/// test with:
///
/// ```text
/// linear | identity: Identity;
/// leaky_relu: LeakyRelu, LeakyReluWith(slope = 0.2);
/// ```
///
/// The rows of a file of `activation` are at its end, and these files are listed here. To add an
/// activation, write its type and its row.
///
/// ```
/// macro_rules! words {
///     ($(
///         $word:ident $(| $other:ident)*: $Type:ident
///             $(, $With:ident($parameter:ident = $value:literal))?;
///     )*) => {
///         [$(stringify!($word)),*]
///     };
/// }
///
/// let words = tensor::for_each_activation!(words);
/// assert!(words.contains(&"relu"));
/// ```
#[macro_export]
macro_rules! for_each_activation {
    // Each file appends its rows to the list and hands it to the next one: a macro cannot return
    // rows.
    ($($callback:tt)+) => {
        $crate::__piecewise_activations! {
            __smooth_activations __gated_activations __call_with_activations ($($callback)+)
        }
    };
}

/// The end of [`for_each_activation!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __call_with_activations {
    (($($callback:tt)+) $($list:tt)*) => {
        $($callback)+! { $($list)* }
    };
}

macro_rules! compile {
    ($(
        $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
    )*) => {
        /// The words of the activations in a declaration, each with the name of its parameter if it
        /// has one.
        pub const WORDS: &[(&str, Option<&str>)] = &[$(
            (stringify!($word), optional!($($parameter)?)),
            $((stringify!($other), None),)*
        )*];

        $(impl Compiled for super::$Type {
            fn forward_f32(self, values: &mut [f32]) {
                map(self, values);
            }
            fn forward_f64(self, values: &mut [f64]) {
                map(self, values);
            }
            fn backward_f32(self, dy: &mut [f32], x: &[f32], y: &[f32]) {
                scale_by_derivative(self, dy, x, y);
            }
            fn backward_f64(self, dy: &mut [f64], x: &[f64], y: &[f64]) {
                scale_by_derivative(self, dy, x, y);
            }
        })*
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($word:ident) => {
        Some(stringify!($word))
    };
}

crate::for_each_activation!(compile);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::*;

    /// Value and derivative against central differences in `f64`, the slice forms against the
    /// scalar ones in `f32` and `f64`, on odd lengths.
    fn check<A: Activation>(f: A) {
        assert!(!A::IS_OWN, "{f:?} says that it is none of the list");
        for i in -40..=40 {
            let x = f64::from(i) * 0.17 + 0.013; // off every kink
            let h = 1e-6;
            let slope = (f.value(x + h) - f.value(x - h)) / (2.0 * h);
            let y = f.value(x);
            let seen = if A::KEEPS_INPUT { x } else { y };
            let derivative = f.derivative(seen, y);
            assert!((slope - derivative).abs() < 1e-8, "{f:?}'({x}): {derivative}, {slope}");
        }
        check_slices::<A, f32>(f);
        check_slices::<A, f64>(f);
        for x in [100.0_f64, -100.0, 1e30, -1e30] {
            let y = f.value(x);
            let derivative = f.derivative(if A::KEEPS_INPUT { x } else { y }, y);
            let finite = y.is_finite() && derivative.is_finite();
            assert!(finite, "{f:?}({x:e}): {y}, slope {derivative}");
        }
        for x in [f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, -5e-324] {
            let y = f.value(x);
            let derivative = f.derivative(if A::KEEPS_INPUT { x } else { y }, y);
            assert!(!y.is_nan() && derivative.is_finite(), "{f:?}({x:e}): {y}, slope {derivative}");
            // A very negative input gives the same as −∞.
            let limit: f64 = f.value(-1e300);
            assert!(
                x != f64::NEG_INFINITY || limit.abs() > 1e200 || y == limit,
                "{f:?}: {y}, {limit}"
            );
        }
        assert!(f.value(f64::NAN).is_nan(), "{f:?} swallows NaN");
    }

    fn check_slices<A: Activation, T: Float>(f: A) {
        for length in [0, 1, 7, 16, 37] {
            let mut x: Vec<T> = (0..length).map(|i| T::of(i as f64 * 0.3 - 4.0)).collect();
            let ends = [T::infinity(), T::neg_infinity(), T::max_value(), T::min_value()];
            x.iter_mut().skip(7).zip(ends).for_each(|(x, end)| *x = end);
            let expected: Vec<T> = x.iter().map(|&x| f.value(x)).collect();
            let mut y = x.clone();
            f.forward(&mut y);
            assert_eq!(y, expected, "{f:?} forward");
            let mut dy: Vec<T> = (0..length).map(|i| T::of(i as f64 * 0.3 - 3.0)).collect();
            let expected: Vec<T> =
                dy.iter().zip(&x).zip(&y).map(|((&d, &x), &y)| d * f.derivative(x, y)).collect();
            f.backward(&mut dy, &x, &y);
            assert_eq!(dy, expected, "{f:?} backward");
        }
    }

    /// An activation whose parameter is part of its type equals the one whose parameter is a field.
    fn check_same<A: Activation, B: Activation>(plain: A, with: B) {
        assert_eq!(A::KEEPS_INPUT, B::KEEPS_INPUT, "{plain:?}");
        for x in [-3.0, -0.5, 0.0, 2.0] {
            let y = plain.value(x);
            assert_eq!(y, with.value(x), "{plain:?} at {x}");
            assert_eq!(plain.derivative(x, y), with.derivative(x, y), "{plain:?}' at {x}");
        }
    }

    macro_rules! derivatives {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {$(
            check::<$Type>(Default::default());
            $(
                check($Type { $parameter: $value });
                check($With::<{ f64::to_bits($value) }>);
                check_same($Type { $parameter: $value }, $With::<{ f64::to_bits($value) }>);
            )?
        )*};
    }

    #[test]
    fn derivatives_and_slices_agree_with_the_values() {
        crate::for_each_activation!(derivatives);
    }

    macro_rules! names {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {$(
            assert_eq!($Type::NAME, stringify!($word));
            $(assert_eq!(
                $With::<{ f64::to_bits($value) }>::NAME,
                concat!(stringify!($word), "(", $value, ")")
            );)?
        )*};
    }

    #[test]
    fn an_activation_is_called_what_it_is_written() {
        crate::for_each_activation!(names);
        for (at, (word, _)) in WORDS.iter().enumerate() {
            assert!(
                WORDS[..at].iter().all(|(other, _)| other != word),
                "`{word}` is two activations"
            );
        }
    }

    macro_rules! types {
        ($(
            $word:ident $(| $other:ident)*: $Type:ident
            $(, $With:ident($parameter:ident = $value:literal))?;
        )*) => {
            [$(stringify!($Type)),*]
        };
    }

    /// Names of the types for which the Rust files of a folder implement `Activation`.
    fn activations(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(activations(&path));
                continue;
            }
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let Some((start, name)) = line.split_once("Activation for ") else { continue };
                if start.trim_start().starts_with("impl") {
                    let end = name.find(|c: char| !c.is_alphanumeric() && c != '$');
                    found.push(name[..end.unwrap_or(name.len())].to_string());
                }
            }
        }
        found
    }

    #[test]
    fn every_activation_is_in_the_list() {
        let listed = crate::for_each_activation!(types);
        let found = activations(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
        // The last one generates the types with a parameter.
        let unlisted = found.iter().filter(|&name| !listed.contains(&&name[..]) && name != "$With");
        let unlisted: Vec<_> = unlisted.collect();
        assert!(unlisted.is_empty(), "activations without a row in their file: {unlisted:?}");
        assert_eq!(found.len(), listed.len() + 1, "this test does not find all of them");
    }
}
