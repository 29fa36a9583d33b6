//! The initialisers.

use super::word;

/// An initialiser.
#[derive(Debug)]
pub struct Initializer {
    /// The word, as it is written.
    pub word: &'static str,
    /// What other libraries call it.
    pub elsewhere: &'static [&'static str],
}

/// Every initialiser, in the order in which messages list them.
pub const INITIALIZERS: &[Initializer] = &[
    Initializer { word: "he_normal", elsewhere: &["kaiming", "kaiming_normal", "he"] },
    Initializer { word: "he_uniform", elsewhere: &["kaiming_uniform"] },
    Initializer { word: "glorot_normal", elsewhere: &["xavier", "xavier_normal", "glorot"] },
    Initializer { word: "glorot_uniform", elsewhere: &["xavier_uniform"] },
    Initializer { word: "lecun_normal", elsewhere: &["lecun"] },
    Initializer { word: "lecun_uniform", elsewhere: &[] },
    Initializer { word: "zeros", elsewhere: &["zero"] },
];

word!(Initializer);
