//! Norms with widths, and with unknown options.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, relu),
        first: layer_norm(128),
        second: batch_norm(128 -> 128),
        third: layer_norm(eps = 1e-5),
        fourth: batch_norm(momentum = 2),
        fifth: layer_norm(epsilon = 0),
        sixth: batch_norm(relu),
        seventh: layer_norm(momentum = 0.1),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
