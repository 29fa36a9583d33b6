//! Softmax, normalization and losses: operators on rows, some with several outputs.

use autograd::{Var, ops};
use tensor::{Float, Tensor};

use crate::error::Result;
use crate::onnx::node::Node;

operators! { node:
    "Softmax" => softmax(node, |x, axis| Ok(x.softmax(axis)?))?;
    "LogSoftmax" => softmax(node, |x, axis| Ok(x.log_softmax(axis)?))?;
    "LayerNormalization" => layer_norm(node)?;
    "RMSNormalization" => {
        let epsilon = T::of(node.number("epsilon", 1e-5)?);
        node.input(0)?.rms_norm(node.input(1)?, epsilon)?
    };
    "GroupNormalization" => {
        let groups = node.counts("attribute `num_groups`", &[node.integer("num_groups", 1)?])?[0];
        let epsilon = T::of(node.number("epsilon", 1e-5)?);
        node.input(0)?.group_norm(groups, node.input(1)?, node.input(2)?, epsilon)?
    };
    "BatchNormalization" => {
        if node.flag("training_mode", false)? || node.outputs() > 1 {
            return Err(node.wrong("mode", "training", "inference, with the running statistics"));
        }
        let epsilon = T::of(node.number("epsilon", 1e-5)?);
        let mean = node.input(3)?.value();
        let statistics = ops::BatchStatistics { mean, variance: node.input(4)?.value() };
        node.input(0)?.batch_norm_by(statistics, node.input(1)?, node.input(2)?, epsilon)?
    };
    "TopK" => top_k(node)?;
    "SoftmaxCrossEntropyLoss" => cross_entropy(node)?;
    "NegativeLogLikelihoodLoss" => likelihood(node, node.input(0)?, Targets::of(node)?)?;
}

/// Softmax along an axis; before version 13, over all axes from there on together.
fn softmax<'t, T: Float>(
    node: &Node<'t, '_, T>,
    function: impl Fn(Var<'t, T>, usize) -> Result<Var<'t, T>>,
) -> Result<Var<'t, T>> {
    let (x, is_old) = (node.input(0)?, node.opset < 13);
    let axis = node.axis(node.integer("axis", if is_old { 1 } else { -1 })?)?;
    let shape = x.shape();
    if !is_old || axis + 1 == shape.len() {
        return function(x, axis);
    }
    let rows = [shape[..axis].iter().product(), shape[axis..].iter().product::<usize>()];
    Ok(function(x.reshape(rows)?, 1)?.reshape(shape)?)
}

/// The largest or smallest values, and their indices.
fn top_k<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Vec<Var<'t, T>>> {
    let (x, axis) = (node.input(0)?, node.axis(node.integer("axis", -1)?)?);
    let k = node.indices(1)?.first().copied().unwrap_or_default();
    let number = |index: usize| T::of(index as f64);
    let (values, indices) = if node.flag("largest", true)? {
        let (values, indices) = x.topk(k, axis)?;
        let indices = indices.into_iter().map(number).collect();
        (values, Tensor::from_vec(indices, values.shape())?)
    } else {
        let (sorted, order) = x.sort(axis, false)?;
        let order = Tensor::from_vec(order.into_iter().map(number).collect(), x.shape())?;
        (sorted.slice(axis, 0..k)?, order.slice(axis, 0..k)?)
    };
    Ok(vec![values, node.tape.constant(indices)])
}

/// The value, then, if requested, the mean and one over the standard deviation.
fn layer_norm<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Vec<Var<'t, T>>> {
    let (x, first) = (node.input(0)?, node.axis(node.integer("axis", -1)?)?);
    let (scale, epsilon) = (node.input(1)?, T::of(node.number("epsilon", 1e-5)?));
    let shift = match node.given(2) {
        Some(shift) => shift,
        None => node.tape.constant(Tensor::zeros(scale.shape())),
    };
    let y = x.layer_norm(scale, shift, epsilon)?;
    if node.outputs() < 2 {
        return Ok(vec![y]);
    }
    let axes: Vec<usize> = (first..x.shape().len()).collect();
    let mean = x.mean_axes(&axes, true)?;
    let rate = x.variance_axes(&axes, true, 0)?.add_scalar(epsilon)?.rsqrt()?;
    Ok([y, mean, rate].into_iter().take(node.outputs()).collect())
}

