//! A picture of a network from its type alone: [`Picture::svg`].
//!
//! `pieces` turns what the compiler knows of the layers into rows of pieces, one for each layer; `plan` says
//! what they are and how much room each needs; `draw` puts them in place, from left to right along an
//! axis, and `canvas` writes the shapes as SVG.

mod canvas;
mod draw;
mod pieces;
mod plan;
#[cfg(test)]
mod tests;

use crate::head::{HeadFunction, HeadInfo};
use crate::layer::Info;
use crate::network::Architecture;

/// A network drawn from its type.
pub trait Picture: Architecture {
    /// A picture of the network, from its type alone: an SVG document that needs nothing else, for a page or
    /// a file. It follows the system's light or dark setting.
    ///
    /// Columns of dots are layers of units, wide ones with dots left out; bars are layers that look at one
    /// unit at a time; residuals, several inputs and heads, and networks inside the network are
    /// drawn as such. Where more than three layers in a row are alike, the first and the last stand
    /// for them.
    ///
    /// ```
    /// use nn::{Picture, network};
    ///
    /// network! { pub struct Digits(dense(784 -> 128, relu), dense(10, softmax)); }
    ///
    /// std::fs::write(std::env::temp_dir().join("digits.svg"), <Digits as Picture>::svg())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn svg() -> String {
        picture(
            Self::NAME,
            Self::NAMES,
            Self::INFO,
            &<Self::Head as HeadFunction<Self::Float>>::INFO,
        )
    }
}

impl<N: Architecture> Picture for N {}

/// A picture of these layers.
pub(crate) fn picture(name: &str, names: &[&str], info: &Info, head: &HeadInfo) -> String {
    let row = pieces::network(names, info, head);
    let subtitle = format!(
        "{} → {} · {} parameters",
        canvas::grouped(info.inputs()),
        canvas::grouped(info.outputs()),
        canvas::grouped(info.params())
    );
    draw::picture(name, &subtitle, &row)
}
