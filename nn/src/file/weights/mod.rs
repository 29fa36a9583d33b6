//! Weights as part of the program: a trained network in a `static`.

mod arrange;
mod texts;

use core::fmt;
use core::marker::PhantomData;

use tensor::embedded::Plain;

pub use arrange::{Arranged, Sizes, sizes_to_arrange};
pub use texts::StaticWords;

use crate::head::HeadFunction as _;
#[cfg(feature = "std")]
use crate::labels::Labels;
use crate::layer::Inference;
use crate::network::{Architecture, logits};
use crate::row::Row as _;
#[cfg(feature = "std")]
use crate::words::Words;

/// The weights of the network `N` in a `static`, created by
/// [`include_weights!`](crate::include_weights).
///
/// ```standalone_crate
/// use nn::{Weights, include_weights, network};
///
/// network! { pub struct Digits(dense(784 -> 128, relu), dense(128 -> 10, softmax)); }
///
/// static DIGITS: Weights<Digits> =
///     include_weights!("../../../examples/embedded/digits.safetensors");
///
/// let probabilities: [f32; 10] = DIGITS.predict(&[0.5; 784]);
/// assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// ```
///
/// Predictions allocate nothing and need no standard library, no file and no initialization.
/// Parameters are read where the linker put them, in flash on a microcontroller. Without the
/// standard library, on a CPU whose build target has no fused multiply-add (on x86, `-C
/// target-feature=+fma` enables it), that operation is a function call: the same bits, slower.
///
/// The names of classes and the words of columns are included, see
/// [`class_names`](Self::class_names) and [`words`](Self::words).
pub struct Weights<N: Architecture> {
    parameters: &'static [N::Float],
    class_names: StaticWords<'static>,
    words: StaticWords<'static>,
    network: PhantomData<fn() -> N>,
}

impl<N: Architecture> Weights<N> {
    /// Bytes of stack for the numbers of one prediction: the outputs of all layers, and the result.
    pub const STACK: usize = (<N::Layers as Inference>::STACK + <N::Layers as Inference>::OUTPUTS)
        * size_of::<N::Float>();

    /// The arranged weights.
    #[doc(hidden)]
    pub const fn new<const BYTES: usize, const WORDS: usize, const TEXT: usize>(
        arranged: &'static Arranged<N, BYTES, WORDS, TEXT>,
    ) -> Self
    where
        N::Float: Plain,
    {
        Weights {
            parameters: arranged.parameters(),
            class_names: arranged.class_names(),
            words: arranged.words(),
            network: PhantomData,
        }
    }

    /// All parameters in the order of the layers, including gaps.
    pub const fn parameters(&self) -> &'static [N::Float] {
        self.parameters
    }

    /// The names of the classes in the order of their indices; empty if the saved network did not
    /// have them.
    pub const fn class_names(&self) -> StaticWords<'static> {
        self.class_names
    }

    /// The words of all columns that the network knows; empty without such columns, or if the saved
    /// network had only fingerprints. For those of one column call
    /// [`known_words`](crate::Network::known_words) of [`to_network`](Self::to_network).
    pub const fn words(&self) -> StaticWords<'static> {
        self.words
    }

    /// The output for one sample.
    #[inline]
    pub fn predict(&self, input: &N::Input) -> N::Output {
        let mut output = self.logits(input);
        N::Head::activate(output.as_mut_slice());
        output
    }

    /// The last layer's outputs for one sample, before the head's function.
    #[inline]
    pub fn logits(&self, input: &N::Input) -> N::Output {
        logits::<N>(self.parameters, input)
    }

    /// Creates a network with its own copy of the parameters, which can be trained further, and all
    /// names and words.
    #[cfg(feature = "std")]
    pub fn to_network(&self) -> N
    where
        N: crate::Network,
    {
        let mut parameters = crate::Parameters::zeroed(self.parameters.len());
        parameters.as_mut_slice().copy_from_slice(self.parameters);
        parameters.set_words(Words::new(self.words.iter()));
        if !self.class_names.is_empty() {
            let names = self.class_names.iter().map(str::to_owned).collect();
            parameters.name_classes(Labels::of_different(names));
        }
        N::from_parameters(parameters)
    }
}

impl<N: Architecture> Clone for Weights<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Architecture> Copy for Weights<N> {}

impl<N: Architecture> fmt::Debug for Weights<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weights({}, {} parameters)", N::NAME, N::PARAMS)
    }
}

impl<N: Architecture> fmt::Display for Weights<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(N::SUMMARY)
    }
}

/// Includes the weights of a safetensors file in the program: for `static DIGITS: Weights<Digits> =
/// …`.
///
/// The path is relative to the source file, as with `include_bytes!`. The compiler reads the file
/// and refuses one that was saved by another network, or differs from the network in a tensor,
/// shape or type, which it names. The numbers are arranged as the network reads them, aligned to 64
/// bytes; the file itself does not become part of the program. See [`Weights`](crate::Weights).
///
/// The 16-bit floats F16 and BF16 are widened for a network of `f32`; for other types load and save
/// the file first. Files are accepted by the same rules as in
/// [`Checkpoint::load`](crate::Checkpoint::load).
///
/// Unlike there, numbers are not checked for being finite;
/// [`Checkpoint::save`](crate::Checkpoint::save) writes only finite ones.
///
/// Names of classes must be as many as the network has outputs. That its head is one of classes is
/// not checked, unlike there: without the standard library no head knows its targets.
#[macro_export]
macro_rules! include_weights {
    ($path:expr $(,)?) => {
        $crate::Weights::new(
            const {
                const FILE: &[::core::primitive::u8] = ::core::include_bytes!($path);
                const SIZES: $crate::Sizes = $crate::sizes_to_arrange(FILE);
                &$crate::Arranged::<_, { SIZES.bytes }, { SIZES.words }, { SIZES.text }>::of::<
                    { SIZES.tensors },
                >(FILE)
            },
        )
    };
}
