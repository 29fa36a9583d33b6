//! Attributes that a network cannot have, and invalid attributes.

nn::network! {
    #[repr(C, packed)]
    struct Packed(dense(2 -> 1));
    #[cfg_attr(all(), repr(packed(2)))]
    struct PackedToo(dense(2 -> 1));
    #[cfg]
    struct NoCondition(dense(2 -> 1));
    #[=]
    struct NoAttribute(dense(2 -> 1));
}

fn main() {}
