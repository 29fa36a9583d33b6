//! As many class weights as classes are required.

use nn::data::{Class, Dataset};
use nn::loss::cross_entropy;
use nn::{fit, network};

network! { struct Digits(dense(4 -> 3, softmax)); }

fn main() {
    let data = Dataset::new(vec![[0.0; 4]], Class::from_labels(&[0]).unwrap()).unwrap();
    let _ = fit(&mut Digits::init(1), &data).loss(cross_entropy().class_weights([1.0, 2.0])).run();
}
