//! Options of layers that have none.

use nn::network;

struct Gate<const I: usize, const O: usize>;

network! {
    pub struct Digits {
        first: Gate(784 -> 128, bias = false),
        second: residual(dense(128, relu), rate = 0.1),
        third: dense(64, relu),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
