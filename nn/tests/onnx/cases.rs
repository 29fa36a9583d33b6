//! Networks with every word of the notation, and rows for them: every export format is tested with
//! all of these.

use nn::tensor::random::Random;
use nn::{Dynamic, Float, Model, Registry, TensorKind};

/// Name and declaration of each.
pub(crate) const CASES: &[(&str, &str)] = &[
    ("digits", "struct Digits { hidden: dense(9 -> 8, relu), output: dense(4, softmax) }"),
    ("one", "dense(3 -> 1)"),
    (
        "chain",
        "batch_norm, dense(6 -> 5, relu), dense(4, leaky_relu(0.2)), layer_norm,
         dense(5, elu(0.5)), dense(4, gelu), dense(5, gelu_tanh), dense(4, silu), dense(5, mish),
         dense(4, hard_swish), dense(5, hard_sigmoid), dense(4, hard_tanh), dense(3, sigmoid)",
    ),
    ("options", "dense(3 -> 5, relu, bias = false), dropout(0.25), dense(2, sigmoid, l2 = 1e-3)"),
    (
        "norms",
        "batch_norm, dense(6 -> 7, gelu), layer_norm, dense(5), batch_norm(epsilon = 1e-3), \
         layer_norm(epsilon = 0.1), dense(3)",
    ),
    (
        "activations",
        "dense(6 -> 5, relu), dense(4, leaky_relu), dense(5, leaky_relu(0.2)), dense(4, elu),
         dense(5, elu(0.5)), dense(4, celu), dense(5, celu(0.5)), dense(4, selu), dense(5, gelu),
         dense(4, gelu_tanh), dense(5, silu), dense(4, mish), dense(5, hard_swish),
         dense(4, sigmoid), dense(5, hard_sigmoid), dense(4, log_sigmoid), dense(5, tanh),
         dense(4, hard_tanh), dense(5, softplus), dense(4, softsign), dense(5, linear),
         dense(4, identity), dense(3, softmax)",
    ),
    (
        "residual",
        "dense(3 -> 4, relu), residual(layer_norm, dense(6, gelu), dense(4)) * 2,
         residual(dense(4, tanh), residual(dense(4))), dense(2)",
    ),
    (
        "branches",
        "struct Photo {
           parts: concat {
             image: (dense(5 -> 4, relu), dense(3)), meta: input(2), sound: dense(3 -> 2, tanh),
           },
           trunk: dense(6, relu),
           answer: heads {
             class: dense(4, softmax), angle: (dense(3, relu), dense(2)),
             seen: dense(2, sigmoid),
           },
         }",
    ),
    (
        "learned",
        "dense(4 -> 6), prelu, rms_norm, dense(5, relu), layer_scale, rms_norm(epsilon = 1e-2), \
         dense(3), prelu(slope = 0.1)",
    ),
    (
        "gated",
        "dense(4 -> 12), group_norm(3), gaussian_dropout(0.1), glu, alpha_dropout(0.1), dense(8), \
         swiglu, group_norm(2, epsilon = 1e-2), dense(6, relu), highway, glu, highway(bias = 0.5)",
    ),
    (
        "depth",
        "dense(4 -> 6, relu), residual(layer_norm, dense(6, tanh), stochastic_depth(0.2)), \
         dense(3)",
    ),
    (
        "lengths",
        "dense(4 -> 5, tanh, weight_norm = true), dense(3, relu, bias = false, \
         weight_norm = true), dense(4)",
    ),
    (
        "spectral",
        "dense(4 -> 5, tanh, spectral_norm = true), dense(3, relu, bias = false, \
         spectral_norm = true), dense(4)",
    ),
    ("even", "dense(4 -> 6), rms_norm, dense(5, relu), rms_norm(epsilon = 1e-2), dense(3)"),
    ("standardized", "standardize, dense(4 -> 5, tanh), dense(3)"),
    ("bounded", "min_max, dense(4 -> 5, tanh), dense(3)"),
    ("clipped", "robust, dense(4 -> 5, tanh), dense(3)"),
    ("scaled", "scale(1/255), dense(4 -> 5, tanh), dense(3)"),
    ("bent", "dense(4 -> 6), prelu, dense(5, tanh), layer_scale, dense(3)"),
    // Branches inside a network: slices of a row, and a concatenated row.
    (
        "inside",
        "struct Outer { open: dense(4 -> 7), pair: Pair, skip: residual(Pair), \
         close: dense(3, softmax) }",
    ),
    (
        "passed",
        "struct Passed { parts: concat { a: input(2), b: input(3) }, skip: residual(dropout(0.5)) \
         }",
    ),
];

/// Ordinary numbers and extreme ones.
pub(crate) const EXTREMES: [f64; 16] = [
    0.0, -0.0, 1.0, -1.0, 3.0, -3.0, 1e-3, -1e-3, 1e-30, -1e-40, 30.0, -30.0, 100.0, -100.0, 1e4,
    -1e4,
];

/// The network with numbers in all of its tensors, running statistics included.
pub(crate) fn network<T: Float>(text: &str) -> Dynamic<T> {
    let mut registry = Registry::new();
    let pair = "struct Pair { parts: concat { a: dense(4 -> 3, tanh), b: input(3) }, \
                answer: heads(dense(2), (layer_norm, dense(5))) }";
    let pair = registry.parse(pair).unwrap_or_else(|error| panic!("{error}"));
    registry.network("Pair", pair);
    let mut network = registry.parse(text).unwrap_or_else(|error| panic!("{error}")).init(3);
    let (tensors, random) = (Model::tensors(&network), Random::new(4, 0));
    for tensor in tensors.iter().filter(|tensor| tensor.kind != TensorKind::Weight) {
        for at in tensor.range() {
            // Positive, because some are variances.
            network.flat_mut()[at] = T::of(0.5 + random.uniform::<f64>(at as u64));
        }
    }
    network
}

/// Rows of random numbers and rows of extreme ones.
pub(crate) fn rows<T: Float>(width: usize) -> Vec<T> {
    let random = Random::new(5, 0);
    let usual = (0..6 * width).map(|at| 2.0 * random.normal::<f64>(at as u64));
    let extreme = (0..EXTREMES.len() * width)
        .map(|at| EXTREMES[(at / width + at % width * 3) % EXTREMES.len()]);
    usual.chain(extreme).map(T::of).collect()
}
