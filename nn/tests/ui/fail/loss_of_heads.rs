//! Several heads need as many losses, each of which must fit its head.

use nn::activation::Identity;
use nn::head::{Both, Linear, Softmax};
use nn::layer::Dense;
use nn::loss::{cross_entropy, mse};
use nn::{Adam, Sequential, Trainer};

type Two = Sequential<Dense<4, 3, Identity>, Both<Softmax<2>, Linear<1>>, 4, 3>;

fn main() {
    let _ = Trainer::<Two, _>::new(Adam::new(1e-3)).loss(cross_entropy());
    let _ = Trainer::<Two, _>::new(Adam::new(1e-3)).loss((mse(), mse()));
}
