//! The initializers.

use super::word;

/// An initializer.
#[derive(Debug)]
pub struct Initializer {
    /// The word, as it is written.
    pub word: &'static str,
    /// Its names in other libraries.
    pub elsewhere: &'static [&'static str],
}

/// Every initializer, in the order in which messages list them.
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