fn cross_entropy<'t, T: Float>(node: &Node<'t, '_, T>) -> Result<Vec<Var<'t, T>>> {
    let (ln_p, targets) = (node.input(0)?.log_softmax(1)?, Targets::of(node)?);
    let loss = match node.word("reduction")? {
        Some("none") => likelihood(node, ln_p, targets)?,
        reduction => loss_of_rows(node, &targets, reduction == Some("sum"))?,
    };
    Ok([loss, ln_p].into_iter().take(node.outputs()).collect())
}

/// Computes the loss by the tape's operation, which takes rows of logits: each position is a row,
/// unless it is ignored.
fn loss_of_rows<'t, T: Float>(
    node: &Node<'t, '_, T>,
    targets: &Targets<T>,
    sum: bool,
) -> Result<Var<'t, T>> {
    let x = node.input(0)?;
    let rank = x.shape().len();
    let order: Vec<usize> = [0].into_iter().chain(2..rank).chain([1]).collect();
    let rows = x.permute(&order)?.reshape([targets.classes.len(), x.shape()[1]])?;
    let counted = |place: &usize| targets.classes[*place].is_some();
    let counted: Vec<usize> = (0..targets.classes.len()).filter(counted).collect();
    let classes: Vec<usize> = targets.classes.iter().copied().flatten().collect();
    let mut op = ops::CrossEntropy::new(&classes);
    if let Some(weights) = &targets.weights {
        op = op.weighted(weights);
    }
    let mean = node.tape.apply(op, [rows.index_select(0, &counted)?])?;
    let weight = classes.iter().fold(T::zero(), |sum, &class| sum + targets.weight(class));
    Ok(if sum { mean.scale(weight)? } else { mean })
}

/// −w·ln p at the class of each position, where axis 1 of ln p holds the classes.
fn likelihood<'t, T: Float>(
    node: &Node<'t, '_, T>,
    ln_p: Var<'t, T>,
    targets: Targets<T>,
) -> Result<Var<'t, T>> {
    let shape = ln_p.shape();
    let inner: usize = shape[2..].iter().product();
    // The weight of a position at its class, 0 elsewhere.
    let mut places = vec![T::zero(); shape.elements()];
    for (place, class) in targets.classes.iter().enumerate() {
        if let &Some(class) = class {
            let at = (place / inner * shape[1] + class) * inner + place % inner;
            places[at] = targets.weight(class);
        }
    }
    let places = node.tape.constant(Tensor::from_vec(places, shape)?);
    let losses = ln_p.mul(places)?.sum_axes(&[1], false)?.neg()?;
    Ok(match node.word("reduction")?.unwrap_or("mean") {
        "none" => losses,
        "sum" => losses.sum()?,
        _ => losses.sum()?.div(places.sum()?)?,
    })
}

/// The targets of a loss.
struct Targets<T> {
    /// The class of each position; `None` if it is ignored.
    classes: Vec<Option<usize>>,
    weights: Option<Vec<T>>,
}

impl<T: Float> Targets<T> {
    /// The targets of a loss node, each a class within axis 1 of the first input.
    fn of(node: &Node<'_, '_, T>) -> Result<Self> {
        let shape = node.input(0)?.shape();
        let found = node.input(1)?.shape();
        let Some(&count) = shape.get(1).filter(|_| {
            let others = shape.iter().enumerate().filter(|(axis, _)| *axis != 1);
            others.map(|(_, length)| length).eq(found.iter())
        }) else {
            let shapes = format!("{found:?} for inputs {shape:?}");
            return Err(node.wrong("targets", &shapes, "the shape of the inputs without axis 1"));
        };
        let weights = node.given(2).map(|weights| weights.value().to_vec());
        if weights.as_ref().is_some_and(|weights| weights.len() != count) {
            return Err(node.wrong(
                "weights",
                "another number",
                &format!("{count}, one for each class"),
            ));
        }
        let ignored = match node.has("ignore_index") {
            true => Some(node.integer("ignore_index", 0)?),
            false => None,
        };
        let class = |&class: &i64| match Some(class) == ignored {
            true => Ok(None),
            false => {
                let known = usize::try_from(class).ok().filter(|&class| class < count);
                let expected = format!("a class from 0 to {}", count.saturating_sub(1));
                known.map(Some).ok_or_else(|| node.wrong("target", &class.to_string(), &expected))
            }
        };
        let classes = node.whole(1)?.iter().map(class).collect::<Result<_>>()?;
        Ok(Targets { classes, weights })
    }

    fn weight(&self, class: usize) -> T {
        self.weights.as_ref().map_or(T::one(), |weights| weights[class])
    }
}
