//! A network that predicts numbers, with a loss for probabilities.

use nn::data::Dataset;
use nn::loss::cross_entropy;
use nn::{fit, network};

network! { struct Prices(dense(4 -> 1)); }

fn main() {
    let data = Dataset::new(vec![[0.0; 4]], vec![[0.0]]).unwrap();
    let _ = fit(&mut Prices::init(1), &data).loss(cross_entropy().label_smoothing(0.1)).run();
}
