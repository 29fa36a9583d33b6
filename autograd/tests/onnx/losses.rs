//! Softmax, normalisation and losses: the operators that may have several outputs.

use autograd::{Result, Var, ops};
use tensor::{Float, Tensor};

use crate::{Node, Outputs};

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Outputs<'t, T>> {
    let (x, axis) = (node.input(0), node.case.integer("axis", -1));
    Some(match &node.case.op[..] {
        "Softmax" => x.softmax(node.axis(axis)).map(|y| vec![y]),
        "LogSoftmax" => x.log_softmax(node.axis(axis)).map(|y| vec![y]),
        "LayerNormalization" => layer_norm(node),
        "RMSNormalization" => {
            let epsilon = T::of(node.case.number("epsilon", 1e-5));
            x.rms_norm(node.input(1), epsilon).map(|y| vec![y])
        }
        "GroupNormalization" => {
            let groups = node.case.indices("num_groups");
            let epsilon = T::of(node.case.number("epsilon", 1e-5));
            // A setting that is one number is a list of one.
            let y = x.group_norm(groups[0], node.input(1), node.input(2), epsilon);
            y.map(|y| vec![y])
        }
        "TopK" => top_k(node),
        "SoftmaxCrossEntropyLoss" => cross_entropy(node),
        "NegativeLogLikelihoodLoss" => likelihood(node, x).map(|y| vec![y]),
        _ => return None,
    })
}

/// The greatest or least, and where they were.
fn top_k<'t, T: Float>(node: &Node<'t, '_, T>) -> Outputs<'t, T> {
    let (x, axis) = (node.input(0), node.axis(node.case.integer("axis", -1)));
    let k = node.case.input(1).indices()[0];
    let number = |index: usize| T::of(index as f64);
    let (values, indices) = if node.case.flag("largest", true) {
        let (values, indices) = x.topk(k, axis)?;
        let indices = indices.into_iter().map(number).collect();
        (values, Tensor::from_vec(indices, values.shape())?)
    } else {
        let (sorted, order) = x.sort(axis, false)?;
        let order = Tensor::from_vec(order.into_iter().map(number).collect(), x.shape())?;
        (sorted.slice(axis, 0..k)?, order.slice(axis, 0..k)?)
    };
    let indices = node.tape.constant(indices);
    Ok(vec![values, indices])
}

/// The value, then (if asked for) what it was normalised by: the mean and one over the deviation.
fn layer_norm<'t, T: Float>(node: &Node<'t, '_, T>) -> Outputs<'t, T> {
    let (x, first) = (node.input(0), node.axis(node.case.integer("axis", -1)));
    let epsilon = T::of(node.case.number("epsilon", 1e-5));
    let y = x.layer_norm(node.input(1), node.input(2), epsilon)?;
    let axes: Vec<usize> = (first..x.shape().len()).collect();
    let mean = x.mean_axes(&axes, true)?;
    let scale = x.variance_axes(&axes, true, 0)?.add_scalar(epsilon)?.rsqrt()?;
    Ok([y, mean, scale].into_iter().take(node.outputs()).collect())
}

fn cross_entropy<'t, T: Float>(node: &Node<'t, '_, T>) -> Outputs<'t, T> {
    let ln_p = node.input(0).log_softmax(1)?;
    let loss = match node.case.word("reduction") {
        Some("none") => likelihood(node, ln_p)?,
        reduction => loss_of_rows(node, reduction == Some("sum"))?,
    };
    Ok([loss, ln_p].into_iter().take(node.outputs()).collect())
}

/// By the operation itself, which takes rows of logits: each place is a row, unless it is ignored.
fn loss_of_rows<'t, T: Float>(node: &Node<'t, '_, T>, sum: bool) -> Result<Var<'t, T>> {
    let (x, targets) = (node.input(0), Targets::of(node));
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
    if sum { mean.scale(weight) } else { Ok(mean) }
}

/// −w·ln p at the class of each place, where axis 1 of ln p are the classes.
fn likelihood<'t, T: Float>(node: &Node<'t, '_, T>, ln_p: Var<'t, T>) -> Result<Var<'t, T>> {
    let (shape, targets) = (ln_p.shape(), Targets::of(node));
    let inner: usize = shape[2..].iter().product();
    // The weight of a place stands at its class, all else is 0.
    let mut places = vec![T::zero(); shape.elements()];
    for (place, class) in targets.classes.iter().enumerate() {
        if let &Some(class) = class {
            let at = (place / inner * shape[1] + class) * inner + place % inner;
            places[at] = targets.weight(class);
        }
    }
    let places = node.tape.constant(Tensor::from_vec(places, shape)?);
    let losses = ln_p.mul(places)?.sum_axes(&[1], false)?.neg()?;
    match node.case.word("reduction").unwrap_or("mean") {
        "none" => Ok(losses),
        "sum" => losses.sum(),
        _ => losses.sum()?.div(places.sum()?),
    }
}

/// What is to be predicted.
struct Targets<T> {
    /// The class of each place; `None` where it is to be ignored.
    classes: Vec<Option<usize>>,
    weights: Option<Vec<T>>,
}

impl<T: Float> Targets<T> {
    fn of(node: &Node<'_, '_, T>) -> Self {
        let ignored = node.case.word("ignore_index").map(|_| node.case.integer("ignore_index", 0));
        let known = |class: i64| (Some(class) != ignored).then(|| usize::try_from(class).unwrap());
        let classes = node.case.input(1).integers().into_iter().map(known).collect();
        Targets { classes, weights: node.case.given(2).map(|weights| weights.tensor().to_vec()) }
    }

    fn weight(&self, class: usize) -> T {
        self.weights.as_ref().map_or(T::one(), |weights| weights[class])
    }
}
