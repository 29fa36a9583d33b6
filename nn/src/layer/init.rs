//! Initializers: how the weights of a dense layer are initialized,
//! `dense(784 -> 128, relu, init = he_uniform)`.
//!
//! All are random with mean 0. Their variance is chosen such that neither activations nor gradients
//! grow or shrink from layer to layer, under different assumptions about the activation. Normal
//! ones are not truncated. In the formulas, I and O are the layer's inputs and outputs, N is normal
//! with a standard deviation, and U is uniform in an interval.

#[cfg(not(feature = "std"))]
use num_traits::Float as _; // `sqrt`, which `core` lacks
use tensor::Float;
use tensor::activation::Activation;

pub use tensor::random::Random;

/// An initializer of weights.
///
/// ```
/// use nn::activation::Activation;
/// use nn::init::{Initializer, Random};
/// use nn::layer::{Dense, DenseWith};
/// use nn::{Float, Sequential, activation::Relu, head::Linear};
///
/// /// Sets all weights to ½.
/// struct Half;
///
/// impl Initializer for Half {
///     fn fill<A: Activation, T: Float>(weight: &mut [T], _: [usize; 2], _: Random) {
///         weight.fill(T::of(0.5));
///     }
/// }
///
/// use nn::Network;
/// type Halves = Sequential<Dense<3, 2, Relu, DenseWith<Half, true, 0>>, Linear<2>, 3, 2>;
/// assert_eq!(Halves::init(1).predict(&[1.0, 2.0, 3.0]), [3.0, 3.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an initializer",
    note = "implement `nn::init::Initializer` for it"
)]
pub trait Initializer: 'static {
    /// Fills `weight` from `random`. `widths` are its inputs and outputs; `A` is the activation
    /// that follows it.
    fn fill<A: Activation, T: Float>(weight: &mut [T], widths: [usize; 2], random: Random);
}

/// The default: the initializer that fits the activation's [`GAIN`](Activation::GAIN). N(gain/√I),
/// or [`GlorotNormal`] if it has none.
#[derive(Debug)]
pub struct ByActivation;

impl Initializer for ByActivation {
    fn fill<A: Activation, T: Float>(weight: &mut [T], widths: [usize; 2], random: Random) {
        fill_by_gain(A::GAIN, weight, widths, random);
    }
}

/// [`ByActivation`] for an activation with this [`GAIN`](Activation::GAIN).
pub(crate) fn fill_by_gain<T: Float>(
    gain: Option<f64>,
    weight: &mut [T],
    [i, o]: [usize; 2],
    random: Random,
) {
    let variance = match gain {
        Some(gain) => gain * gain / i as f64,
        None => 2.0 / (i + o) as f64,
    };
    normal(weight, variance, random);
}

/// All zero. Units that start equal stay equal, so use it for a last layer, or one inside a
/// residual.
#[derive(Debug)]
pub struct Zeros;

impl Initializer for Zeros {
    fn fill<A: Activation, T: Float>(weight: &mut [T], _: [usize; 2], _: Random) {
        weight.fill(T::zero());
    }
}

fn normal<T: Float>(weight: &mut [T], variance: f64, random: Random) {
    random.fill_normal(weight, T::zero(), T::of(variance.sqrt()));
}

/// Fills with U(±√(3·variance)), which has this variance.
fn uniform<T: Float>(weight: &mut [T], variance: f64, random: Random) {
    let limit = T::of((3.0 * variance).sqrt());
    random.fill_uniform(weight, -limit, limit);
}

