//! Activations with numbers: literals, constants, expressions, by name.

use nn::network;

const SLOPE: f64 = 0.2;

network! {
    struct Numbers {
        literal: dense(2 -> 2, leaky_relu(0.2)),
        whole: dense(2, elu(1)),
        constant: dense(2, leaky_relu(SLOPE)),
        named: dense(2, leaky_relu(slope = 0.2)),
        expression: dense(2, celu((1.0 / 2.0))),
        block: dense(2, celu({ 0.5 })),
        default: dense(2, elu),
    }
    pub struct Leak(dense(1 -> 1, leaky_relu(0.5)));
    pub struct Same(dense(1 -> 1, leaky_relu(SLOPE)), dense(1, leaky_relu(0.2)));
}

pub(crate) fn main() {
    let _ = Numbers::init(1).predict(&[1.0, -1.0]);
    let leak = Leak::init(1);
    let weight = leak.layer1().weight[0][0];
    let y = leak.predict(&[-1.0 / weight])[0];
    assert!((y + 0.5).abs() < 1e-6, "{y}");
    let _ = Same::init(1);
}
