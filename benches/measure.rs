//! Criterion benchmarks with an extra line of output: operations per second, their fraction of the
//! machine's peak, and the operations for every byte that must be moved.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};

use crate::machine::fma_peak;

/// Settings with which a whole benchmark file takes seconds. For longer measurements, pass
/// `-- --measurement-time 5`.
///
/// Measures the machine's peak first, unless the benchmarks are only listed or tested.
pub fn quick() -> Criterion {
    if !is_dry_run() {
        println!(
            "f32 multiply-adds of this machine: {:.1} GFLOP/s with 1 thread, {:.1} with 2",
            fma_peak(1) / 1e9,
            fma_peak(2) / 1e9
        );
    }
    Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .sample_size(20)
        .without_plots()
        .configure_from_args()
}

/// Whether criterion only runs everything once, or lists it.
fn is_dry_run() -> bool {
    std::env::args().any(|argument| argument == "--test" || argument == "--list")
}

/// The work of one call of a benchmark.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// The number of elements that criterion's throughput counts.
    pub elements: usize,
    /// Additions and multiplications.
    pub flops: usize,
    /// Bytes read or written, each counted once.
    pub bytes: usize,
    /// Threads that share the work.
    pub threads: usize,
}

impl Work {
    /// The product of `m` by `k` and `k` by `n` numbers of four bytes, by one thread.
    pub fn product([m, k, n]: [usize; 3]) -> Self {
        let flops = 2 * m * k * n;
        Work { elements: flops, flops, bytes: 4 * (m * k + k * n + m * n), threads: 1 }
    }

    /// A function of each of `len` numbers of four bytes, counted as one operation each.
    pub fn elementwise(len: usize) -> Self {
        Work { elements: len, flops: len, bytes: 8 * len, threads: 1 }
    }
}

/// Runs one benchmark and prints how its `work` compares with the machine's peak.
pub fn measure<R>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    id: BenchmarkId,
    work: Work,
    mut routine: impl FnMut() -> R,
) {
    let mut times = Vec::new();
    group.throughput(Throughput::Elements(work.elements as u64));
    group.bench_function(id, |bencher| {
        bencher.iter_custom(|count| {
            let start = Instant::now();
            for _ in 0..count {
                black_box(routine());
            }
            let time = start.elapsed();
            times.push(time.as_secs_f64() / count as f64);
            time
        });
    });
    // The first half is mostly warm-up.
    let half = times.len() / 2;
    let times = &mut times[half..];
    if times.is_empty() || is_dry_run() {
        return;
    }
    times.sort_by(f64::total_cmp);
    let rate = work.flops as f64 / times[times.len() / 2];
    let peak = fma_peak(work.threads);
    println!(
        "{:24}{:.2} GFLOP/s, {:.1} % of the peak with {}; {:.2} FLOP/byte",
        "",
        rate / 1e9,
        100.0 * rate / peak,
        plural(work.threads),
        work.flops as f64 / work.bytes as f64,
    );
}

/// A number of threads, as a word.
pub fn plural(threads: usize) -> String {
    format!("{threads} thread{}", if threads == 1 { "" } else { "s" })
}
