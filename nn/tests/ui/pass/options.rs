//! The options of dense layers, by name and in any order.

use nn::network;

const L2: f64 = 1e-4;

network! {
    pub struct Digits {
        first: dense(8 -> 6, relu, init = he_uniform, l2 = 1e-4),
        second: dense(6, bias = false, tanh),
        third: dense(6, init = zeros, bias = true),
        fourth: dense(6, relu, l2 = L2, init = lecun_normal),
        fifth: dense(5, tanh, weight_norm = true),
        sixth: dense(6, weight_norm = true, bias = false),
        seventh: dense(6, weight_norm = false),
        eighth: dense(6, gelu, spectral_norm = true),
        ninth: dense(6, spectral_norm = true, bias = false),
        output: dense(3, softmax, init = glorot_uniform, bias = false),
    }
}
type Small = network![dense(8 -> 3, bias = false, init = glorot_normal)];

pub(crate) fn main() {
    assert_eq!(
        Digits::PARAMS,
        8 * 6 + 6 + 6 * 6 + 6 * 6 + 6 + 6 * 6 + 6 + (6 * 5 + 5 + 5) + (5 * 6 + 6) + (6 * 6 + 6) + (6 * 6 + 6) + 6 * 6 + 6 * 3
    );
    let digits = Digits::init(7);
    assert_eq!(digits.first().bias, &[0.0; 6]);
    assert_eq!(digits.second().weight.len(), 6); // a view without `bias`
    let normed = digits.fifth();
    let length = normed.dense.weight.iter().map(|row| row[1] * row[1]).sum::<f32>().sqrt();
    assert!((normed.scale[1] - length).abs() < 1e-6 && normed.dense.bias == &[0.0; 5]);
    assert_eq!(digits.sixth().dense.weight.len(), 5);
    assert_eq!(digits.seventh().bias.len(), 6);
    let even = digits.eighth();
    let length = |x: &[f32; 6]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
    assert!((length(even.u) - 1.0).abs() < 1e-6 && (length(even.v) - 1.0).abs() < 1e-6);
    assert_eq!(even.dense.bias, &[0.0; 6]);
    assert_eq!(digits.ninth().dense.weight.len(), 6);
    assert_eq!(digits.third().weight, &[[0.0; 6]; 6]);
    let bound = (6.0_f32 / 8.0).sqrt();
    assert!(digits.first().weight.iter().flatten().all(|w| w.abs() <= bound));
    assert_eq!(Small::PARAMS, 24);
}
