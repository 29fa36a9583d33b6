//! How the layers of a network are called, those of a network inside it included.

use super::{Info, LayerInfo};

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
    pub(crate) fn declaration(&self, head: &str) -> String {
        match self {
            Info::Layer(layer) => {
                let activation = if layer.activation == "linear" { head } else { layer.activation };
                let mut text = format!("{}({} -> {}", layer.kind, layer.inputs, layer.outputs);
                for detail in [activation, layer.option].into_iter().filter(|text| !text.is_empty())
                {
                    text += ", ";
                    text += detail;
                }
                text + ")"
            }
            Info::Then(a, b) => format!("{}, {}", a.declaration("linear"), b.declaration(head)),
            Info::Residual(layers) => format!("residual({})", layers.declaration("linear")),
            Info::Inputs(a, b) => {
                format!("concat(({}), ({}))", a.declaration("linear"), b.declaration("linear"))
            }
            Info::Heads(a, b) => {
                format!("heads(({}), ({}))", a.declaration("linear"), b.declaration("linear"))
            }
            Info::Nested { layers, .. } => format!("network({})", layers.declaration("linear")),
        }
    }

    /// Whether [`Info::declaration`] has a place for the head.
    pub(crate) const fn shows_head(&self) -> bool {
        match self {
            Info::Layer(layer) => matches!(layer.activation.as_bytes(), b"linear"),
            Info::Then(_, last) => last.shows_head(),
            _ => false,
        }
    }
}
