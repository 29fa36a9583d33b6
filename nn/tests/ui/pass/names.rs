//! Raw names, and names in other scripts.

use nn::{Architecture, network};

network! {
    #[allow(non_camel_case_types)]
    pub struct r#struct {
        r#type: dense(4 -> 3, relu),
        cachée: dense(3, relu),
        größe: dense(1),
    }
}

pub(crate) fn main() {
    let network = r#struct::init(7);
    let _ = (network.r#type(), network.cachée(), network.größe());
    assert_eq!(<r#struct as Architecture>::NAMES, ["type", "cachée", "größe"]);
    assert_eq!(<r#struct as Architecture>::NAME, "struct");
}
