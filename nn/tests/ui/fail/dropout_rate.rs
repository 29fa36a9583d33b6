//! Invalid rates of dropout.

use nn::network;

network! {
    pub struct Digits {
        hidden: dense(784 -> 128, relu),
        first: dropout(1.5),
        second: dropout(20%),
        third: dropout(1),
        fourth: dropout(-0.1),
        fifth: dropout(),
        sixth: dropout,
        seventh: dropout(0.1, 0.2),
        eighth: dropout(p = 0.2),
        output: dense(10, softmax),
    }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
}
