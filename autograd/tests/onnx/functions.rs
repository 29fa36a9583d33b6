//! Functions of each number.

use autograd::{Result, Var};
use tensor::Float;

use crate::Node;

pub(crate) fn evaluate<'t, T: Float>(node: &Node<'t, '_, T>) -> Option<Result<Var<'t, T>>> {
    let x = || node.input(0);
    Some(match &node.case.op[..] {
        "Abs" => x().abs(),
        "Neg" => x().neg(),
        "Reciprocal" => x().reciprocal(),
        "Sign" => x().sign(),
        "Ceil" => x().ceil(),
        "Floor" => x().floor(),
        "Round" => x().round(),
        "Erf" => x().erf(),
        "Sin" => x().sin(),
        "Cos" => x().cos(),
        "Tan" => x().tan(),
        "Asin" => x().asin(),
        "Acos" => x().acos(),
        "Atan" => x().atan(),
        "Sinh" => x().sinh(),
        "Cosh" => x().cosh(),
        "Asinh" => x().asinh(),
        "Acosh" => x().acosh(),
        "Atanh" => x().atanh(),
        _ => return None,
    })
}
