//! Columns at positions where they are not allowed.

use nn::network;

network! {
    pub struct Behind { hidden: dense(3 -> 4), row: columns { area: number }, price: dense(1) }
    pub struct Branch { parts: concat { flat: (columns { area: number }, dense(2)), more: input(3) }, price: dense(1) }
    pub struct Alone { row: columns { area: number } }
}

type Price = network![columns { area: number }, dense(1)];

fn main() {
    let _ = (Behind::init(7), Alone::init(7), Price::FLOPS);
}
