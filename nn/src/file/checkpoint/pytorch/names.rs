//! PyTorch's names of the tensors of each layer.

use std::collections::HashSet;

use super::numbering::sequential;
use crate::error::{Error, Result, quoted};
use crate::layer::{Info, LayerInfo};
use crate::parameters::NamedTensor;

/// A layer of the notation and its PyTorch module.
struct Twin {
    /// The layer's name in the notation.
    word: &'static str,
    /// Tensors with another name in PyTorch.
    renamed: &'static [(&'static str, &'static str)],
    /// Whether the module counts batches.
    counts: bool,
}

/// Every layer of the notation that corresponds to a module, with or without tensors.
const TWINS: &[Twin] = &[
    Twin { word: "dense", renamed: &[], counts: false },
    Twin { word: "dropout", renamed: &[], counts: false },
    // PyTorch has no module for it, and none is needed: it has no tensors and is the identity in
    // predictions.
    Twin { word: "gaussian_dropout", renamed: &[], counts: false },
    Twin { word: "alpha_dropout", renamed: &[], counts: false },
    Twin { word: "stochastic_depth", renamed: &[], counts: false },
    Twin { word: "input", renamed: &[], counts: false },
    Twin { word: "layer_norm", renamed: &[("scale", "weight"), ("shift", "bias")], counts: false },
    Twin {
        word: "batch_norm",
        renamed: &[("scale", "weight"), ("shift", "bias"), ("running_variance", "running_var")],
        counts: true,
    },
    Twin { word: "rms_norm", renamed: &[("scale", "weight")], counts: false },
    // PyTorch has no module for it; PyTorch's own code uses this name for such a parameter.
    Twin { word: "layer_scale", renamed: &[("scale", "weight")], counts: false },
    Twin { word: "prelu", renamed: &[("slope", "weight")], counts: false },
    Twin { word: "group_norm", renamed: &[("scale", "weight"), ("shift", "bias")], counts: false },
    // PyTorch has no module for it: it is an `nn.Linear` with twice as many outputs, first the
    // values and then the gates.
    Twin { word: "highway", renamed: &[], counts: false },
    Twin { word: "glu", renamed: &[], counts: false },
    Twin { word: "swiglu", renamed: &[], counts: false },
];

/// The tensors of a dense layer under `torch.nn.utils.parametrizations.weight_norm`.
const WEIGHT_NORM: &[(&str, &str)] = &[
    ("weight", "parametrizations.weight.original1"),
    ("scale", "parametrizations.weight.original0"),
];

/// The same under `torch.nn.utils.parametrizations.spectral_norm`.
const SPECTRAL_NORM: &[(&str, &str)] = &[
    ("weight", "parametrizations.weight.original"),
    ("u", "parametrizations.weight.0._u"),
    ("v", "parametrizations.weight.0._v"),
];

/// A network's tensors with PyTorch's names.
pub(super) struct Twins {
    /// In the order of the flat buffer, with PyTorch's shapes.
    pub(super) theirs: Vec<NamedTensor>,
    /// PyTorch's counters of batches, which the network does not have.
    pub(super) counters: Vec<String>,
}

