//! Numbers of activations that are not positive.

nn::network! {
    struct Net(dense(4 -> 3, leaky_relu(-0.1)), dense(2, elu(0.0)), dense(1, celu(alpha = -1)));
}

fn main() {
    let _ = Net::init(1);
}
