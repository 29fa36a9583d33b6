//! The largest number of layers, in a thread's stack and without optimization.

use nn::data::Class;
use nn::{Adam, Trainer};

nn::network! { struct Deepest(dense(4 -> 8, relu), dense(8, relu) * 998, dense(2, softmax)); }
nn::network! { struct Nested(dense(4 -> 4), residual(dense(4, relu), dense(4, init = zeros)) * 499, dense(1)); }

pub(crate) fn main() {
    let steps = || {
        let mut network = Deepest::init(1);
        let class = Class::<2>::new(1).expect("a class");
        let loss = Trainer::<Deepest, _>::new(Adam::new(1e-3)).step(&mut network, &[[0.5; 4]; 8], &[class; 8]);
        assert!(loss.expect("a loss") > 0.0);
        let _ = network.predict(&[0.5; 4]);
        let mut network = Nested::init(1);
        Trainer::<Nested, _>::new(Adam::new(1e-3)).step(&mut network, &[[0.5; 4]], &[[1.0]]).expect("a loss");
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(steps).expect("a thread").join().expect("no panic");
    assert!(Deepest::SUMMARY.contains("and more layers"));
}
