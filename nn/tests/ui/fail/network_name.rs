//! A network whose name is a word of the language, and one without any.

use nn::network;

network! { struct match(dense(2 -> 1)); }
network! { struct (dense(2 -> 1)); }

fn main() {}
