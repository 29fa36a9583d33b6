//! The notation of the literature in a string literal, as a type and as a struct.

use nn::network;

type Small = network!("< dense(784→128, relu), dense(128→10, softmax) >");
type Same = network![dense(784 -> 128, relu), dense(10, softmax)];

network! {
    /// Ten digits.
    pub struct Digits = "dense(784→128, relu), dense(10, softmax)";
    pub struct Named = "
        strokes: dense(784 → 128, relu),
        digits: dense(10, softmax),
    ";
}

pub(crate) fn main() {
    let small: Small = Same::init(3);
    let digits = Digits::init(3);
    assert_eq!(small.predict(&[0.5; 784]), digits.predict(&[0.5; 784]));
    assert_eq!(Named::init(3).digits().bias, &[0.0; 10]);
    let _ = <network!("dense(2→1)")>::init(1);
}
