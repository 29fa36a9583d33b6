//! Which module of an `nn.Sequential` each layer is.

use crate::layer::Info;

/// Of each layer without others inside it, in their order, its module: `0`, or `2.1.0` inside others.
pub(super) fn sequential(info: &Info) -> Vec<String> {
    let mut modules = Vec::with_capacity(info.count());
    chain(info, "", &mut modules);
    modules
}

/// The modules of layers one after the other, which are the items of `prefix`.
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
                // An activation is a module of its own, but for that of a linear layer.
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

/// What stands side by side. A declaration joins the first to those after it, and so on.
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

/// What is joined in pairs, in its order.
fn parts(info: &Info, pair: fn(&Info) -> Option<(&Info, &Info)>) -> Vec<&Info> {
    match pair(info) {
        None => vec![info],
        Some((a, b)) => [parts(a, pair), parts(b, pair)].concat(),
    }
}
