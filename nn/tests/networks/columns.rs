//! The columns of a table before a network: declared, read at run time, saved, embedded and nested,
//! with the same bits for the same row.

use std::ops::ControlFlow::{Break, Continue};
use std::path::PathBuf;

use nn::data::{Class, Column, Dataset, Table, days};
use nn::layer::columns::TableRow as _;
use nn::prelude::*;
use nn::{Dynamic, Event, NamedTensor, Registry, Show, Threads, Weights, include_weights};

network! {
    /// The price of a flat.
    #[derive(PartialEq)]
    pub(super) struct Price {
        row: columns {
            /// In square metres.
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

    struct Kind(
        columns { area: number, city: category(2), street: category(40, complete) },
        dense(6, tanh),
        dense(2, softmax),
    );

    /// Numbers only: no words to borrow.
    struct Numbers(columns { area: number, rooms: number }, dense(3, tanh), dense(1));

    struct Inner(columns { area: number, city: category(2) }, dense(4));
    struct Outer { inner: Inner, output: dense(1) }
}

const PRICE: &str = "struct Price {
    row: columns {
        area: number(log), rooms: number(complete), city: category(3), street: category(30),
        garden: flag, sold: date,
    },
    deep: dense(8, silu) * 2,
    price: dense(1),
}";

/// Flats of five cities, some of which are rare, with gaps.
pub(super) fn table() -> Table {
    let is_missing = |row: u32, by: u32| row % by == by - 1;
    let rows = 0..400;
    let of = |by: u32| move |row: u32| f64::from(row * by % 101);
    let numbers = |by, gap: u32| {
        rows.clone()
            .map(move |row| if is_missing(row, gap) { f64::NAN } else { 20.0 + of(by)(row) })
    };
    let city = |row: u32| match row {
        7 | 70 => "Atlantis",
        _ if is_missing(row, 13) => "",
        _ => ["Rome", "Oslo", "Bern", "Wien"][(row * 7 % 11) as usize % 4],
    };
    let streets: Vec<String> = rows.clone().map(|row| format!("street {}", row * 3 % 61)).collect();
    Table::new([
        Column::dates("sold", numbers(5, 17).map(|days| 12_000.0 + 30.0 * days)),
        Column::numbers("area", numbers(31, 19)),
        Column::numbers("rooms", rows.clone().map(|row| f64::from(1 + row % 5))),
        Column::categories("city", rows.clone().map(city)),
        Column::categories("street", streets),
        Column::yes_no(
            "garden",
            rows.clone().map(|row| (!is_missing(row, 23)).then_some(row % 3 == 0)),
        ),
        Column::numbers(
            "price",
            rows.clone().map(|row| 1e5 + 2e3 * of(31)(row) + 5e4 * f64::from(row % 5)),
        ),
        Column::numbers("id", rows.clone().map(f64::from)),
    ])
    .unwrap()
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("nn-columns-{}-{name}.safetensors", std::process::id()))
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

type Prices = Dataset<[f32; Price::INPUTS], [f32; 1]>;

/// Trained on the table.
fn price() -> nn::Result<(Price, Prices)> {
    let data = Price::dataset(&table(), "price")?;
    let mut price = Price::init(3);
    fit(&mut price, &data).epochs(6).learning_rate(0.02).show(Show::Nothing).run()?;
    Ok((price, data))
}

#[test]
fn a_row_has_the_same_answer_everywhere() -> nn::Result<()> {
    let (price, data) = price()?;
    let path = file("everywhere");
    price.save(&path)?;
    let loaded = Price::load(&path)?;
    let mut read: Dynamic = Dynamic::parse(PRICE)?.init(3);
    let of_file = read.load(&path)?;
    fit(&mut read, &data.flat()).epochs(6).learning_rate(0.02).show(Show::Nothing).run()?;
    assert_eq!(bits(read.parameters()), bits(price.parameters().as_slice()), "trained at run time");

    let rows = PriceRowOwned::read(&table())?;
    let (batch, by_table) = (price.predict_batch(&rows), price.predict_table(&table())?);
    let read_table = read.predict_table(&table())?;
    for ((row, x), at) in rows.iter().zip(data.inputs()).zip(0..) {
        let one = price.predict(row);
        let borrowed = PriceRow {
            area: row.area,
            rooms: row.rooms,
            city: &row.city,
            street: &row.street,
            garden: row.garden,
            sold: row.sold,
        };
        assert_eq!(bits(&one), bits(&price.predict(&borrowed)));
        assert_eq!(PriceRowOwned::from(borrowed), *row);
        assert_eq!(bits(&one), bits(&nn::Network::predict(&price, x)), "as numbers");
        assert_eq!(bits(&one), bits(&batch[at]));
        assert_eq!(bits(&one), bits(&by_table[at]));
        assert_eq!(bits(&one), bits(&loaded.predict(row)), "loaded");
        assert_eq!(bits(&one), bits(&read_table[at..=at]), "read at run time");
        assert_eq!(bits(&one), bits(&of_file.predict(x)?), "a file read at run time");
        assert_eq!(bits(&one), bits(&price.clone().predict(row)));
        let activations = price.activations(row);
        assert_eq!(bits(&activations.price), bits(&one));
        let of_read = read.activations(x)?;
        assert_eq!(bits(&activations.row), bits(&of_read[1].1));
        assert_eq!(bits(&of_read.last().unwrap().1), bits(&one));
    }
    price.self_check(5)?;
    let tape = nn::autograd::Tape::new();
    let on_tape = price.on_tape(&tape)?;
    let answers = on_tape.forward(on_tape.inputs(data.inputs())?)?.value().to_vec();
    assert_eq!(bits(&answers), bits(by_table.as_flattened()), "on the tape");

    assert_eq!(price.evaluate(&data)?, read.evaluate(&data.flat())?);
    let mut alone = Price::init(3);
    let run = fit(&mut alone, &data).epochs(6).learning_rate(0.02).threads(&Threads::new(1));
    run.show(Show::Nothing).run()?;
    assert_eq!(
        bits(alone.parameters().as_slice()),
        bits(price.parameters().as_slice()),
        "one thread"
    );
    std::fs::remove_file(&path).unwrap();
    Ok(())
}

#[test]
fn a_price_is_in_its_own_units() -> nn::Result<()> {
    let (price, data) = price()?;
    let r2 = price.evaluation(&data).measure(nn::metric::R2::default())?.unwrap();
    let mean = data.targets().iter().map(|[t]| f64::from(*t)).sum::<f64>() / data.len() as f64;
    assert!(r2 > 0.3, "{r2}");
    let answers = price.predict_table(&table())?;
    let answered = answers.iter().map(|[y]| f64::from(*y)).sum::<f64>() / data.len() as f64;
    assert!((answered / mean - 1.0).abs() < 0.1, "{answered} {mean}");
    // Training uses standardized targets, so its loss is near 1 and below; validation uses the
    // target's own units.
    let mut fresh = Price::init(3);
    let report = fit(&mut fresh, &data).validation(&data).epochs(1).show(Show::Nothing).run()?;
    assert!(report.epochs[0].loss < 2.0, "{}", report.epochs[0].loss);
    assert!(report.epochs[0].validation.as_ref().unwrap().loss > 1e6);
    Ok(())
}

/// Predicted logarithms of prices, and outputs clamped to the range of the training rows: declared
/// and read at run time alike.
#[test]
fn a_target_is_a_logarithm_and_clamped_on_request() -> nn::Result<()> {
    let data = Price::dataset(&table(), "price")?;
    let targets: Vec<f32> = data.targets().iter().map(|[t]| *t).collect();
    let (least, most) = targets.iter().fold((f32::MAX, 0.0_f32), |(a, b), &t| (a.min(t), b.max(t)));
    let far = PriceRow {
        area: Some(1e12),
        rooms: Some(1e9),
        city: "Rome",
        street: "",
        garden: None,
        sold: Some(1e6),
    };
    let mut log = Price::init(3).log_target();
    fit(&mut log, &data).epochs(8).learning_rate(0.02).show(Show::Nothing).run()?;
    let answers = log.predict_table(&table())?;
    assert!(answers.iter().all(|[y]| *y > 0.0));
    let r2 = log.evaluation(&data).measure(nn::metric::R2::default())?.unwrap();
    assert!(r2 > 0.3, "{r2}");
    let mut clamped = Price::init(3).log_target().clamp_target();
    fit(&mut clamped, &data).epochs(8).learning_rate(0.02).show(Show::Nothing).run()?;
    for ([free], [kept]) in answers.iter().zip(clamped.predict_table(&table())?) {
        assert_eq!(free.max(least).min(most).to_bits(), kept.to_bits());
    }
    assert!((least..=most).contains(&clamped.predict(&far)[0]));
    let mut read: Dynamic = Dynamic::parse(PRICE)?.log_target()?.clamp_target()?.init(3);
    fit(&mut read, &data.flat()).epochs(8).learning_rate(0.02).show(Show::Nothing).run()?;
    assert_eq!(bits(read.parameters()), bits(clamped.parameters().as_slice()));
    clamped.self_check(3)?;
    let tape = nn::autograd::Tape::new();
    let on_tape = clamped.on_tape(&tape)?;
    let of_tape = on_tape.forward(on_tape.inputs(data.inputs())?)?.value().to_vec();
    assert_eq!(bits(&of_tape), bits(clamped.predict_table(&table())?.as_flattened()));
    let path = file("log");
    clamped.save(&path)?;
    assert_eq!(bits(&Price::load(&path)?.predict(&far)), bits(&clamped.predict(&far)));
    std::fs::remove_file(path).unwrap();

    let negative = Dataset::new(data.inputs().to_vec(), vec![[-1.0]; data.len()])?;
    let error = fit(&mut log, &negative).adapt_again().show(Show::Nothing).run().unwrap_err();
    assert!(
        error.to_string().starts_with("target whose logarithm is to be predicted: found -1"),
        "{error}"
    );
    let error = Dynamic::<f32>::parse("dense(2 -> 1)")?.log_target().unwrap_err().to_string();
    assert!(error.contains("columns of a table first, and one number at the end"), "{error}");
    Ok(())
}

/// A training resumed from a checkpoint retains the fitted columns, though its new rows have other
/// medians; its best network is a file that can be opened whole.
#[test]
fn a_training_that_goes_on_keeps_what_was_found() -> nn::Result<()> {
    let directory = std::env::temp_dir().join(format!("nn-columns-{}-run", std::process::id()));
    let (train, valid) = (table().head(300), table());
    let whole = {
        let (mut price, data) = (Price::init(3), Price::dataset(&train, "price")?);
        fit(&mut price, &data).epochs(6).show(Show::Nothing).run()?;
        price
    };
    let data = Price::dataset(&train, "price")?;
    let stop = |event: &Event<'_, Price>| match event {
        Event::Epoch { number: 3, .. } => Break(()),
        _ => Continue(()),
    };
    let mut first = Price::init(3);
    fit(&mut first, &data)
        .epochs(6)
        .checkpoint(&directory)
        .observe(stop)
        .show(Show::Nothing)
        .run()?;
    assert_ne!(bits(first.parameters().as_slice()), bits(whole.parameters().as_slice()));
    let mut second = Price::init(3);
    fit(&mut second, &data).epochs(6).checkpoint(&directory).show(Show::Nothing).run()?;
    assert_eq!(bits(second.parameters().as_slice()), bits(whole.parameters().as_slice()));
    std::fs::remove_dir_all(&directory).unwrap();

    let mut network: Dynamic = Dynamic::for_table(&train, "price")?.init(1);
    let (rows, all) = (network.rows(&train)?, network.rows(&valid)?);
    let run = fit(&mut network, &rows).validation(&all).epochs(3).keep_best();
    run.checkpoint(&directory).show(Show::Nothing).run()?;
    let best: Dynamic = Dynamic::open(directory.join("best.safetensors"))?;
    assert_eq!(best.target(), Some("price"));
    assert_eq!(best.known_words("city")?, network.known_words("city")?);
    assert_eq!(bits(&best.predict_table(&valid)?), bits(&network.predict_table(&valid)?));
    std::fs::remove_dir_all(&directory).unwrap();
    Ok(())
}

