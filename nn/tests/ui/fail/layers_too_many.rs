//! More layers than the compiler can handle: in one repetition, in total, and nested.

nn::network! {
    struct InARow(dense(4 -> 4) * 1001);
    struct InAll(dense(4 -> 4) * 600, dense(4) * 300, residual(dense(4), dense(4)) * 51);
    struct Nested(dense(4 -> 4), residual(dense(4), residual(dense(4) * 1000) * 1000) * 1000);
}
type AsText = nn::network!("dense(4 -> 4) * 10000");

fn main() {
    let _ = (InARow::init(1), InAll::init(1), Nested::init(1));
    let _: Option<AsText> = None;
}
