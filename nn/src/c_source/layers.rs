//! Each layer of the notation: its function in `layers.c`, and the arguments.

use super::body::Argument::{Inputs, Number, Outputs, Perhaps, Real, Tensor, Whole};
use super::body::{Body, Place, Placed};
use super::columns;
use crate::layer::encoder::quantile;
use crate::layer::written_number;

/// A layer by its word.
struct Row {
    word: &'static str,
    /// Adds its call, given its input; `None` if a part of it is not supported.
    write: fn(&mut Body, &Placed<'_>, &Place) -> Option<Place>,
}

/// Every leaf layer.
const ROWS: &[Row] = &[
    Row { word: "dense", write: dense },
    // In inference nothing is dropped.
    Row { word: "dropout", write: |_, _, x| Some(x.lent()) },
    Row { word: "gaussian_dropout", write: |_, _, x| Some(x.lent()) },
    Row { word: "alpha_dropout", write: |_, _, x| Some(x.lent()) },
    Row { word: "stochastic_depth", write: |_, _, x| Some(x.lent()) },
    Row { word: "input", write: |_, _, x| Some(x.lent()) },
    Row {
        word: "layer_norm",
        write: |b, l, x| {
            b.call("layer_norm", l, x, &[Tensor("scale"), Tensor("shift"), Number, Outputs])
        },
    },
    Row {
        word: "batch_norm",
        write: |b, l, x| {
            let tensors = [
                Tensor("scale"),
                Tensor("shift"),
                Tensor("running_mean"),
                Tensor("running_variance"),
                Number,
                Outputs,
            ];
            b.call("batch_norm", l, x, &tensors)
        },
    },
    Row {
        word: "rms_norm",
        write: |b, l, x| b.call("rms_norm", l, x, &[Tensor("scale"), Number, Outputs]),
    },
    Row {
        word: "layer_scale",
        write: |b, l, x| b.call("layer_scale", l, x, &[Tensor("scale"), Outputs]),
    },
    Row { word: "prelu", write: |b, l, x| b.call("prelu", l, x, &[Tensor("slope"), Outputs]) },
    Row { word: "group_norm", write: group_norm },
    Row {
        word: "highway",
        write: |b, l, x| b.call("highway", l, x, &[Tensor("weight"), Tensor("bias"), Outputs]),
    },
    Row { word: "glu", write: |b, l, x| b.call("glu", l, x, &[Outputs]) },
    Row { word: "swiglu", write: |b, l, x| b.call("swiglu", l, x, &[Outputs]) },
    Row {
        word: "standardize",
        write: |b, l, x| b.call("affine", l, x, &[Tensor("mean"), Tensor("scale"), Outputs]),
    },
    Row {
        word: "min_max",
        write: |b, l, x| b.call("affine", l, x, &[Tensor("least"), Tensor("scale"), Outputs]),
    },
    Row {
        word: "robust",
        write: |b, l, x| b.call("robust", l, x, &[Tensor("median"), Tensor("scale"), Outputs]),
    },
    Row {
        word: "quantile",
        write: |b, l, x| {
            b.call("quantile", l, x, &[Tensor("quantiles"), Whole(quantile::QUANTILES), Outputs])
        },
    },
    Row { word: "scale", write: |b, l, x| b.call("scale", l, x, &[Number, Outputs]) },
    Row { word: "columns", write: columns::encode },
    // The embeddings of words after columns.
    Row { word: "embedding", write: columns::vectors },
];

fn dense(body: &mut Body, layer: &Placed<'_>, x: &Place) -> Option<Place> {
    let has = |name: &str| layer.info.tensors.iter().any(|tensor| tensor.name == name);
    let (weight, bias) = (Tensor("weight"), Perhaps("bias"));
    let y = if has("scale") {
        body.call("dense_normed", layer, x, &[weight, Tensor("scale"), bias, Inputs, Outputs])?
    } else if has("u") {
        let tensors = [weight, Tensor("u"), Tensor("v"), bias, Inputs, Outputs];
        body.call("dense_spectral", layer, x, &tensors)?
    } else {
        body.call("dense", layer, x, &[weight, bias, Inputs, Outputs])?
    };
    body.activate(layer.info.activation, &y)?;
    Some(y)
}

fn group_norm(body: &mut Body, layer: &Placed<'_>, x: &Place) -> Option<Place> {
    let (groups, epsilon) = layer.info.option.split_once(", ")?;
    let (groups, epsilon) = (written_number(groups)? as usize, written_number(epsilon)?);
    let arguments = [Tensor("scale"), Tensor("shift"), Real(epsilon), Whole(groups), Outputs];
    body.call("group_norm", layer, x, &arguments)
}

/// Adds a layer; `None` if the layer or its activation is not in the list.
pub(super) fn write(body: &mut Body, layer: &Placed<'_>, x: &Place) -> Option<Place> {
    let row = ROWS.iter().find(|row| row.word == layer.info.kind)?;
    (row.write)(body, layer, x)
}

#[cfg(test)]
mod tests {
    use super::super::pieces::{Pieces, Precision};
    use super::*;
    use nn_grammar::vocabulary::{ACTIVATIONS, LAYERS, LayerKind};

    #[test]
    fn every_layer_of_the_notation_has_a_row() {
        for layer in LAYERS {
            let is_joint =
                matches!(layer.kind, LayerKind::Residual | LayerKind::Concat | LayerKind::Heads);
            let count = ROWS.iter().filter(|row| row.word == layer.word).count();
            assert_eq!(count, usize::from(!is_joint), "rows of `{}`", layer.word);
        }
    }

    #[test]
    fn every_activation_of_the_notation_is_a_function() {
        for activation in ACTIVATIONS {
            let mut pieces = Pieces::new(Precision::Single);
            let is_there = pieces.function(activation.word).is_some();
            let passes = ["linear", "identity"].contains(&activation.word);
            assert!(is_there != passes, "`{}` in C", activation.word);
            if activation.parameter.is_some() {
                let number = format!("nn_{}f(float x, float ", activation.word);
                assert!(pieces.text.contains(&number), "`{}` takes a number", activation.word);
            }
        }
    }
}