/// The class of a row's own type, with the name from the table.
#[test]
fn a_row_has_a_class_with_its_name() -> nn::Result<()> {
    let table = Table::new([
        Column::numbers("area", (0..60).map(|row| f64::from(row % 2 * 10 + row % 3))),
        Column::categories("city", vec!["Rome"; 60]),
        Column::categories("street", vec!["a"; 60]),
        Column::categories("kind", (0..60).map(|row| ["x", "y"][row % 2])),
    ])?;
    let data = Kind::dataset(&table, "kind")?;
    let mut kind = Kind::init(1);
    fit(&mut kind, &data).epochs(60).learning_rate(0.05).show(Show::Nothing).run()?;
    let small = KindRow { area: Some(1.0), city: "Rome", street: "a" };
    let large = KindRowOwned { area: Some(11.0), city: "Rome".into(), street: "a".into() };
    assert_eq!(kind.predict_class(&small)?, "x");
    assert_eq!(kind.predict_class(&large)?, "y");
    for (row, x) in KindRowOwned::read(&table)?.iter().zip(data.inputs()) {
        assert_eq!(kind.predict_class(row)?, Network::predict_class(&kind, x)?);
    }
    Ok(())
}

/// Worked by hand: the encoded numbers of a row.
#[test]
fn columns_become_what_the_table_says() -> nn::Result<()> {
    let table = Table::new([
        Column::numbers("area", [1.0, 2.0, 3.0, 4.0, 5.0, f64::NAN, 3.0]),
        Column::categories("city", ["Rome", "Rome", "Rome", "Oslo", "Oslo", "Oslo", "Bern"]),
        Column::categories("street", ["a", "a", "a", "a", "a", "a", "a"]),
        Column::categories("kind", ["x", "y", "x", "y", "x", "y", "x"]),
    ])?;
    let mut kind = Kind::init(1);
    let data = Kind::dataset(&table, "kind")?;
    let adapted = kind.adapt(&data)?;
    assert_eq!(
        adapted.to_string(),
        "area: 6 values, 1 missing, median 3, from 1 to 5\n\
         city: 7 values, 0 missing, 3 words: Oslo, Rome and one other\n\
         street: 7 values, 0 missing, 1 word: a"
    );
    // Quartiles 2.25 and 3.75, and a flag for a missing value; then flags for two cities, for all
    // others, and for none, which no row had; then the vector of the street, of 13 numbers.
    let front = |area: Option<f64>, city: &str, street: &str| {
        kind.activations(&KindRow { area, city, street }).layer1
    };
    let clip = |z: f32| z / (1.0 + (z * (1.0 / 3.0)).powi(2)).sqrt();
    let rome = front(Some(4.5), "Rome", "a");
    assert_eq!(rome[..2], [clip(1.0), 0.0]);
    let oslo = front(None, "Oslo", "a");
    assert_eq!(oslo[..2], [0.0, 1.0]);
    let flags = |row: &[f32]| row[2..6].to_vec();
    let mut both = [flags(&rome), flags(&oslo)];
    both.sort_by(|a, b| b.partial_cmp(a).unwrap());
    assert_eq!(both, [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]]);
    assert_eq!(flags(&front(None, "Bern", "a")), [0.0, 0.0, 1.0, 0.0], "too rare for a place");
    assert_eq!(flags(&front(None, "Lima", "a")), [0.0, 0.0, 1.0, 0.0], "never seen");
    assert_eq!(flags(&front(None, "", "a")), [0.0; 4], "no row was without one");
    let vectors = &kind.parameters().as_slice()[kind_vectors()..];
    assert_eq!(rome[6..], vectors[..13], "of the first place");
    assert_eq!(front(None, "Rome", "b")[6..], [0.0; 13], "no row had another word");
    Ok(())
}

