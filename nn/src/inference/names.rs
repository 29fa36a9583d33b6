//! How the layers of a network are called, those of a network inside it included.

use super::{Info, LayerInfo};
use crate::head::HeadInfo;

/// The names of a network's layers, in order; those that are missing are called `layer1`, `layer2`, …
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    pub(crate) names: &'a [&'a str],
    /// The network that this one is a layer of, and which.
    pub(crate) outer: Option<(&'a Names<'a>, usize)>,
}

impl Names<'_> {
    /// The full name of the layer at `index` of this network: `hidden`, or `encoder.layer1` inside
    /// another.
    pub(crate) fn of(&self, index: usize) -> String {
        let name = self
            .names
            .get(index)
            .map_or_else(|| format!("layer{}", index + 1), |name| (*name).to_string());
        match self.outer {
            Some((outer, at)) => format!("{}.{name}", outer.of(at)),
            None => name,
        }
    }
}

impl Info {
    /// Shows every layer with its full name and the place of its parameters in the flat buffer, in order.
    pub(crate) fn each(
        &'static self,
        names: &[&str],
        mut see: impl FnMut(String, &'static LayerInfo, usize),
    ) {
        let names = Names { names, outer: None };
        self.each_from(names, &mut 0, &mut 0, &mut see);
    }

    fn each_from(
        &'static self,
        names: Names<'_>,
        index: &mut usize,
        offset: &mut usize,
        see: &mut dyn FnMut(String, &'static LayerInfo, usize),
    ) {
        match self {
            Info::Layer(layer) => {
                see(names.of(*index), layer, *offset);
                *index += 1;
                *offset += layer.len;
            }
            Info::Residual(layers) => layers.each_from(names, index, offset, see),
            Info::Then(a, b) | Info::Inputs(a, b) | Info::Heads(a, b) => {
                a.each_from(names, index, offset, see);
                b.each_from(names, index, offset, see);
            }
            Info::Nested { names: inner, layers, .. } => {
                let names = Names { names: inner, outer: Some((&names, *index)) };
                layers.each_from(names, &mut 0, offset, see);
                *index += 1;
            }
        }
    }

    /// The layers as a declaration would write them, the last one with the activation `head` if it
    /// has none of its own.
    pub(crate) fn declaration(&self, head: &HeadInfo) -> String {
        const NONE: &HeadInfo = &HeadInfo::NONE;
        match self {
            Info::Layer(layer) => {
                let head = head.to_string();
                let linear = layer.activation == "linear";
                let activation = if linear { &head } else { layer.activation };
                let mut text = format!("{}({} -> {}", layer.kind, layer.inputs, layer.outputs);
                for detail in [activation, layer.option].into_iter().filter(|text| !text.is_empty())
                {
                    text += ", ";
                    text += detail;
                }
                text + ")"
            }
            Info::Then(a, b) => format!("{}, {}", a.declaration(NONE), b.declaration(head)),
            Info::Residual(layers) => format!("residual({})", layers.declaration(NONE)),
            Info::Inputs(a, b) => {
                format!("concat(({}), ({}))", a.declaration(NONE), b.declaration(NONE))
            }
            Info::Heads(a, b) => {
                let (of_a, of_b) = head.of_branches();
                format!("heads(({}), ({}))", a.declaration(of_a), b.declaration(of_b))
            }
            Info::Nested { layers, .. } => format!("network({})", layers.declaration(NONE)),
        }
    }

    /// Whether [`Info::declaration`] has a place for the head.
    pub(crate) const fn shows(&self, head: &HeadInfo) -> bool {
        match self {
            Info::Layer(layer) => matches!(layer.activation.as_bytes(), b"linear"),
            Info::Then(_, last) => last.shows(head),
            Info::Heads(a, b) => match head {
                HeadInfo::One(_) => false,
                HeadInfo::Both(of_a, of_b) => a.shows(of_a) && b.shows(of_b),
            },
            _ => false,
        }
    }
}
