//! Networks without layers.

use nn::network;

network! { struct Braces {} }
network! { struct Parentheses(); }
network! { struct Nothing; }
network! { struct Text = ""; }
type Type = network![];

fn main() {
    let _ = (Braces::init(1), Parentheses::init(1), Nothing::init(1), Text::init(1));
    let _: Option<Type> = None;
}