/// The offset of the vectors of `Kind`.
fn kind_vectors() -> usize {
    let tensors: Vec<NamedTensor> = nn::Model::tensors(&Kind::init(1));
    tensors.iter().find(|tensor| tensor.name == "layer1.words.vectors").expect("vectors").offset
}

#[test]
fn a_network_inside_another_keeps_what_it_knows() -> nn::Result<()> {
    let data = Inner::dataset_for_outer()?;
    let mut outer = Outer::init(2);
    fit(&mut outer, &data).epochs(3).show(Show::Nothing).run()?;
    let mut registry = Registry::new();
    registry
        .network("Inner", Dynamic::parse("columns { area: number, city: category(2) }, dense(4)")?);
    let mut read: Dynamic = registry.parse("Inner, dense(1)")?.init(2);
    fit(&mut read, &data.flat()).epochs(3).show(Show::Nothing).run()?;
    assert_eq!(bits(read.parameters()), bits(outer.parameters().as_slice()));
    let path = file("outer");
    outer.save(&path)?;
    let loaded = Outer::load(&path)?;
    assert_eq!(loaded.known_words("city")?, outer.known_words("city")?);
    assert_eq!(read.known_words("city")?, outer.known_words("city")?);
    for city in ["Rome", "Oslo", "", "Lima"] {
        let x = InnerRow { area: Some(30.0), city }.numbers();
        let one = outer.predict(&x);
        assert_eq!(bits(&loaded.predict(&x)), bits(&one));
        assert_eq!(bits(&read.predict(&x)?), bits(&one));
    }
    let answer = |city| outer.predict(&InnerRow { area: Some(30.0), city }.numbers());
    assert_ne!(answer("Rome"), answer("Lima"));
    std::fs::remove_file(path).unwrap();
    Ok(())
}

