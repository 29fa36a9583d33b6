//! `input` outside `concat`, and without a width.

use nn::network;

network! {
    pub struct Digits {
        image: input(784),
        both: dense(64, relu),
        output: dense(10, softmax),
    }
}
network! {
    struct Other { both: concat(input(), (input(4), dense(2))), output: dense(1) }
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
}