impl Twins {
    /// Names from the modules of these layers, or from those of an `nn.Sequential`.
    pub(super) fn of(
        info: &Info,
        names: &[&str],
        modules: Option<&[(String, String)]>,
    ) -> Result<Self> {
        let modules = match modules {
            None => sequential(info),
            Some(modules) => listed(info, names, modules)?,
        };
        let encoder =
            (0..info.count()).map(|index| info.layer(index).0).find(|layer| layer.encodes);
        if let Some(encoder) = encoder {
            return Err(Error::value(
                "network of a PyTorch file",
                format!("`{}`, which preprocesses rows", encoder.kind),
                "layers that have a PyTorch module",
                "prepare the rows there, and here declare the network without it; `load_fitting` \
                 takes the layers from a file of this crate",
            ));
        }
        let (mut theirs, mut counters) = (Vec::new(), Vec::new());
        for (index, module) in modules.iter().enumerate() {
            let (layer, start) = info.layer(index);
            let twin = TWINS.iter().find(|twin| twin.word == layer.kind && !layer.is_own);
            let renamed = twin.map_or(&[][..], |twin| twin.renamed);
            // A dense layer with computed weights.
            let has = |name: &str| {
                layer.kind == "dense"
                    && !layer.is_own
                    && layer.tensors.iter().any(|tensor| tensor.name == name)
            };
            let has_lengths = has("scale");
            let renamed = match has_lengths {
                true => WEIGHT_NORM,
                false if has("u") => SPECTRAL_NORM,
                false => renamed,
            };
            for tensor in layer.tensors {
                let name = renamed.iter().find(|(ours, _)| *ours == tensor.name);
                let name = name.map_or(tensor.name, |(_, theirs)| *theirs);
                let mut named = tensor.named(joined(module, name), start);
                if has_lengths && tensor.name == "scale" {
                    named.shape.push(1);
                }
                theirs.push(named);
            }
            if twin.is_some_and(|twin| twin.counts) {
                counters.push(joined(module, "num_batches_tracked"));
            }
        }
        let mut seen = HashSet::new();
        let all = theirs.iter().map(|tensor| &tensor.name).chain(&counters);
        match all.into_iter().find(|name| !seen.insert(*name)) {
            None => Ok(Twins { theirs, counters }),
            Some(twice) => Err(wrong(
                format!("two tensors with the name {}", quoted(twice)),
                "one module for each layer".into(),
            )),
        }
    }
}

/// The module of each layer, from a list of those that have tensors.
fn listed(info: &Info, names: &[&str], modules: &[(String, String)]) -> Result<Vec<String>> {
    let layers: Vec<(String, &LayerInfo)> = (0..info.count())
        .map(|index| (info.name(names, index).as_str().to_owned(), info.layer(index).0))
        .collect();
    let known = || {
        let known = layers.iter().filter(|(_, layer)| !layer.tensors.is_empty());
        let known: Vec<String> = known.map(|(name, _)| quoted(name)).collect();
        format!("one for each of the layers with parameters: {}", known.join(", "))
    };
    for (at, (layer, _)) in modules.iter().enumerate() {
        if !layers.iter().any(|(name, _)| name == layer) {
            return Err(wrong(
                format!("a layer {}, which the network does not have", quoted(layer)),
                known(),
            ));
        }
        if modules[..at].iter().any(|(other, _)| other == layer) {
            return Err(wrong(format!("layer {} twice", quoted(layer)), known()));
        }
    }
    let module = |(name, layer): &(String, &LayerInfo)| match modules
        .iter()
        .find(|(layer, _)| layer == name)
    {
        Some((_, module)) => Ok(module.clone()),
        None if layer.tensors.is_empty() => Ok(String::new()),
        None => Err(wrong(format!("no module of layer {}", quoted(name)), known())),
    };
    layers.iter().map(module).collect()
}

/// The name of a tensor of a module. The outermost module has no name.
fn joined(module: &str, tensor: &str) -> String {
    if module.is_empty() { tensor.to_owned() } else { format!("{module}.{tensor}") }
}

fn wrong(found: String, expected: String) -> Error {
    Error::value(
        "modules of the PyTorch network",
        found,
        expected,
        "write each layer once, as in `PyTorch::new().modules([(\"hidden\", \"fc1\")])`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use nn_grammar::vocabulary::{LAYERS, LayerKind};

    #[test]
    fn every_layer_of_the_notation_has_its_twin() {
        for layer in LAYERS {
            let is_joint =
                matches!(layer.kind, LayerKind::Residual | LayerKind::Concat | LayerKind::Heads);
            let is_there = TWINS.iter().any(|twin| twin.word == layer.word);
            // Encoders are refused.
            assert!(
                is_joint || layer.encodes() || is_there,
                "`{}` has no row in TWINS",
                layer.word
            );
        }
    }
}
