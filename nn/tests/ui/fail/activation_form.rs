//! Activations written as calls, strings, functions and closures.

use nn::network;

network! {
    pub struct Digits {
        call: dense(784 -> 128, relu()),
        values: dense(64, leaky_relu(0.1)),
        string: dense(32, "relu"),
        closure: dense(16, |x| x),
        path: dense(8, my::swish),
        two: dense(8, relu, tanh),
        nothing: dense(8, , relu),
        output: dense(10 softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
