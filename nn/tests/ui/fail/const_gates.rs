//! Gates and groups with constants that do not fit.

use nn::network;

const ODD: usize = 33;
const GROUPS: f64 = 8.0;

network! {
    struct Halved(dense(8 -> ODD), glu, dense(2));
    struct Grouped(dense(8 -> ODD), group_norm(3), group_norm(GROUPS), dense(2));
}

fn main() {
    let _ = (Halved::init(7), Grouped::init(7));
}
