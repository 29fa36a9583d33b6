//! Softmax, normalisation and losses.

use autograd::{Result, Var, ops};
use tensor::Float;

use crate::Application;
use crate::fixture::Case;

pub(crate) fn evaluate<'t, T: Float>(
    application: &Application<'t, '_, T>,
) -> Option<Result<Var<'t, T>>> {
    let Application { case, tape, inputs } = application;
    let (x, number) = (inputs[0], |setting| application.number(setting));
    let (epsilon, target) = (number("epsilon"), inputs.get(1));
    // What has no second input is known by a name of its own, below.
    let target = || *target.unwrap_or_else(|| panic!("{}: there is no target", case.name));
    Some(match &case.op[..] {
        "softmax" => x.softmax(application.axis()),
        "log_softmax" => x.log_softmax(application.axis()),
        "standardize" => x.standardize(&case.indices("axes"), epsilon),
        "layer_norm" => x.layer_norm(target(), inputs[2], epsilon),
        "batch_norm" => x.batch_norm(target(), inputs[2], epsilon).map(|(y, _)| y),
        "cross_entropy" => cross_entropy(application),
        "soft_cross_entropy" => {
            let mut op = ops::SoftCrossEntropy::new().smoothed(number("smoothing"));
            if let Some(weights) = weights(case) {
                op = op.weighted(&weights);
            }
            tape.apply(op, [x, target()])
        }
        "bce_with_logits" => x.bce_with_logits(target()),
        "mse" => x.mse(target()),
        "mae" => x.mae(target()),
        "huber" => x.huber(target(), number("delta")),
        "smooth_l1" => x.smooth_l1(target(), number("beta")),
        "hinge" => x.hinge(target(), T::one()),
        "kl_div" if case.flag("rows", false) => x.kl_div_batch_mean(target()),
        "kl_div" => x.kl_div(target()),
        "cosine_similarity" => x.cosine_similarity(target(), application.axis(), T::of(1e-8)),
        "cosine_embedding" => {
            let together = case.indices("together").iter().map(|&one| one == 1).collect::<Vec<_>>();
            x.cosine_embedding(target(), &together, number("margin"))
        }
        _ => return None,
    })
}

fn cross_entropy<'t, T: Float>(application: &Application<'t, '_, T>) -> Result<Var<'t, T>> {
    let (case, x) = (application.case, application.inputs[0]);
    let classes = case.indices("classes");
    let smoothing = case.word("smoothing").map(|_| application.number("smoothing"));
    match (smoothing, weights::<T>(case)) {
        (None, None) => x.cross_entropy(&classes),
        (Some(smoothing), None) => x.cross_entropy_smoothed(&classes, smoothing),
        (None, Some(weights)) => x.cross_entropy_weighted(&classes, &weights),
        (Some(smoothing), Some(weights)) => {
            let op = ops::CrossEntropy::new(&classes).smoothed(smoothing).weighted(&weights);
            application.tape.apply(op, [x])
        }
    }
}

/// The weights of the classes, if there are any.
fn weights<T: Float>(case: &Case) -> Option<Vec<T>> {
    case.numbers("weights").map(|weights| weights.into_iter().map(T::of).collect())
}
