//! Invalid values of options.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> 128, relu, bias = no),
        second: dense(64, init = xavier),
        third: dense(64, init = he_nromal),
        fourth: dense(64, init = "zeros"),
        fifth: dense(64, l2 = -1e-4),
        sixth: dense(64, l2 = tiny),
        seventh: dense(64, init = weird),
        eighth: dense(64, weight_norm = 1),
        ninth: dense(64, weight_norm = true, l2 = 1e-4),
        tenth: dense(64, weight_norm = true, spectral_norm = true),
        output: dense(10, softmax, bias =),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
