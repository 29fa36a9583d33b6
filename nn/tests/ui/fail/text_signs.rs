//! Unknown signs, and unmatched brackets.

use nn::network;

network! { pub struct Digits = "dense(784⇒128, relu), dense(10, softmax)"; }
network! { struct Grey = "dense(28×28→10, softmax)"; }
network! { struct Open = "dense(784→10, softmax"; }
network! { struct Closed = "dense(784→10, softmax))"; }
network! { struct Quoted = "dense(784→10, softmax) § digits"; }

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
