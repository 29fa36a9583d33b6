//! More units than can be counted or fit into memory.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 99_999_999_999, relu),
        more: dense(99999999999999999999999, relu),
        output: dense(10, softmax),
    }
}
network! { struct Huge(dense(4_000_000_000 -> 4_000_000_000)); }

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
