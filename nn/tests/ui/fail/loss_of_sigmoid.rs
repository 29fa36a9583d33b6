//! A network of yes-or-no questions is not trained with the loss of exclusive classes.

use nn::loss::cross_entropy;
use nn::{Adam, Trainer, network};

network! { struct Answers(dense(4 -> 3, sigmoid)); }

fn main() {
    let _ = Trainer::<Answers, _>::new(Adam::new(1e-3)).loss(cross_entropy());
}
