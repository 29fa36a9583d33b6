//! The weights of a network whose encoder was never adapted, in a file from another program.

use nn::{Weights, include_weights, network};

network! {
    pub struct Small(standardize, dense(2 -> 1));
}

static SMALL: Weights<Small> = include_weights!("weights_not_adapted.safetensors");

fn main() {
    let _ = SMALL.predict(&[0.0; 2]);
}
