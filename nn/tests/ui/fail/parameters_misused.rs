//! Parameters used as anything but widths, and in computations.

nn::network! {
    struct Computed<const H: usize>(dense(30 -> (2 * H), relu), dense({ H + 1 } -> 4), dense(2, softmax));
    struct Added<const H: usize> {
        inputs: concat { a: dense(2 -> H), b: input(H) },
        answers: heads { a: dense(2, softmax), b: dense(H) },
    }
    struct Other<const H: usize>(
        dense(30 -> H, leaky_relu((H as f64)), init = my::Init<H>, l2 = (1.0 / H as f64)),
        dropout((1.0 / H as f64)),
        my::Gate<H>(H -> H),
        Inner<H>,
        dense(H -> 2, my::Act<H>),
    );
}

fn main() {
    let _ = (Computed::<3>::init(1), Added::<3>::init(1), Other::<3>::init(1));
}
