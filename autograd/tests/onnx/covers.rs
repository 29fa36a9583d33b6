//! The cases of the suite that apply to this crate, and the operations that they check, by name.
//!
//! The table of checks is counted from this list, and the tests verify the list.

use super::fixture::Case;

/// The reason why a case does not apply to this crate; `None` if it does.
pub(crate) fn not_applicable(case: &Case) -> Option<&'static str> {
    match (&case.op[..], &case.outputs[0].kind[..]) {
        ("Adam" | "Momentum", _) => {
            Some("an optimizer, which `nn` has: nn/src/optim/onnx.rs runs it")
        }
        ("Adagrad", _) => Some("an optimizer that `nn` does not have"),
        (_, "f32" | "f64") => None,
        (_, "bool") => Some("truth values; a tensor holds floats"),
        _ => Some("integers; a tensor holds floats"),
    }
}

/// The operations that a case uses, except those that only change shapes.
pub(crate) fn covers(case: &Case) -> &'static [&'static str] {
    match &case.op[..] {
        "Add" => &["add"],
        "Sub" => &["sub"],
        "Mul" => &["mul"],
        "Div" => &["div"],
        "Exp" => &["exp"],
        "Log" => &["ln"],
        "Sqrt" => &["sqrt"],
        "MatMul" => &["matmul"],
        "Einsum" => &["matmul"],
        "Conv" => &["conv2d"],
        "MaxPool" => &["max_pool2d"],
        "AveragePool" => &["avg_pool2d"],
        "GlobalAveragePool" => &["mean"],
        "Abs" => &["abs"],
        "Neg" => &["neg"],
        "Reciprocal" => &["reciprocal"],
        "Sign" => &["sign"],
        "Ceil" => &["ceil"],
        "Floor" => &["floor"],
        "Round" => &["round"],
        "Erf" => &["erf"],
        "Sin" => &["sin"],
        "Cos" => &["cos"],
        "Tan" => &["tan"],
        "Asin" => &["asin"],
        "Acos" => &["acos"],
        "Atan" => &["atan"],
        "Sinh" => &["sinh"],
        "Cosh" => &["cosh"],
        "Asinh" => &["asinh"],
        "Acosh" => &["acosh"],
        "Atanh" => &["atanh"],
        "Celu" => &["celu"],
        "Max" | "Min" if case.inputs.len() == 1 => &[],
        "Max" => &["maximum"],
        "Min" => &["minimum"],
        "CumSum" => &["cumsum"],
        "Tile" => &["index_select"],
        "TopK" => &["gather"],
        "RMSNormalization" => &["square", "mean", "rsqrt"],
        "GroupNormalization" => &["standardize"],
        "Gemm" if case.word("alpha").or(case.word("beta")).is_some() => &["matmul", "scale"],
        "Gemm" => &["matmul"],
        "Relu" => &["relu"],
        "LeakyRelu" => &["leaky_relu"],
        "HardSigmoid" => &["scale", "add_scalar", "clamp"],
        "HardSwish" => &["hard_swish"],
        "Gelu" if case.word("approximate") == Some("tanh") => &["gelu_tanh"],
        "Gelu" => &["gelu"],
        "Selu" if case.word("alpha").is_none() => &["selu"],
        "Selu" => &["elu", "scale"],
        "Elu" => &["elu"],
        "Sigmoid" => &["sigmoid"],
        "Tanh" => &["tanh"],
        "Softplus" => &["softplus"],
        "Softsign" => &["softsign"],
        "Mish" => &["mish"],
        "Softmax" => &["softmax"],
        "LogSoftmax" => &["log_softmax"],
        "SoftmaxCrossEntropyLoss" if case.word("reduction") == Some("none") => {
            &["log_softmax", "mul", "sum", "neg"]
        }
        "SoftmaxCrossEntropyLoss" => &["cross_entropy", "log_softmax"],
        "NegativeLogLikelihoodLoss" => &["mul", "sum", "neg"],
        "Transpose" => &["permute"],
        "Reshape" => &["reshape"],
        "Slice" if case.given(4).is_some_and(|steps| steps.values.iter().any(|&by| by != 1.0)) => {
            &["index_select"]
        }
        "Slice" => &["slice"],
        "Gather" => &["index_select", "reshape"],
        "Pow" => &["pow"],
        "Where" => &["select"],
        "Clip" => &["clamp"],
        "PRelu" => &["prelu"],
        "LayerNormalization" => &["layer_norm", "mean", "variance", "rsqrt"],
        "Concat" => &["concat"],
        "ReduceSum" => &["sum"],
        "ReduceMean" => &["mean"],
        // The operations refuse empty inputs.
        "ReduceMax" | "ReduceMin" if case.input(0).values.is_empty() => &[],
        "ReduceMax" => &["max"],
        "ReduceMin" => &["min"],
        "ReduceProd" => &["prod"],
        "ReduceLogSumExp" => &["logsumexp"],
        "ReduceL1" | "ReduceL2" => &["norm"],
        "ReduceSumSquare" => &["square", "sum"],
        "ReduceLogSum" => &["sum", "ln"],
        _ => &[],
    }
}
