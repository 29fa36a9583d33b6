//! The layers of a network as values that the compiler knows.

use core::fmt;
use core::hash::Hash;

/// A network whose layers have names that the compiler checks, for settings by layer such as [`Fit::rate`](crate::Fit::rate).
///
/// [`network!`](crate::network) implements it for a struct by an enum: `DigitsLayer` for `Digits`, with a variant for each
/// layer. A layer that is repeated has its index, and one with others inside it the enum of those.
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
/// assert_eq!(<Deep>::layer("block.1.layer1.weight"), Some(DeepLayer::Block(1, DeepBlockLayer::Layer1)));
/// assert_eq!(<Deep>::layer("outputs"), None);
/// ```
pub trait Layered {
    /// One of the layers.
    type Layer: Copy + Eq + Hash + fmt::Debug + Send + Sync + 'static;

    /// The layer that a tensor of this name belongs to.
    fn layer(tensor: &str) -> Option<Self::Layer>;
}

/// The first part of a name, and what follows.
pub fn first_part(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap_or((name, ""))
}

/// The index of a layer that is there `count` times, and what follows in the name.
pub fn repeated_part(name: &str, count: usize) -> Option<(usize, &str)> {
    let (index, rest) = first_part(name);
    let index = index.parse().ok().filter(|&index| index < count)?;
    Some((index, rest))
}
