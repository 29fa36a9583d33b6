//! A list without a name is a type, in brackets of any kind.

use nn::network;

type Brackets = network![dense(784 -> 32, relu), dense(10, softmax)];
type Parentheses = network!(dense(784 -> 32, relu), dense(32 -> 10, softmax),);
type Braces = network! { dense(784 -> 32, relu), dense(10, softmax) };
type Angles = network![< dense(784 -> 32, relu), dense(10, softmax) >];

struct Holder {
    network: network![dense(784 -> 32, relu), dense(10, softmax)],
}

fn answer(network: &Brackets) -> [f32; 10] {
    network.predict(&[0.5; 784])
}

pub(crate) fn main() {
    let first = Brackets::init(1);
    let _ = answer(&first);
    let same: Parentheses = Braces::init(1);
    let again: Angles = same.clone();
    let holder = Holder { network: again };
    assert_eq!(answer(&holder.network), answer(&first));
    let _ = <network![dense(2 -> 1)]>::init(1).predict(&[1.0, 2.0]);
}
