//! An angle bracket that is never closed.

use nn::network;

type Digits = network![< dense(784 -> 128, relu), dense(10, softmax)];

fn main() {
    use nn::Network;
    let _: [f32; 10] = Digits::init(7).predict(&[0.0; 784]);
}