impl Inner {
    fn dataset_for_outer() -> nn::Result<Dataset<[f32; Inner::INPUTS], [f32; 1]>> {
        let targets = Price::dataset(&table(), "price")?.targets().to_vec();
        Ok(Dataset::new(Inner::rows(&table())?, targets)?.with_words(table().words()))
    }
}

/// The same network as in the example `embedded`, with which `embedded.rs` compares it. Its weights
/// are written by `WRITE_FLAT=1 cargo test -p nn --test networks flat`.
#[test]
fn the_flat_of_the_example_is_there() -> nn::Result<()> {
    if std::env::var_os("WRITE_FLAT").is_some() {
        price()?.0.save(super::embedded::example("price.safetensors"))?;
    }
    let price = Price::load(super::embedded::example("price.safetensors"))?;
    assert!(price.predict_table(&table())?.iter().all(|[y]| *y > 1e3), "in its own units");
    Ok(())
}

/// Written by `WRITE_FLAT=1 cargo test -p nn --test networks flat`.
static FLAT: Weights<Numbers> = include_weights!("flat.safetensors");

#[test]
fn a_flat_in_a_static_is_the_flat_in_a_file() -> nn::Result<()> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/networks/flat.safetensors");
    if std::env::var_os("WRITE_FLAT").is_some() {
        let mut numbers = Numbers::init(5);
        fit(&mut numbers, &Numbers::dataset(&table(), "price")?)
            .epochs(5)
            .show(Show::Nothing)
            .run()?;
        numbers.save(&path)?;
    }
    let loaded = Numbers::load(&path)?;
    for (area, rooms) in
        [(Some(84.0), Some(3.0)), (None, Some(1.0)), (Some(1e9), None), (None, None)]
    {
        let row = NumbersRow { area, rooms };
        assert_eq!(bits(&FLAT.predict(&row.numbers())), bits(&loaded.predict(&row)));
        assert!(loaded.predict(&row)[0] > 1e3, "in its own units");
    }
    Ok(())
}

