//! Residuals without layers, with names, and with softmax.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 64, relu),
        first: residual(),
        second: residual,
        third: residual(inner: dense(64, relu)),
        fourth: residual(dense(64, softmax)),
        fifth: residual(dense(32 -> 64, relu)),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
