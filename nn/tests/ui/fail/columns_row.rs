//! A row of another network, a missing field, a field of another type, and an array in place of a row.

use nn::network;

network! {
    pub struct Price { row: columns { area: number, city: category(3) }, price: dense(1) }
    pub struct Rent { row: columns { area: number, city: category(3) }, rent: dense(1) }
}

fn main() {
    let price = Price::init(7);
    price.predict(&RentRow { area: Some(84.0), city: "Rome" });
    price.predict(&PriceRow { area: 84.0, city: "Rome" });
    price.predict(&PriceRow { area: None });
    price.predict(&[84.0, 1.0]);
}