static PRICE_OF_THE_EXAMPLE: Weights<Price> =
    include_weights!("../../examples/embedded/price.safetensors");

/// A static contains the words of its file, and passes them to the network built from it.
#[test]
fn words_are_in_a_static() -> nn::Result<()> {
    let loaded = Price::load(super::embedded::example("price.safetensors"))?;
    let network = PRICE_OF_THE_EXAMPLE.to_network();
    let mut known = Vec::new();
    for column in ["city", "street"] {
        let words = loaded.known_words(column)?;
        assert_eq!(network.known_words(column)?, words);
        known.extend(words);
    }
    known.sort();
    assert!(PRICE_OF_THE_EXAMPLE.words().iter().eq(known));
    assert_eq!(PRICE_OF_THE_EXAMPLE.words().len(), 33);
    assert!(PRICE_OF_THE_EXAMPLE.class_names().is_empty() && network.class_names().is_none());
    assert_eq!(network.parameters(), loaded.parameters());
    Ok(())
}

/// Words go from the data to the network, with copies and files to other networks, in the order of
/// their indices.
#[test]
fn words_are_kept_and_shown() -> nn::Result<()> {
    let (price, data) = price()?;
    let cities = price.known_words("city")?;
    assert_eq!(cities.len(), 3);
    assert!(
        cities.iter().all(|city| ["Rome", "Oslo", "Bern", "Wien"].contains(city)),
        "{cities:?}"
    );
    for (place, city) in cities.iter().enumerate() {
        let row = PriceRow { area: None, rooms: None, city, street: "", garden: None, sold: None };
        // After area and rooms, with a flag for a missing area.
        assert_eq!(price.activations(&row).row[3..][place], 1.0, "{city}");
    }
    assert_eq!(price.known_words("street")?.len(), 30);
    let path = file("words");
    price.save(&path)?;
    let mut read: Dynamic = Dynamic::parse(PRICE)?.init(3);
    fit(&mut read, &data.flat()).epochs(1).show(Show::Nothing).run()?;
    let mut fitted = Price::init(1);
    fitted.load_fitting(&path)?;
    for column in ["city", "street"] {
        let words = price.known_words(column)?;
        assert_eq!(price.clone().known_words(column)?, words);
        assert_eq!(Price::load(&path)?.known_words(column)?, words);
        assert_eq!(fitted.known_words(column)?, words);
        assert_eq!(read.known_words(column)?, words, "trained at run time");
        assert_eq!(read.load(&path)?.known_words(column)?, words, "read at run time");
    }
    let error = price.known_words("area").unwrap_err().to_string();
    assert!(
        error.starts_with(
            "categories of Price: found `city`, `street`, expected a column `area` of words"
        ),
        "{error}"
    );

    // A word outside the vocabulary was not saved.
    let bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|part| part == b"\\\"street ").expect("a word") + 2;
    let mut changed = bytes;
    changed[at] = b'S';
    std::fs::write(&path, changed).unwrap();
    let error = Price::load(&path).unwrap_err().to_string();
    assert!(error.contains("words of the columns: found `Street "), "{error}");
    assert_eq!(error, read.load(&path).unwrap_err().to_string());
    std::fs::remove_file(path).unwrap();
    Ok(())
}

