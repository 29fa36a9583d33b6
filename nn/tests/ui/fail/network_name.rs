//! A network whose name is a keyword, and one without a name.

use nn::network;

network! { struct match(dense(2 -> 1)); }
network! { struct (dense(2 -> 1)); }

fn main() {}
