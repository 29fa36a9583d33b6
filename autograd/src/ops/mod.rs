//! Every built-in operation. To add one: write its file, add its line below.
//!
//! The list that declares the operations is the list that tests them: a file without `cases()` does
//! not compile, and one test checks the gradients of all of them. Each file has the same form,
//! which is also that of an operation outside this crate: formulas, shapes, forward, backward,
//! cases, and a value worked by hand.

mod axes;

macro_rules! ops {
    ($($file:ident :: $Op:ident),* $(,)?) => {
        $( mod $file; pub use $file::$Op; )*

        /// The gradient-check cases of each operation.
        #[cfg(test)]
        fn all_cases() -> Vec<(&'static str, Vec<crate::gradcheck::GradCase>)> {
            vec![$( (stringify!($Op), $file::cases()) ),*]
        }
    };
}

ops! {
    // arithmetic
    add::Add, sub::Sub, mul::Mul, div::Div, neg::Neg, scale::Scale, add_scalar::AddScalar,
    // functions of one number
    powf::Powf, exp::Exp, ln::Ln, sqrt::Sqrt, abs::Abs, square::Square, activate::Activate,
    // products
    matmul::MatMul,
    // reductions
    sum::Sum, mean::Mean, max::Max,
    // shapes
    reshape::Reshape, transpose::Transpose, permute::Permute, broadcast_to::BroadcastTo,
    slice::Slice, concat::Concat,
    // softmax and losses
    softmax::Softmax, log_softmax::LogSoftmax, logsumexp::LogSumExp,
    cross_entropy::CrossEntropy, mse::Mse, bce_with_logits::BceWithLogits,
}

#[cfg(test)]
mod tests {
    use super::all_cases;

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
}
