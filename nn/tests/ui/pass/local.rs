//! Declared inside a function, with its constants and types.

use nn::network;

pub(crate) fn main() {
    const HIDDEN: usize = 3;
    network! {
        struct Local(dense(4 -> HIDDEN, tanh), dense(HIDDEN -> 2));
    }
    let _: [f32; 2] = Local::init(7).predict(&[0.0; 4]);
    type Small = network![dense(2 -> HIDDEN), dense(3 -> 1)];
    assert_eq!(<Small as nn::Network>::init(7).to_string(), <Small as nn::Architecture>::SUMMARY);
}