/// Networks from before files contained words: they predict the same, and learn the words from the
/// table.
#[test]
fn a_network_without_words_is_given_them() -> nn::Result<()> {
    let (price, data) = price()?;
    let silent = Dataset::new(data.inputs().to_vec(), data.targets().to_vec())?;
    let mut old = Price::init(3);
    fit(&mut old, &silent).epochs(6).learning_rate(0.02).show(Show::Nothing).run()?;
    assert_eq!(bits(old.parameters().as_slice()), bits(price.parameters().as_slice()));
    let path = file("old");
    old.save(&path)?;
    assert!(!String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains("Rome"));
    let mut old = Price::load(&path)?;
    let error = old.known_words("city").unwrap_err().to_string();
    assert!(
        error.starts_with("words of column `city` of Price: found 0 of 3, expected each"),
        "{error}"
    );
    nn::Model::take_words(&mut old, &table().words());
    assert_eq!(old.known_words("street")?, price.known_words("street")?);
    assert_eq!(old.parameters(), price.parameters());
    // A resumed training learns them from its data.
    let mut on = Price::load(&path)?;
    fit(&mut on, &data).epochs(1).show(Show::Nothing).run()?;
    assert_eq!(on.known_words("city")?, price.known_words("city")?);
    // Fitted to other data, it knows their words.
    let other = table().with(Column::categories("city", ["Lima", "Quito"].repeat(200)))?;
    fit(&mut on, &Price::dataset(&other, "price")?)
        .adapt_again()
        .epochs(1)
        .show(Show::Nothing)
        .run()?;
    let mut cities = on.known_words("city")?;
    cities.sort_unstable();
    assert_eq!(cities, ["Lima", "Quito"]);
    on.save(&path)?;
    assert_eq!(Price::load(&path)?.known_words("city")?.len(), 2);
    std::fs::remove_file(path).unwrap();
    Ok(())
}

#[test]
fn a_table_that_does_not_fit_says_why() -> nn::Result<()> {
    let table = table();
    let wrong = table.drop(["area", "garden"])?.with(Column::categories("rooms", ["one"; 400]))?;
    let expected = "columns of the table: found no column `area`, `garden`; `rooms` holds a \
                    category, such as `one`, and should hold a number; left over: `id`, expected \
                    those of the network; give a table with these columns, or declare the columns \
                    that this table has";
    assert_eq!(Price::dataset(&wrong, "price").unwrap_err().to_string(), expected);
    assert!(
        PriceRowOwned::read(&wrong).unwrap_err().to_string().contains("left over: `price`, `id`")
    );
    let error = Kind::dataset(&table, "city").unwrap_err().to_string();
    assert!(error.starts_with("classes of column `city`"), "{error}");
    // Numbers count as yes and no if they are 1 and 0.
    let numbers = |of: fn(u32) -> f64| Column::numbers("garden", (0..400).map(of));
    let flags = table.with(numbers(|row| f64::from(row % 2)))?;
    assert_eq!(Price::rows(&flags)?.len(), 400);
    let error =
        Price::rows(&table.with(numbers(|row| f64::from(row % 3)))?).unwrap_err().to_string();
    assert!(
        error.contains("`garden` holds a number, such as `2`, and should hold a yes/no"),
        "{error}"
    );
    // A column that is missing everywhere fits every kind.
    let empty = table.with(Column::numbers("city", [f64::NAN; 400]))?;
    assert_eq!(Price::rows(&empty)?.len(), 400);
    Ok(())
}

