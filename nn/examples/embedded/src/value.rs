//! Reads rows of a table from standard input and writes for each the value of the flat, as the
//! hexadecimal digits of its bits.
//!
//! The preprocessing (medians, words, missing values) is part of the program, like the weights. A
//! row is 49 bytes, little endian: area, rooms and day of the sale in days from 1970-01-01, each a
//! double, NaN if missing; 1 for a garden, 0 for none, any other byte for unknown; then city and
//! street, each 12 bytes of UTF-8 padded with zeros, all zeros if missing.

#![no_std]
#![no_main]

mod streams;

use core::ffi::c_int;

use digits as _; // what is called if something panics
use nn::layer::columns::TableRow as _;
use nn::{Weights, include_weights, network};

network! {
    /// The value of a flat.
    struct Price {
        row: columns {
            area: number(log),
            rooms: number(complete),
            city: category(3),
            street: category(30),
            garden: flag,
            sold: date,
        },
        deep: dense(8, silu) * 2,
        price: dense(1),
    }
}

/// Written by `WRITE_FLAT=1 cargo test -p nn --test networks flat`.
static PRICE: Weights<Price> = include_weights!("../price.safetensors");

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let mut bytes = [0; 49];
    while streams::fill(&mut bytes).is_some() {
        let Some(row) = row(&bytes) else { return 1 };
        if streams::write_bits(&PRICE.predict(&row.numbers())).is_none() {
            return 1;
        }
    }
    0
}

/// The row in these bytes; `None` if a word is not UTF-8.
fn row(bytes: &[u8; 49]) -> Option<PriceRow<'_>> {
    let (numbers, rest) = bytes.split_first_chunk::<24>()?;
    let ([garden], words) = rest.split_first_chunk()?;
    let ([area, rooms, sold], [city, street]) = (numbers.as_chunks().0, words.as_chunks().0) else {
        return None;
    };
    Some(PriceRow {
        area: number(area),
        rooms: number(rooms),
        city: word(city)?,
        street: word(street)?,
        garden: match garden {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        sold: number(sold),
    })
}

fn number(bytes: &[u8; 8]) -> Option<f64> {
    Some(f64::from_le_bytes(*bytes)).filter(|number| !number.is_nan())
}

fn word(bytes: &[u8; 12]) -> Option<&str> {
    core::str::from_utf8(bytes.split(|&byte| byte == 0).next()?).ok()
}
