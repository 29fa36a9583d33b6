//! Wrong numbers of activations: not allowed, missing, of another type, or two.

use nn::network;

network! {
    pub struct Digits {
        first: dense(784 -> 128, relu(0.1)),
        second: dense(64, leaky_relu()),
        third: dense(64, elu(0.1, 0.2)),
        fourth: dense(64, leaky_relu("0.1")),
        fifth: dense(64, celu(slope = 0.1)),
        sixth: dense(64, elu(1.0 - 0.5)),
        seventh: dense(64, leaky_rleu(0.1)),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
