//! Several declarations in one call, with every visibility.

mod models {
    nn::network! {
        pub struct Open(dense(4 -> 2));
        pub(crate) struct Within { only: dense(4 -> 2), }
        pub(super) struct Above = "dense(4 -> 2)";
        #[allow(dead_code)]
        struct Hidden(dense(4 -> 2));
    }
}

pub(crate) fn main() {
    let _ = models::Open::init(1).layer1();
    let _ = models::Within::init(1).only();
    let _ = models::Above::init(1).predict(&[0.0; 4]);
}
