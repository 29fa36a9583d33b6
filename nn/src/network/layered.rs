//! [`Layered`]: the layers of a network as values of an enum.

use core::fmt;
use core::hash::Hash;

/// A network whose layer names the compiler checks, for settings by layer such as
/// [`Fit::rate`](crate::Fit::rate).
///
/// [`network!`](crate::network) implements it for a struct with an enum: `DigitsLayer` for
/// `Digits`, with a variant per layer. The variant of a repeated layer has its index, and that of a
/// layer with inner layers has their enum.
///
/// ```
/// use nn::{Layered, network};
///
/// network! {
///     struct Encoder(dense(4 -> 3, tanh), dense(3));
///     struct Deep {
///         trunk: Encoder,
///         block: residual(dense(3, relu), dense(3)) * 2,
///         output: dense(2),
///     }
/// }
///
/// assert_eq!(<Deep>::layer("output.weight"), Some(DeepLayer::Output));
/// assert_eq!(<Deep>::layer("trunk.layer2.bias"), Some(DeepLayer::Trunk(EncoderLayer::Layer2)));
/// assert_eq!(
///     <Deep>::layer("block.1.layer1.weight"),
///     Some(DeepLayer::Block(1, DeepBlockLayer::Layer1))
/// );
/// assert_eq!(<Deep>::layer("outputs"), None);
/// ```
pub trait Layered {
    /// The enum of the layers.
    type Layer: Copy + Eq + Hash + fmt::Debug + Send + Sync + 'static;

    /// Returns the layer that the tensor of this name belongs to.
    fn layer(tensor: &str) -> Option<Self::Layer>;
}

/// Splits a name into its first part and the rest.
pub fn first_part(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or((name, ""))
}

/// Splits off the index of a layer that is repeated `count` times; returns it and the rest of the
/// name.
pub fn repeated_part(name: &str, count: usize) -> Option<(usize, &str)> {
    let (index, rest) = first_part(name);
    let index = index.parse().ok().filter(|&index| index < count)?;
    Some((index, rest))
}
