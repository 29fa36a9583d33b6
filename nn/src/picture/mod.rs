//! Pictures of networks as SVG, drawn from the type alone: [`Picture::svg`].
//!
//! | file | |
//! |---|---|
//! | `pieces` | converts the layers to rows of pieces, one per layer |
//! | `plan` | the kinds of pieces, and how much room each needs |
//! | `draw` | places the pieces from left to right along an axis |
//! | `canvas` | writes the shapes as SVG |

mod canvas;
mod draw;
mod pieces;
mod plan;
#[cfg(test)]
mod tests;

use crate::head::{HeadFunction, HeadInfo};
use crate::layer::Info;
use crate::network::Architecture;

/// A network that can be drawn from its type.
pub trait Picture: Architecture {
    /// Draws the network from its type alone. Returns a self-contained SVG document that follows
    /// the system's light or dark mode.
    ///
    /// Columns of dots are layers of units; of wide layers some dots are left out. Bars are layers
    /// that treat each unit by itself. Residuals, several inputs, heads, and nested networks are
    /// drawn as such. Of more than three equal layers in a row, only the first and the last are
    /// drawn.
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

/// Draws these layers.
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
