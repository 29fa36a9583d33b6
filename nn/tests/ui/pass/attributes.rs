//! Derives and attributes of the struct are preserved.

use nn::network;

network! {
    #[derive(Clone, Debug)]
    #[must_use = "training took hours"]
    pub struct Digits(dense(4 -> 2));

    #[cfg(any())]
    pub struct Never(dense(4 -> 2, not::There));

    #[cfg(not(any()))]
    #[doc(alias = "always")]
    pub struct Always(dense(4 -> 2));
}

pub(crate) fn main() {
    let digits = Digits::init(7);
    let _ = format!("{:?}", digits.clone());
    let _ = Always::init(7).clone();
}
