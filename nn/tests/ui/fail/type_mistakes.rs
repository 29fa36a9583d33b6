//! Mistakes in a type, which is still a type.

use nn::network;

type Digits = network![dense(784 -> 128, rleu), dense(64 -> 10, softmax)];

fn main() {
    use nn::Network;
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
}
