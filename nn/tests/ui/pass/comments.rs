//! Comments, doc comments and whole declarations in a string literal.

use nn::network;

network! {"
    // Two networks in one text.

    /// Ten digits.
    #[derive(Debug)]
    pub struct Digits {
        /// Finds /* strokes */.
        hidden: dense(784 → 128, leaky_relu(1e-2)), // as in the paper
        output: dense(10, softmax, bias = false),
        /* nothing /* more */ */
    }
    pub struct Other(dense(2→1));
"}

pub(crate) fn main() {
    assert_eq!(<Digits as nn::Architecture>::NAMES, ["hidden", "output"]);
    let _ = format!("{:?}", Digits::init(1));
    assert_eq!(Other::init(1).layer1().weight.len(), 2);
}
