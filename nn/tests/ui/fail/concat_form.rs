//! Inputs that are unnamed, named in the wrong brackets, duplicated, alone, repeated and empty.

use nn::network;

network! {
    struct Unnamed { both: concat { dense(784 -> 32, relu), input(4) }, output: dense(10, softmax) }
    struct Named { both: concat(image: dense(784 -> 32, relu), meta: input(4)), output: dense(10) }
    struct Twice { both: concat { image: dense(784 -> 32), image: input(4) }, output: dense(10) }
    struct Alone { both: concat(dense(784 -> 32)), output: dense(10) }
    struct Repeated { both: concat(dense(784 -> 32), input(4)) * 2, output: dense(10) }
    struct Empty { both: concat { image: , meta: input(4) }, output: dense(10) }
    struct Option { both: concat(dense(784 -> 32), input(4), axis = 1), output: dense(10) }
    struct Bare { both: concat, output: dense(36 -> 10) }
}

fn main() {
    let _ = (Named::init(7), Alone::init(7), Bare::init(7));
}
