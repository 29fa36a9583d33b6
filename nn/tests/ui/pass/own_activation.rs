//! Custom activations, by name and by path.

use nn::{Float, activation::Activation, network};

/// x²
#[derive(Clone, Copy, Debug, Default)]
pub struct Square;

impl Activation for Square {
    const NAME: &'static str = "square";
    const KEEPS_INPUT: bool = true;
    fn value<T: Float>(&self, x: T) -> T {
        x * x
    }
    fn derivative<T: Float>(&self, x: T, _y: T) -> T {
        x + x
    }
}

mod my {
    pub use super::Square as T;
    pub type Same<A, B> = <(A, B) as Choose>::First;
    pub trait Choose {
        type First;
    }
    impl<A, B> Choose for (A, B) {
        type First = A;
    }
}

network! {
    pub struct Digits(dense(4 -> 3, Square), dense(2, my::T), dense(1, my::Same<Square, u8>));
}
type Small = network![dense(4 -> 3, self::my::T), dense(1)];

pub(crate) fn main() {
    assert!(Digits::init(7).predict(&[1.0; 4])[0] >= 0.0);
    let _ = Small::init(7);
}
