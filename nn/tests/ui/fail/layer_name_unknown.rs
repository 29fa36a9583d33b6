//! An unknown layer in per-layer settings: the layers of a network are an enum.

use nn::data::{Class, Dataset};
use nn::{fit, network};

network! { pub struct Digits { hidden: dense(4 -> 8, relu), output: dense(2, softmax) } }

fn main() {
    let data = Dataset::new(vec![[0.0; 4]], Class::<2>::from_labels(&[0]).unwrap()).unwrap();
    let mut digits = Digits::init(7);
    let _ = fit(&mut digits, &data).freeze(|layer| layer == DigitsLayer::Hiden).run();
}
