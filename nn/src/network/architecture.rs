//! [`Architecture`]: the types and constants of a network, without parameters.

use tensor::Float;
#[cfg(feature = "std")]
use tensor::simd::Isa;
use tensor::simd::{Inline, vectorize_inline};

#[cfg(feature = "std")]
use crate::head::Head;
use crate::head::{HeadFunction, HeadInfo};
use crate::layer::{Inference, Info, Layer};
use crate::row::Row;
use crate::text::Text;

use super::{Units, summary};

/// The types and constants of a network.
///
/// [`network!`](crate::network) implements it. The required items only describe the network;
/// everything else follows from them.
///
/// ```
/// use nn::network;
///
/// network! { pub struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
///
/// const { assert!(Digits::PARAMS == 101_770) }; // known before anything runs
/// ```
pub trait Architecture: Sized + 'static {
    /// The type of parameters, inputs and outputs.
    type Float: Float;
    /// The layers, joined by [`Then`](crate::layer::Then).
    type Layers: Layer;
    /// The head: the function after the last layer, the kind of target, and the default loss.
    #[cfg(feature = "std")]
    type Head: Head<Self::Float, Target = Self::Target>;
    /// The head: the function after the last layer.
    #[cfg(not(feature = "std"))]
    type Head: HeadFunction<Self::Float>;
    /// One sample: `[Float; inputs]`.
    type Input: Row<Self::Float>;
    /// One prediction: `[Float; outputs]`.
    type Output: Row<Self::Float>;
    /// The target of one sample.
    #[cfg(feature = "std")]
    type Target: Copy + Send + Sync + 'static;

    /// The network's name.
    const NAME: &'static str;

    /// The layers' names. Missing ones are called `layer1`, `layer2`, … A nested network counts as
    /// one layer; its own layers are called `encoder.layer1` and so on.
    const NAMES: &'static [&'static str];

    /// The layers.
    const INFO: &'static Info = &<Self::Layers as Inference>::INFO;

    /// Numbers per sample.
    const INPUTS: usize = <Self::Input as Row<Self::Float>>::LEN;

    /// Numbers per prediction.
    const OUTPUTS: usize = <Self::Output as Row<Self::Float>>::LEN;

    /// Number of trained parameters.
    const PARAMS: usize = Self::INFO.params();

    /// Size in bytes of the parameters, and of the state that is saved with them, such as running
    /// means.
    const BYTES: usize = Self::INFO.stored() * size_of::<Self::Float>();

    /// Multiplications and additions in the matrix products of one prediction.
    const FLOPS: usize = Self::INFO.flops();

    /// The same for one sample of a training step: the forward pass, the gradient of the weights,
    /// and the gradient of every layer's input, except for layers that see the network's own.
    const STEP_FLOPS: usize = 3 * Self::FLOPS - Self::INFO.first_flops();

    /// A table of the layers with their sizes.
    const SUMMARY: &'static str = {
        assert!(
            <Self::Layers as Inference>::INPUTS == <Self::Input as Row<Self::Float>>::LEN
                && <Self::Layers as Inference>::OUTPUTS == <Self::Output as Row<Self::Float>>::LEN
                && <Self::Layers as Inference>::OUTPUTS
                    == <Self::Head as HeadFunction<Self::Float>>::UNITS,
            "the network's Input, Output and Head must have the widths of its layers"
        );
        const {
            &summary::table(
                Self::NAME,
                Self::NAMES,
                Self::INFO,
                &<Self::Head as HeadFunction<Self::Float>>::INFO,
                size_of::<Self::Float>(),
            )
        }
        .as_str()
    };
}

/// Returns the last layer's values for one sample with these parameters, before the head's
/// function.
#[inline]
pub(crate) fn logits<N: Architecture>(parameters: &[N::Float], input: &N::Input) -> N::Output {
    let mut logits = match const { N::Layers::ENCODES } {
        false => encoded_logits::<N>(parameters, input.as_slice()),
        true => {
            let mut encoded = *input;
            vectorize_inline(Encode::<N> { parameters, rows: encoded.as_mut_slice() });
            encoded_logits::<N>(parameters, encoded.as_slice())
        }
    };
    if let Some(units) = Units::of::<N>(parameters) {
        units.own(logits.as_mut_slice());
    }
    logits
}

/// Encodes rows in place with the encoder at the front, one after the other.
#[cfg(feature = "std")]
pub(crate) fn encode_rows<N: Architecture>(parameters: &[N::Float], rows: &mut [N::Input]) {
    vectorize_inline(Encode::<N> { parameters, rows: Row::flatten_mut(rows) });
}

/// The encoder at the front, applied to some rows.
struct Encode<'a, N: Architecture> {
    parameters: &'a [N::Float],
    rows: &'a mut [N::Float],
}

impl<N: Architecture> Inline for Encode<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.rows.chunks_exact_mut(N::Layers::INPUTS) {
            N::Layers::encode(self.parameters, row);
        }
    }
}

/// [`logits`] of an encoded row.
#[inline]
fn encoded_logits<N: Architecture>(parameters: &[N::Float], input: &[N::Float]) -> N::Output {
    #[cfg(feature = "std")]
    let outputs = match const { N::FLOPS <= INLINE_FLOPS } && Isa::best().has_fma() {
        true => vectorize_inline(Small::<N> { parameters, input }),
        false => N::Layers::predict(parameters, input),
    };
    #[cfg(not(feature = "std"))]
    let outputs = vectorize_inline(Small::<N> { parameters, input });
    let mut logits = N::Output::zeroed();
    logits.as_mut_slice().copy_from_slice(outputs.as_slice());
    logits
}

/// Largest prediction, in multiplications and additions, that is compiled as one function with
/// loops of constant length. At this size the calls and checks of the general product would take a
/// quarter of its time; for smaller ones, most of it. Without a fused multiply-add instruction the
/// general product is faster, since it does not use one.
#[cfg(feature = "std")]
const INLINE_FLOPS: usize = 20_000;

/// The prediction of one sample by a small network.
struct Small<'a, N: Architecture> {
    parameters: &'a [N::Float],
    input: &'a [N::Float],
}

impl<N: Architecture> Inline for Small<'_, N> {
    type Output = <N::Layers as Inference>::Outputs<N::Float>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        N::Layers::predict_inline(self.parameters, self.input)
    }
}

/// The declaration, one layer after the other, which must be the same in a network and a file.
/// Beyond some 500 layers it is truncated, and a hash of the rest is appended.
pub(crate) const fn declaration<N: Architecture>() -> Text<CAPACITY> {
    declaration_of(N::INFO, &<N::Head as HeadFunction<N::Float>>::INFO)
}

/// The same for any layers and head.
pub(crate) const fn declaration_of(info: &Info, head: &HeadInfo) -> Text<CAPACITY> {
    let mut text = Text::new();
    info.push_declaration(head, &mut text);
    if !info.shows(head) {
        text.push(", ");
        head.push_names(&mut text);
    }
    text.sealed()
}

/// Capacity for long declarations.
const CAPACITY: usize = 24 * 1024;
