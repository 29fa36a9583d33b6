//! A network for exclusive classes, with the losses for numbers and for yes-or-no labels.

use nn::data::{Class, Dataset};
use nn::loss::{binary_cross_entropy, mse};
use nn::{Evaluate, fit, network};

network! { struct Digits(dense(4 -> 3, softmax)); }

fn main() {
    let data = Dataset::new(vec![[0.0; 4]], Class::from_labels(&[0]).unwrap()).unwrap();
    let _ = fit(&mut Digits::init(1), &data).loss(mse()).run();
    let _ = Digits::init(1).evaluation(&data).loss(binary_cross_entropy());
}
