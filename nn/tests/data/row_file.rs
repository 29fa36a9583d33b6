//! Rows in a file train a network to the same bits as the same rows in memory.

use std::fs;
use std::path::PathBuf;

use nn::data::row_file::{self, RowFile};
use nn::data::{Batches, Class, Dataset, Minibatch, Source};
use nn::prelude::*;
use nn::{Show, Threads};

network! { struct Tiny(dense(3 -> 8, tanh), dense(2, softmax)); }

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("nn-row-file-{name}-{}.rows", std::process::id()))
}

fn data(rows: usize) -> Dataset<[f32; 3], Class<2>> {
    let number = |row: usize, at: usize| ((row * 7 + at * 5) % 11) as f32 / 11.0 - 0.5;
    let row = |row| (std::array::from_fn(|at| number(row, at)), Class::new(row % 2).unwrap());
    (0..rows).map(row).collect()
}

#[test]
fn a_training_has_the_bits_of_one_in_memory() {
    let (data, path) = (data(301), path("fit"));
    row_file::write(&path, &data).unwrap();
    let rows = RowFile::<[f32; 3], Class<2>>::open(&path).unwrap();
    for threads in [1, 2].map(Threads::new) {
        let train = |source: &dyn Source<[f32; 3], Class<2>>| {
            let mut tiny = Tiny::init(3);
            let run = fit(&mut tiny, source).validation(source).epochs(3).batch_size(64);
            let report = run.threads(&threads).show(Show::Nothing).run().unwrap();
            (tiny.parameters().as_slice().to_vec(), report.last().loss)
        };
        assert_eq!(train(&rows), train(&data));
    }
    assert_eq!(Tiny::init(1).evaluate(&rows).unwrap(), Tiny::init(1).evaluate(&data).unwrap());
    fs::remove_file(&path).unwrap();
}

#[test]
fn the_same_rows_are_the_same_file() {
    let (first, second) = (path("first"), path("second"));
    row_file::write(&first, &data(20)).unwrap();
    let rows = RowFile::<[f32; 3], Class<2>>::open(&first).unwrap();
    row_file::write(&second, &rows).unwrap();
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
    row_file::write(&second, &data(21)).unwrap();
    let other = RowFile::<[f32; 3], Class<2>>::open(&second).unwrap();
    assert_ne!(other.fingerprint(), rows.fingerprint());
    assert_eq!(
        rows.fingerprint(),
        RowFile::<[f32; 3], Class<2>>::open(&first).unwrap().fingerprint()
    );
    let error = RowFile::<[f64; 3], Class<2>>::open(&first).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "{}: row type: found `f32[3] class(2)`, expected `f64[3] class(2)`; open it with the \
             types it was written with, `RowFile::<[f32; 784], Class<10>>` for example",
            first.display()
        )
    );
    fs::remove_file(&first).unwrap();
    fs::remove_file(&second).unwrap();
}

#[test]
fn every_kind_of_row_comes_back() {
    type Row = ([f64; 1], Class<300>);
    let rows: Dataset<[u8; 5], Row> = (0..40_u8)
        .map(|row| ([row; 5], ([f64::from(row) / 3.0], Class::new(usize::from(row) * 7).unwrap())))
        .collect();
    let path = path("kinds");
    row_file::write(&path, &rows).unwrap();
    let file = RowFile::<[u8; 5], Row>::open(&path).unwrap();
    let mut batches = Batches::new(40, 40).unwrap();
    let order = batches.order(1, 2);
    let (mut a, mut b) = (Minibatch::new(), Minibatch::new());
    for threads in [1, 3].map(Threads::new) {
        for rows_of_batch in [order, &order[..3], &order[5..30]] {
            a.gather_with(&threads, &rows, rows_of_batch);
            b.gather_with(&threads, &file, rows_of_batch);
            assert_eq!((a.inputs(), a.targets()), (b.inputs(), b.targets()));
        }
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn every_changed_bit_and_every_cut_is_an_error() {
    let path = path("damage");
    row_file::write(&path, &data(6)).unwrap();
    let sound = fs::read(&path).unwrap();
    let opens = |bytes: &[u8]| {
        let _ = fs::remove_file(&path);
        fs::write(&path, bytes).unwrap();
        RowFile::<[f32; 3], Class<2>>::open(&path).is_ok()
    };
    assert!(opens(&sound));
    for bit in 0..8 * sound.len() {
        let mut changed = sound.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(&changed), "bit {bit}");
    }
    for length in 0..sound.len() {
        assert!(!opens(&sound[..length]), "{length} bytes");
    }
    fs::remove_file(&path).unwrap();
}
