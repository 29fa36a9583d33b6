//! Parameters that are not widths.

use nn::network;

network! {
    pub struct Digits<T>(dense(784 -> 128, relu), dense(10, softmax));
    pub struct Lifetime<'a, const H: usize, const K: u32, const H: usize>(dense(784 -> H, relu), dense(10, softmax));
    pub struct Unclosed<const H: usize(dense(784 -> 10));
}

fn main() {
    let network = Digits::init(7);
    let _: [f32; 10] = network.predict(&[0.0; 784]);
    let _ = network.save("digits.safetensors");
    let _ = Lifetime::<3>::init(7);
}