/// One line for each initializer that is defined by a variance: its word in a declaration, and its
/// variance for a layer 300 -> 100, calculated by hand.
macro_rules! by_variance {
    ($(
        $(#[$doc:meta])*
        $word:ident: $Name:ident, $fill:ident, |$i:ident, $o:ident| $variance:expr, $worked:expr;
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug)]
            pub struct $Name;

            impl Initializer for $Name {
                fn fill<A: Activation, T: Float>(
                    weight: &mut [T],
                    [i, o]: [usize; 2],
                    random: Random,
                ) {
                    let variance = |$i: f64, $o: f64| $variance;
                    $fill(weight, variance(i as f64, o as f64), random);
                }
            }
        )*

        /// Each word as a name of its type.
        #[doc(hidden)]
        pub mod words {
            pub use super::{$($Name as $word,)* Zeros as zeros};
        }

        /// Every word.
        #[doc(hidden)]
        pub const WORDS: &[&str] = &[$(stringify!($word),)* "zeros"];

        /// Fills a weight by the initializer with this word. Returns whether there is one.
        #[cfg(feature = "std")]
        pub(crate) fn fill_by_word<T: Float>(
            word: &str,
            weight: &mut [T],
            widths: [usize; 2],
            random: Random,
        ) -> bool {
            // None of these initializers uses the activation.
            use tensor::activation::Identity;
            match word {
                $(stringify!($word) => $Name::fill::<Identity, T>(weight, widths, random),)*
                "zeros" => Zeros::fill::<Identity, T>(weight, widths, random),
                _ => return false,
            }
            true
        }

        #[cfg(test)]
        fn check_rules() {
            $(tests::check::<$Name>($worked, stringify!($fill) == "uniform");)*
        }
    };
}

by_variance! {
    /// N(√(2/I)): for relu and similar functions, half of whose units are inactive (He et al.
    /// 2015).
    he_normal: HeNormal, normal, |i, _o| 2.0 / i, 1.0 / 150.0;
    /// U(±√(6/I)), with the variance of [`HeNormal`] (He et al. 2015).
    he_uniform: HeUniform, uniform, |i, _o| 2.0 / i, 1.0 / 150.0;
    /// N(√(2/(I + O))): for functions that are close to the identity around zero (Glorot and Bengio
    /// 2010).
    glorot_normal: GlorotNormal, normal, |i, o| 2.0 / (i + o), 1.0 / 200.0;
    /// U(±√(6/(I + O))), with the variance of [`GlorotNormal`] (Glorot and Bengio 2010).
    glorot_uniform: GlorotUniform, uniform, |i, o| 2.0 / (i + o), 1.0 / 200.0;
    /// N(√(1/I)): keeps the variance of linear units (LeCun et al. 1998), as selu needs it
    /// (Klambauer et al. 2017).
    lecun_normal: LecunNormal, normal, |i, _o| 1.0 / i, 1.0 / 300.0;
    /// U(±√(3/I)), with the variance of [`LecunNormal`] (LeCun et al. 1998).
    lecun_uniform: LecunUniform, uniform, |i, _o| 1.0 / i, 1.0 / 300.0;
}

#[cfg(test)]
mod tests {
    use tensor::activation::{Relu, Tanh};

    use super::*;

    /// The weights of a layer 300 -> 100 have this variance, and uniform ones no tail.
    pub(super) fn check<R: Initializer>(variance: f64, uniform: bool) {
        let mut weight = vec![0.0_f64; 300 * 100];
        R::fill::<Relu, f64>(&mut weight, [300, 100], Random::new(1, 2));
        let mean = weight.iter().sum::<f64>() / 3e4;
        let found = weight.iter().map(|w| w * w).sum::<f64>() / 3e4;
        assert!(mean.abs() < 4.0 * (variance / 3e4).sqrt(), "mean {mean}");
        assert!((found / variance - 1.0).abs() < 0.03, "variance {found}, not {variance}");
        let most = weight.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
        assert_eq!(most < (3.0 * variance).sqrt() * 1.000_001, uniform);
    }

    #[test]
    fn spreads_are_those_of_the_formulas() {
        check::<ByActivation>(1.0 / 150.0, false);
        check_rules();
    }

    #[test]
    fn the_rule_by_activation_is_he_or_glorot() {
        let fill = |fill: fn(&mut [f32], [usize; 2], Random)| {
            let mut weight = [0.0_f32; 12];
            fill(&mut weight, [3, 4], Random::new(5, 0));
            weight
        };
        assert_eq!(fill(ByActivation::fill::<Tanh, f32>), fill(GlorotNormal::fill::<Tanh, f32>));
        assert_eq!(fill(Zeros::fill::<Tanh, f32>), [0.0; 12]);
    }
}
