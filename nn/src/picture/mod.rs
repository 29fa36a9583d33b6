//! A picture of a network from its type alone: [`Network::svg`](crate::Network::svg).
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

use crate::head::{Activate, HeadInfo};
use crate::layer::Info;
use crate::network::Network;

/// See [`Network::svg`](crate::Network::svg).
pub(crate) fn svg<N: Network>() -> String {
    picture(N::NAME, N::NAMES, N::INFO, &<N::Head as Activate<N::Float>>::INFO)
}

fn picture(name: &str, names: &[&str], info: &Info, head: &HeadInfo) -> String {
    let row = pieces::network(names, info, head);
    let subtitle = format!(
        "{} → {} · {} parameters",
        canvas::grouped(info.inputs()),
        canvas::grouped(info.outputs()),
        canvas::grouped(info.params())
    );
    draw::picture(name, &subtitle, &row)
}
