//! Gated units, which halve the width, and group norms.

use nn::network;

const WIDTH: usize = 12;
const GROUPS: f64 = 3.0;

network! {
    pub struct Gated {
        hidden: dense(8 -> 64),
        gate: glu,
        groups: group_norm(8),
        wide: dense(WIDTH),
        half: swiglu,
        named: group_norm(groups = GROUPS, epsilon = 1e-3),
        block: residual(dense(12), swiglu),
        output: dense(3, softmax),
    }
    pub struct Front(glu, dense(4 -> 2));
    struct Width<const H: usize>(dense(8 -> H), group_norm(2), dense(6), glu, dense(2));
}
type Small = network![dense(4 -> 6), swiglu, dense(2)];

pub(crate) fn main() {
    let gated = Gated::init(7);
    let outputs = gated.activations(&[0.5; 8]);
    let _: ([f32; 32], [f32; 6], [f32; 6]) = (outputs.gate, outputs.half, outputs.block);
    let _ = (gated.groups().scale, gated.named().shift);
    assert_eq!(Gated::<f32>::PARAMS, 8 * 64 + 64 + 64 + 32 * 12 + 12 + 12 + 6 * 12 + 12 + 6 * 3 + 3);
    assert_eq!(Front::init(1).predict(&[1.0; 8]).len(), 2);
    assert_eq!(Width::<4>::init(1).predict(&[1.0; 8]).len(), 2);
    let _ = <Small as nn::Network>::init(1);
}
