//! The built-in operations. To add one, write its file and add it to the list below.
//!
//! The same list declares and tests the operations: a file without `cases()` and `pytorch()` does
//! not compile, one test checks the gradients of all operations, and another compares them with
//! PyTorch. All files have the same structure, also suited to an operation outside this crate:
//! formulas, shapes, forward, backward, the method of [`Var`](crate::Var), cases, the comparison
//! with PyTorch, and a value worked by hand.
//!
//! The comparison needs a fixture with the operation's name, written by tests/pytorch/make.py.
//! Until it exists, `pytorch()` returns `Comparison::not_yet` with the reason. CHECKS.md lists the
//! checks of each operation; a test generates it.

mod axes;
#[cfg(test)]
mod checks;
#[cfg(test)]
pub(crate) mod pytorch;
mod reduction;
mod units;

macro_rules! ops {
    ($($file:ident :: $Op:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Op; )*

        /// The gradient-check cases of each operation.
        #[cfg(test)]
        fn all_cases() -> Vec<(&'static str, Vec<crate::gradcheck::GradCase>)> {
            vec![$( (stringify!($Op), $file::cases()) ),*]
        }

        /// How each operation is compared with PyTorch.
        #[cfg(test)]
        fn comparisons() -> Vec<(&'static str, Vec<pytorch::Comparison>)> {
            vec![$( (stringify!($Op), $file::pytorch()) ),*]
        }
    };
}

ops! {
    // arithmetic
    add::Add, sub::Sub, mul::Mul, div::Div, neg::Neg, scale::Scale, add_scalar::AddScalar,
    // functions of one number
    powf::Powf, exp::Exp, ln::Ln, sqrt::Sqrt, abs::Abs, square::Square, activate::Activate,
    reciprocal::Reciprocal, rsqrt::Rsqrt, ln_1p::Ln1p, expm1::Expm1, sin::Sin, cos::Cos,
    sign::Sign, clamp::Clamp, rounding::Rounding, erf::Erf,
    log2::Log2, log10::Log10, exp2::Exp2, tan::Tan, asin::Asin, acos::Acos, atan::Atan,
    sinh::Sinh, cosh::Cosh, asinh::Asinh, acosh::Acosh, atanh::Atanh,
    // functions of two numbers
    pow::Pow, maximum::Maximum, minimum::Minimum, prelu::Prelu, select::Select,
    atan2::Atan2, lerp::Lerp,
    // products
    matmul::MatMul, matmul_transposed::MatMulTransposed, outer::Outer, dot::Dot,
    // reductions
    sum::Sum, mean::Mean, max::Max, min::Min, prod::Prod, variance::Variance, deviation::Deviation,
    norm::Norm, logsumexp::LogSumExp, cumsum::CumSum, cumprod::CumProd,
    // shapes
    reshape::Reshape, transpose::Transpose, permute::Permute, broadcast_to::BroadcastTo,
    slice::Slice, concat::Concat, stack::Stack, split::Split, pad::Pad, flip::Flip,
    triangle::Triangle,
    // elements by index
    index_select::IndexSelect, gather::Gather, scatter_add::ScatterAdd,
    // windows
    conv2d::Conv2d, max_pool2d::MaxPool2d, avg_pool2d::AvgPool2d,
    // norms
    standardize::Standardize, layer_norm::LayerNorm, batch_norm::BatchNorm, dropout::Dropout,
    // softmax and losses
    softmax::Softmax, log_softmax::LogSoftmax,
    cross_entropy::CrossEntropy, soft_cross_entropy::SoftCrossEntropy,
    bce_with_logits::BceWithLogits, bce_of_logits::BceOfLogits, bce::Bce, mse::Mse, mae::Mae,
    huber::Huber, smooth_l1::SmoothL1, kl_div::KlDiv, hinge::Hinge,
    cosine_similarity::CosineSimilarity, cosine_embedding::CosineEmbedding,
}

pub use batch_norm::BatchStatistics;
pub use pad::Padding;
pub use reduction::Reduction;

macro_rules! ops_without_gradient {
    ($($file:ident :: $Op:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Op; )*

        /// Uses of each operation without a gradient.
        #[cfg(test)]
        fn all_uses(
            x: crate::Var<'_, f64>,
        ) -> Vec<(&'static str, Vec<crate::Result<crate::Var<'_, f64>>>)> {
            vec![$( (stringify!($Op), $file::uses(x)) ),*]
        }

        /// How each operation without a gradient is compared with PyTorch.
        #[cfg(test)]
        fn comparisons_without_gradient() -> Vec<(&'static str, Vec<pytorch::Comparison>)> {
            vec![$( (stringify!($Op), $file::pytorch()) ),*]
        }
    };
}

// Operations with a value but no gradient, which refuse inputs that require one. Instead of
// `cases()`, such a file has `uses(x)`: the operation applied to a matrix.
ops_without_gradient! {
    compare::Compare, argmax::ArgMax, argmin::ArgMin, one_hot::OneHot,
}

/// How every operation of either list, and every composed method, is compared with PyTorch.
#[cfg(test)]
fn all_comparisons() -> Vec<(&'static str, Vec<pytorch::Comparison>)> {
    let operations = comparisons().into_iter().chain(comparisons_without_gradient());
    operations.chain(crate::composed::comparisons()).collect()
}

/// The names of the operations of either list, and of the composed methods.
#[cfg(test)]
pub(crate) fn all_names() -> Vec<&'static str> {
    let comparisons = all_comparisons().into_iter().flat_map(|(_, comparisons)| comparisons);
    comparisons.map(|comparison| comparison.operation).collect()
}

#[cfg(test)]
mod tests {
    use tensor::Tensor;

    use super::{all_cases, all_uses};
    use crate::{Error, Tape};

    #[test]
    fn every_gradient_is_right() {
        let mut failures = Vec::new();
        for (op, cases) in all_cases() {
            if cases.is_empty() {
                failures
                    .push(format!("{op}: has no cases; a gradient that is not checked is wrong"));
            }
            failures
                .extend(cases.iter().filter_map(|case| case.check().err()).map(|e| e.to_string()));
        }
        assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    }

    #[test]
    fn what_has_no_gradient_is_refused_where_one_is_wanted() {
        let tape = Tape::new();
        let x = tape.parameter(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
        for ((op, wanted), (_, detached)) in all_uses(x).into_iter().zip(all_uses(x.detach())) {
            assert!(!wanted.is_empty(), "{op} is not used");
            for result in wanted {
                let refused = matches!(result, Err(Error::NotDifferentiable { .. }));
                assert!(refused, "{op} gives {result:?} though a gradient is required");
            }
            for result in detached {
                assert!(!result.unwrap().wants_gradient(), "{op}");
            }
        }
    }
}
