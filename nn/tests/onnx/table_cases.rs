//! Networks with columns of tables, briefly trained, and tables for them: every export format is
//! tested with all of these.

use nn::data::{Column, Table};
use nn::tensor::random::Random;
use nn::{Dynamic, Float, Show, fit};

/// Name, declaration and target of each.
pub(crate) const TABLES: &[(&str, &str, &str)] = &[
    (
        "price",
        "struct Price {
           row: columns {
             area: number(log), rooms: number(complete), city: category(3),
             \"street or square\": category(30), garden: flag, sold: date,
           },
           deep: dense(8, silu) * 2,
           price: dense(1),
         }",
        "price",
    ),
    (
        "kind",
        "columns {
           city: category(2, complete), area: number, area2: number(log),
           \"street or square\": category(40),
         }, dense(6, tanh), dense(3, softmax)",
        "kind",
    ),
    (
        "words",
        "columns { \"street or square\": category(26, complete) }, dense(4, tanh), dense(1)",
        "price",
    ),
    (
        "numbers",
        "columns { area: number(log), sold: date, garden: flag(complete), rooms: number }, \
         dense(5, relu), dense(1)",
        "price",
    ),
];

/// Flats, with missing values, in cities and streets of which some are rare. With `is_new` there
/// are also unseen ones, and numbers far outside the range.
pub(crate) fn table(seed: u64, rows: usize, is_new: bool) -> Table {
    let random = Random::new(seed, 0);
    let of = |row: usize, which: u64| random.uniform::<f64>(row as u64 * 16 + which);
    let number = |which: u64, from: f64, to: f64| {
        let number = move |row| match of(row, which + 8) {
            ..0.1 => f64::NAN,
            0.1..0.15 if is_new => [-1e6, 1e9, 0.0, 1e-9][(of(row, which) * 4.0) as usize],
            // Rounded to `f32`.
            _ => f64::from((from + (to - from) * of(row, which)) as f32),
        };
        (0..rows).map(number).collect::<Vec<f64>>()
    };
    let city = |row: usize| match of(row, 2) {
        ..0.1 => "",
        0.1..0.2 if is_new => "Lima",
        0.1..0.12 => "Rare",
        share => ["Rome", "Oslo", "Bern", "Wien", "Köln"][(share * 4.999) as usize],
    };
    let streets = |row: usize| match of(row, 3) {
        ..0.05 => String::new(),
        share => format!("street {}", (share * share * if is_new { 90.0 } else { 60.0 }) as u32),
    };
    let areas = number(0, 20.0, 200.0);
    let price = |row: usize| 1e5 + 2e3 * of(row, 0) + 5e4 * of(row, 1) + 1e4 * of(row, 2);
    Table::new([
        Column::dates(
            "sold",
            number(4, 10_000.0, 20_000.0).iter().map(|days| (days * 4.0).round() / 4.0),
        ),
        Column::numbers("area2", areas.iter().map(|area| -10.0 * area)),
        Column::numbers("area", areas),
        Column::numbers("rooms", (0..rows).map(|row| (1.0 + 5.0 * of(row, 1)).floor())),
        Column::categories("city", (0..rows).map(city)),
        Column::categories("street or square", (0..rows).map(streets)),
        Column::yes_no(
            "garden",
            (0..rows).map(|row| (of(row, 5) > 0.1).then_some(of(row, 6) > 0.4)),
        ),
        Column::numbers("price", (0..rows).map(price)),
        Column::categories("kind", (0..rows).map(|row| ["flat", "house", "hut"][row % 3])),
    ])
    .unwrap()
}

/// Whether the target's logarithm is predicted and outputs are clamped to the range of the training
/// rows.
pub(crate) fn is_log(text: &str) -> bool {
    text.contains("relu")
}

/// The network, fitted to this table.
pub(crate) fn trained<T: Float>(text: &str, target: &str, table: &Table) -> Dynamic<T> {
    let network = Dynamic::<T>::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let mut network = network.predicting(table, target).unwrap().init(3);
    if is_log(text) {
        network = network.log_target().unwrap().clamp_target().unwrap();
    }
    let rows = network.rows(table).unwrap();
    fit(&mut network, &rows).epochs(4).learning_rate(0.02).show(Show::Nothing).run().unwrap();
    network
}
