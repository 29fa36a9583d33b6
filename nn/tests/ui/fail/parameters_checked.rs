//! Checks that depend on parameters, for each choice of widths.

nn::network! {
    struct Net<const H: usize, const K: usize>(dense(30 -> H, relu), dense(K -> 2, softmax));
}

const RIGHT: usize = Net::<3, 3>::PARAMS;
const WRONG: usize = Net::<3, 4>::PARAMS;
const ZERO: usize = Net::<0, 0>::PARAMS;

fn main() {
    let _ = RIGHT + WRONG + ZERO;
}
