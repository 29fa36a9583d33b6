//! Mistakes in the options and layers of a string literal.

use nn::network;

network! {
    pub struct Digits = "
        hidden: dense(784→128, leaky_relu(x), baes = false),
        drop: dropout(2),
        block: residual(dense(64), dense(100)), // as wide as it was
        output: dense(10, softmax),
    ";
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
