//! Mistakes in a block of columns.

use nn::network;

network! {
    pub struct Price {
        row: columns {
            area: number(lg),
            rooms: integer,
            city: category,
            "street (old)": category(30),
            garden: flag(3),
            area: date,
            fn: number,
        },
        price: dense(1),
    }
}

fn main() {
    let _ = Price::init(7);
}
