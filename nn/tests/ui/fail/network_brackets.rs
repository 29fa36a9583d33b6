//! Wrong brackets around layers, and an `=` without text.

use nn::network;

network! { pub struct Digits[dense(784 -> 128, relu), dense(10, softmax)]; }
network! { struct Other = dense(2 -> 1); }

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
