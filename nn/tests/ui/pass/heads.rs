//! The last activation determines the loss of a network.

use nn::{Network, head, network};

network! {
    pub struct Classes(dense(4 -> 3, softmax));
    pub struct Answers(dense(4 -> 3, sigmoid));
    pub struct Numbers(dense(4 -> 3));
    pub struct Positive(dense(4 -> 3, softplus));
}

fn has<N: Network<Head = H>, H>() {}

pub(crate) fn main() {
    has::<Classes, head::Softmax<3>>();
    has::<Answers, head::Sigmoid<3>>();
    has::<Numbers, head::Linear<3>>();
    has::<Positive, head::Linear<3>>();
    assert!(Positive::init(1).predict(&[-1.0; 4]).iter().all(|&y| y > 0.0));
}
