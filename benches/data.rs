//! Data loading: batches gathered from numbers, from bytes and from a file, and a table read from
//! CSV.
//!
//! Throughput is in rows per second, for CSV in bytes per second.
//! `python3 benches/peers/read_csv.py` compares a large CSV with polars.

use std::fmt::Write as _;
use std::path::PathBuf;

use benches::measure::{plural, quick};
use benches::{numbers, samples};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nn::Threads;
use nn::data::csv::Csv;
use nn::data::row_file::{self, RowFile};
use nn::data::{Batches, Class, Dataset, Minibatch, Source};

const BATCH: usize = 64;
const ROWS: usize = 8192;

/// The batches of an epoch, one after the other.
fn gather<S: Source<[f32; 784], Class<10>>>(criterion: &mut Criterion, name: &str, source: &S) {
    let mut group =
        criterion.benchmark_group(format!("gather {BATCH} of {ROWS} rows of 784 numbers"));
    group.throughput(Throughput::Elements(BATCH as u64));
    for threads in [1, 2] {
        let mut batches = Batches::new(ROWS, BATCH).expect("rows in batches");
        batches.order(0, 1);
        let (mut batch, mut next) = (Minibatch::new(), batches.iter().cycle());
        let workers = Threads::new(threads);
        group.bench_function(BenchmarkId::new(name, plural(threads)), |bencher| {
            bencher.iter(|| batch.gather_with(&workers, source, next.next().expect("a batch")));
        });
    }
    group.finish();
}

/// A file that is deleted when the benchmark ends.
fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("nn-bench-{}.rows", std::process::id()))
}

fn batches(criterion: &mut Criterion) {
    let labels: Vec<usize> = (0..ROWS).map(|row| row * 7 % 10).collect();
    let classes = || Class::<10>::from_labels(&labels).expect("labels below 10");
    let floats = Dataset::new(samples(ROWS), classes()).expect("a target for each");
    gather(criterion, "f32", &floats);
    let path = scratch();
    row_file::write(&path, &floats).expect("room for a file");
    drop(floats);
    let rows = RowFile::<[f32; 784], Class<10>>::open(&path).expect("what was written");
    gather(criterion, "file", &rows);
    let _ = std::fs::remove_file(&path);
    let bytes: Vec<[u8; 784]> =
        (0..ROWS).map(|row| std::array::from_fn(|at| (row * 31 + at * 7) as u8)).collect();
    let bytes = Dataset::new(bytes, classes()).expect("a target for each").pixels();
    gather(criterion, "u8", &bytes);
}

fn csv(criterion: &mut Criterion) {
    let (rows, columns) = (10_000, 30);
    let names: Vec<String> = (0..columns).map(|column| format!("x{column}")).collect();
    let mut text = names.join(",");
    for row in numbers(rows * columns).chunks(columns) {
        for (at, x) in row.iter().enumerate() {
            let before = if at == 0 { '\n' } else { ',' };
            write!(text, "{before}{x:.6}").expect("a string takes all");
        }
    }
    let mut group = criterion.benchmark_group("read CSV");
    group.throughput(Throughput::Bytes(text.len() as u64));
    let id = BenchmarkId::from_parameter(format!("{rows} rows of {columns} numbers"));
    group.bench_function(id, |bencher| bencher.iter(|| Csv::new().parse("numbers", &text)));
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = batches, csv }
criterion_main!(benches);
