//! A network for yes-or-no labels, with the loss for exclusive classes.

use nn::loss::cross_entropy;
use nn::{Adam, Trainer, network};

network! { struct Answers(dense(4 -> 3, sigmoid)); }

fn main() {
    let _ = Trainer::<Answers, _>::new(Adam::new(1e-3)).loss(cross_entropy());
}
