//! The options of dense layers, by name and in any order.

use nn::network;

const L2: f64 = 1e-4;

network! {
    pub struct Digits {
        first: dense(8 -> 6, relu, init = he_uniform, l2 = 1e-4),
        second: dense(6, bias = false, tanh),
        third: dense(6, init = zeros, bias = true),
        fourth: dense(6, relu, l2 = L2, init = lecun_normal),
        output: dense(3, softmax, init = glorot_uniform, bias = false),
    }
}
type Small = network![dense(8 -> 3, bias = false, init = glorot_normal)];

fn main() {
    assert_eq!(Digits::PARAMS, 8 * 6 + 6 + 6 * 6 + 6 * 6 + 6 + 6 * 6 + 6 + 6 * 3);
    let digits = Digits::init(7);
    assert_eq!(digits.first().bias, &[0.0; 6]);
    assert_eq!(digits.second().weight.len(), 6); // a view without `bias`
    assert_eq!(digits.third().weight, &[[0.0; 6]; 6]);
    let bound = (6.0_f32 / 8.0).sqrt();
    assert!(digits.first().weight.iter().flatten().all(|w| w.abs() <= bound));
    assert_eq!(Small::PARAMS, 24);
}