#[test]
fn a_column_that_is_there_twice_is_left_out() -> nn::Result<()> {
    let twice = table().with(table().column("city")?.clone().renamed("town"))?;
    let network: Dynamic = Dynamic::for_table(&twice, "price")?;
    let left_out: Vec<String> = network.left_out().iter().map(ToString::to_string).collect();
    assert_eq!(left_out, ["`id` counts the rows", "`town` has the values of `city`"]);
    Ok(())
}

#[test]
fn rows_come_from_json() -> Result<(), Box<dyn std::error::Error>> {
    let text = r#"[
        {"city": "Rome", "area": 84, "rooms": 3.0, "garden": true, "sold": "1970-01-31",
         "street": "a", "other": [1, {}]},
        {"area": null, "garden": null, "sold": 12.5}
    ]"#;
    let rows: Vec<PriceRowOwned> = serde_json::from_str(text)?;
    let first = PriceRow {
        area: Some(84.0),
        rooms: Some(3.0),
        city: "Rome",
        street: "a",
        garden: Some(true),
        sold: days("1970-01-31"),
    };
    assert_eq!(rows[0], first.into());
    let second =
        PriceRow { area: None, rooms: None, city: "", street: "", garden: None, sold: Some(12.5) };
    assert_eq!(rows[1], second.into());
    for (wrong, expected) in [
        (r#"{"area": "84"}"#, "column `area` is \"84\" and should be a number"),
        (r#"{"garden": 1}"#, "column `garden` is 1 and should be true or false"),
        (
            r#"{"sold": "31.1.1970"}"#,
            "column `sold` is \"31.1.1970\" and should be a date such as \"2024-02-29\"",
        ),
        (r#"{"city": true}"#, "column `city` is true and should be a text"),
    ] {
        let error = serde_json::from_str::<PriceRowOwned>(wrong).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    Ok(())
}

#[test]
fn a_network_that_never_saw_a_row_says_so() {
    let (price, data) = (Price::init(1), Price::dataset(&table(), "price").unwrap());
    let expected =
        "encoder `row` of Price: found no statistics of the columns, since it was never adapted";
    assert!(price.evaluate(&data).unwrap_err().to_string().starts_with(expected));
    assert!(price.save(file("none")).unwrap_err().to_string().starts_with(expected));
    let row = NumbersRow { area: None, rooms: None };
    let panicked = std::panic::catch_unwind(|| Numbers::init(1).predict(&row));
    assert!(panicked.is_err());
    let _: Class<2> = Kind::dataset(
        &table().with(Column::yes_no("kind", (0..400).map(|i| i % 2 == 0))).unwrap(),
        "kind",
    )
    .unwrap()
    .targets()[0];
}

/// Columns by layer names, in settings and in tables.
#[test]
fn columns_are_shown_and_named() {
    assert!(
        Price::SUMMARY.contains("\n                area: number(log)\n")
            || Price::SUMMARY.contains("  area: number(log)\n")
    );
    assert!(Price::SUMMARY.contains("street: category(30)"), "{}", Price::SUMMARY);
    assert_eq!(<Price as nn::Layered>::layer("row.words.vectors"), Some(PriceLayer::Row));
    assert!(Dynamic::<f32>::parse(PRICE).unwrap().summary().contains("garden: flag"));
}

/// The names of the classes are those of the table, regardless of the network's initial weights.
#[test]
fn first_weights_leave_the_names_of_classes() -> nn::Result<()> {
    let network: Dynamic = Dynamic::for_table(&table(), "city")?;
    let names = network.class_names().cloned().expect("a column of words");
    assert_eq!(network.init(7).class_names(), Some(&names));
    Ok(())
}
