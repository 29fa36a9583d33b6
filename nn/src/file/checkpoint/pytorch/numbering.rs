//! The module of each layer in an `nn.Sequential`.

use crate::layer::Info;

/// The module of each layer that contains no others, in order: `0`, or `2.1.0` when nested.
pub(super) fn sequential(info: &Info) -> Vec<String> {
    let mut modules = Vec::with_capacity(info.count());
    chain(info, "", &mut modules);
    modules
}

/// Numbers consecutive layers, the items of `prefix`.
fn chain(info: &Info, prefix: &str, modules: &mut Vec<String>) {
    let mut at = 0;
    for part in parts(info, |info| match info {
        Info::Then(a, b) => Some((a, b)),
        _ => None,
    }) {
        let name = format!("{prefix}{at}");
        at += 1;
        match part {
            Info::Layer(layer) => {
                // An activation is a separate module, except that of a linear layer.
                at += usize::from(!["", "linear"].contains(&layer.activation));
                modules.push(name);
            }
            Info::Residual(layers) | Info::Nested { layers, .. } => {
                chain(layers, &format!("{name}."), modules);
            }
            _ => {
                for (branch, layers) in branches(part).into_iter().enumerate() {
                    chain(layers, &format!("{name}.{branch}."), modules);
                }
            }
        }
    }
}

/// The branches of a layer. A declaration joins the first branch with the following ones, and so
/// on.
fn branches(info: &Info) -> Vec<&Info> {
    match info {
        Info::Concat(..) => parts(info, |info| match info {
            Info::Concat(a, b) => Some((a, b)),
            _ => None,
        }),
        _ => parts(info, |info| match info {
            Info::Heads(a, b) => Some((a, b)),
            _ => None,
        }),
    }
}

/// The members of nested pairs, in order.
fn parts(info: &Info, pair: fn(&Info) -> Option<(&Info, &Info)>) -> Vec<&Info> {
    match pair(info) {
        None => vec![info],
        Some((a, b)) => [parts(a, pair), parts(b, pair)].concat(),
    }
}
