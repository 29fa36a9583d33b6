//! Gates with odd widths, and numbers of groups that do not divide the width.

use nn::network;

network! {
    pub struct Odd {
        hidden: dense(8 -> 33),
        gate: glu,
        next: dense(16),
        twice: swiglu * 2,
        wide: swiglu(16),
        output: dense(10, softmax),
    }
    struct Groups(
        dense(8 -> 12), group_norm(8), group_norm, group_norm(), group_norm(0), group_norm(2.5), group_norm(4, 2),
        group_norm(3, eps = 1e-3), dense(2)
    );
    struct Neither(glu, layer_norm);
    struct Parametric<const H: usize>(dense(8 -> H), layer_norm, glu, dense(2));
    struct Inside(dense(8 -> 6), residual(glu, dense(4)), dense(2));
}

fn main() {
    let _ = (Odd::init(7), Groups::init(7), Neither::init(7), Parametric::<4>::init(7), Inside::init(7));
}
